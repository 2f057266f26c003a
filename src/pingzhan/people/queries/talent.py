"""Searching the talent pool, and reading what was asked and answered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.db import is_one_of, under_by_size
from pingzhan.core.errors import NotFound
from pingzhan.people.choices import AskState, CheckInKind, CheckInState
from pingzhan.people.models import PersonSkill, TalentAsk, TalentRequest
from pingzhan.people.queries.skills import kinds_of
from pingzhan.people.rules.talent import Candidate, Match, Need, rank

if TYPE_CHECKING:
    from pingzhan.places.models import Place

MOST = 50
# Paths with no more codes than that are those of a whole installation.
_WIDE = 1
_NAMED = 500
# Who was vetted and has not paused may be asked.
ASKABLE = (CheckInState.APPROVED, CheckInState.CONTACTED, CheckInState.JOINED)


@dataclass(frozen=True, slots=True)
class TalentFilters:
    """What is looked for: a skill or a group of them; when; in which language; `within` a place's path."""

    skill: str
    slot: str = ""
    language: str = ""
    within: str = ""
    only_in_time: bool = False
    only_proved: bool = False


def search_talents(
    actor: Actor, filters: TalentFilters, *, near: "Place", at: datetime, limit: int = MOST
) -> tuple[list[Match], int]:
    """Those of the actor's area who have the skill, best first, at most `limit`; and how many there are.

    At most four statements, however many they are: the skills that count, the candidates with their proofs, who of
    them speaks the language, and what is asked of them already.
    """
    today = timezone.localtime(at).date()
    need = Need(near.path, near.lon, near.lat, filters.slot, filters.language)
    found = [
        one
        for one in _candidates(actor, filters)
        if (not filters.only_in_time or not filters.slot or filters.slot in one.slots)
        and (not filters.only_proved or _proved(one, today))
    ]
    return rank(found, need, today=today, most=limit), len(found)


def _candidates(actor: Actor, filters: TalentFilters) -> list[Candidate]:
    """One a person: with several skills of a group, the one that is proved best."""
    skills = {skill.code: skill for skill in kinds_of(filters.skill)}
    values = (
        _having(list(skills))
        .filter(_reach(actor, filters))
        .values_list(
            "person", "skill", "proof", "proved_at", "proof_until", "person__check_ins", "person__check_ins__name",
            "person__check_ins__path", "person__check_ins__place__lon", "person__check_ins__place__lat",
            "person__check_ins__slots",
        )
    )  # fmt: skip
    best: dict[UUID, tuple[tuple[bool, float, str], tuple[Any, ...]]] = {}
    for person, skill, proof, proved_at, *rest in values:
        # Of several skills one with a proof, the one that was seen last, then by code.
        order = (not proof, -proved_at.timestamp() if proved_at else 0.0, skill)
        if person not in best or order < best[person][0]:
            best[person] = order, (skill, proof, *rest)
    speaking = _speaking(filters.language, best)
    busy = _open_asks(best)
    return [
        Candidate(
            check_in, person, name, path, lon, lat, tuple(slots), skill, skills[skill].wants_proof, proof, proof_until,
            person in speaking, busy.get(person, 0),
        )
        for person, (_order, (skill, proof, proof_until, check_in, name, path, lon, lat, slots)) in best.items()
    ]  # fmt: skip


def _having(codes: list[str]) -> QuerySet[PersonSkill]:
    return PersonSkill.objects.filter(skill__in=codes, until__isnull=True).order_by()


def _reach(actor: Actor, filters: TalentFilters) -> Q:
    """Members who may be asked, in the actor's area and in `within`.

    Of a small area its members are collected and asked for their skills, of a large one those who have the skill.
    """
    path = "person__check_ins__path"

    inside = partial(under_by_size, wide=_WIDE)
    reach = scope(actor, Permission.TALENT_ASK, path=path, unit="person__check_ins__unit", within=inside)
    if filters.within:
        reach &= inside(path, filters.within)
    # Nearly all are members who may be asked: no index of states is of use.
    return reach & Q(person__check_ins__kind=CheckInKind.MEMBER) & is_one_of("person__check_ins__state", ASKABLE)


def _proved(one: Candidate, today: date) -> bool:
    return bool(one.proof) and (one.proof_until is None or one.proof_until >= today)


def _speaking(language: str, persons: Collection[UUID]) -> set[UUID]:
    """Who speaks a language; at least those of `persons` who do."""
    rows = _having([language] if language else []).filter(_few(persons))
    return set(rows.values_list("person", flat=True))


def _open_asks(persons: Collection[UUID]) -> dict[UUID, int]:
    """How many asks wait for an answer of each person; at least of `persons`."""
    rows = TalentAsk.objects.filter(_few(persons), state=AskState.ASKED).order_by("person").values("person")
    return {row["person"]: row["n"] for row in rows.annotate(n=Count("id"))}


def _few(persons: Collection[UUID]) -> Q:
    """A few persons are named to the database; of many it tells about everybody, which takes it no longer."""
    return Q(person__in=list(persons)) if len(persons) <= _NAMED else Q(person__isnull=False)


def requests_for(actor: Actor) -> QuerySet[TalentRequest]:
    """What was asked for in the actor's area, with how many answered what."""

    def answered(state: str) -> Count:
        return Count("asks", filter=Q(asks__state=state))

    return (
        TalentRequest.objects.filter(scope(actor, Permission.TALENT_ASK))
        .select_related("skill", "place")
        .annotate(
            asked=Count("asks"), accepted=answered(AskState.ACCEPTED), declined=answered(AskState.DECLINED),
            waiting=answered(AskState.ASKED),
        )
    )  # fmt: skip


def request_for(actor: Actor, request_id: UUID) -> TalentRequest:
    """The request within the actor's area; raises NotFound otherwise."""
    found = requests_for(actor).filter(pk=request_id).first()
    if found is None:
        raise NotFound
    return found


def answers_of(request: TalentRequest) -> list[TalentAsk]:
    """Who was asked and what they answered; who accepted first."""
    rows = request.asks.select_related("person").order_by("state", "answered_at", "pk")
    return list(rows)


def asks_of(actor: Actor, *, limit: int = 30) -> list[TalentAsk]:
    """What the signed-in actor was asked for, newest first; one statement."""
    if actor.user_id is None:
        return []
    rows = TalentAsk.objects.filter(person__user_id=actor.user_id).select_related("request__place", "person")
    return list(rows.order_by("-request__at", "-pk")[:limit])


def ask_for(actor: Actor, ask_id: UUID) -> TalentAsk:
    """One's own; raises NotFound otherwise."""
    found = TalentAsk.objects.filter(pk=ask_id).select_related("request__place", "person").first()
    if found is None or actor.user_id is None or found.person.user_id != actor.user_id:
        raise NotFound
    return found
