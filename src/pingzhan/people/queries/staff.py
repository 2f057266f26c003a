"""Reads of who works for a unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pingzhan.access.permissions import Permission
from pingzhan.access.roles import ROLES
from pingzhan.people.models import Appointment


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody appointed for a unit in a role that handles matters."""

    person_id: UUID
    user_id: UUID | None
    name: str
    unit_id: UUID
    role: str
    phone: Any  # sealed; opened only where a message goes out


def colleagues_of(units: Iterable[UUID], *, permission: Permission = Permission.MATTER_HANDLE) -> list[Colleague]:
    """Those appointed now for one of `units` in a role with `permission`, each once a unit, by name; one statement."""
    roles = [role.code for role in ROLES.values() if permission in role.permissions]
    rows = (
        Appointment.objects.filter(unit_id__in=list(units), until__isnull=True, role__in=roles)
        .select_related("person")
        .order_by("unit_id", "person__name", "person_id", "role")
    )
    found: dict[tuple[UUID | None, UUID], Colleague] = {}
    for row in rows:
        person = row.person
        found.setdefault(
            (row.unit_id, person.pk),
            Colleague(person.pk, person.user_id, person.name, row.unit_id, row.role, person.phone),  # type: ignore[arg-type]
        )
    return list(found.values())
