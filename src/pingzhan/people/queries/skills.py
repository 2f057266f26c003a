"""Reads of the skills catalogue and of who has which skill."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q

from pingzhan.people.models import PersonSkill, Skill

LANGUAGES = "language"  # the group of the catalogue whose skills are languages


def catalogue() -> list[Skill]:
    """The skills in use, groups before their kinds by position; one statement."""
    return list(Skill.objects.filter(until__isnull=True).order_by("position", "code"))


def kinds() -> dict[str, Skill]:
    """The skills that somebody can have (no groups), by code; one statement."""
    return {skill.code: skill for skill in catalogue() if skill.parent_id is not None}


def kinds_of(code: str) -> list[Skill]:
    """The skill itself, or the kinds of a group with it; one statement."""
    return list(Skill.objects.filter(Q(code=code) | Q(parent=code)).order_by("position", "code"))


def skills_of(persons: Iterable[UUID]) -> dict[UUID, list[PersonSkill]]:
    """What each of these persons can do, with their proofs; one statement."""
    found: dict[UUID, list[PersonSkill]] = {}
    rows = PersonSkill.objects.filter(person__in=list(persons), until__isnull=True).select_related("skill")
    for row in rows.order_by("person", "skill__position", "skill__code"):
        found.setdefault(row.person_id, []).append(row)
    return found


def proof_state(skill: PersonSkill, *, today: date) -> str:
    """ "" where none is wanted, else "none", "seen" or "expired"."""
    if not skill.proof:
        return "none" if skill.skill.wants_proof else ""
    return "expired" if skill.proof_until is not None and skill.proof_until < today else "seen"
