"""Reads of everybody who holds an office somewhere, for those who share out work."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet

from pingzhan.core.db import under
from pingzhan.people.models import Appointment, Person, PersonSkill


class Holder(NamedTuple):
    """Somebody who holds a role at a place now; where that place lies in degrees (WGS-84), if known."""

    person_id: UUID
    name: str
    user_id: UUID | None
    reachable: bool  # a telephone is on file
    role: str
    path: str
    unit_id: UUID | None
    lon: float | None
    lat: float | None


def holding_under(paths: Sequence[str]) -> QuerySet[Appointment, UUID]:
    """The ids of who holds an office at or below these paths now, to be asked by; no statement."""
    reach = Q(pk__in=[])
    for path in paths:
        reach |= under("path", path)
    return Appointment.objects.filter(reach, until__isnull=True).values_list("person_id", flat=True)


def holders_under(paths: Sequence[str], roles: Collection[str]) -> list[Holder]:
    """Everybody who holds one of these roles at or below these paths, by path, role and person; one statement."""
    reach = Q(pk__in=[])
    for path in paths:
        reach |= under("path", path)
    rows = Appointment.objects.filter(reach, until__isnull=True, role__in=list(roles)).order_by(
        "path", "role", "person_id", "id"
    )
    reachable = ExpressionWrapper(Q(person__phone_index__isnull=False), output_field=BooleanField())
    found = rows.values_list(
        "person_id", "person__name", "person__user_id", reachable, "role", "path", "unit_id", "place__lon",
        "place__lat",
    )  # fmt: skip
    return [Holder(*row) for row in found]


def skilled_under(paths: Sequence[str], skills: Collection[str], *, today: date) -> dict[UUID, set[str]]:
    """Which of these skills, or of groups of skills, those who hold an office at or below these have; one statement.

    A skill whose proof has expired does not count.
    """
    rows = PersonSkill.objects.filter(
        Q(skill__in=list(skills)) | Q(skill__parent__in=list(skills)),
        Q(proof_until__isnull=True) | Q(proof_until__gte=today), person__in=holding_under(paths), until__isnull=True,
    )  # fmt: skip
    found: dict[UUID, set[str]] = {}
    for person, *codes in rows.order_by("person", "skill").values_list("person_id", "skill_id", "skill__parent_id"):
        found.setdefault(person, set()).update(code for code in codes if code and code in skills)
    return found


def names_of_people(ids: Collection[UUID]) -> dict[UUID, str]:
    """The names of persons by their ids; one statement. They are names of office holders."""
    return dict(Person.objects.filter(pk__in=list(ids)).order_by("pk").values_list("pk", "name"))
