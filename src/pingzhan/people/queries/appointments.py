"""Reads of who holds which role."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.db import under
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import Page, page
from pingzhan.people.models import Appointment, Person
from pingzhan.places.choices import Level
from pingzhan.places.queries import at_level
from pingzhan.places.queries import scope as places_scope

if TYPE_CHECKING:
    from pingzhan.places.models import Place

HEADS = (
    "grid_head", "grid_worker", "building_leader", "community_secretary", "street_secretary", "district_command",
)  # fmt: skip


def heads_of(codes: Iterable[str]) -> dict[str, list[dict[str, str]]]:
    """The heads and workers appointed at each place code, as {code: [{name, role}]}; one statement.

    Names of office holders only: they are public in their function.
    """
    found: dict[str, list[dict[str, str]]] = {}
    rows = (
        Appointment.objects.filter(place__code__in=list(codes), until__isnull=True, role__in=HEADS)
        .order_by("place__code", "role", "person__name", "id")
        .values_list("place__code", "person__name", "role")
    )
    for code, name, role in rows:
        found.setdefault(code, []).append({"name": name, "role": role})
    return found


def appointment_for(by: Actor, appointment_id: UUID, *, permission: Permission = Permission.APPOINT) -> Appointment:
    """An office that is held now, where the actor has `permission`. Raises NotFound."""
    rows = Appointment.objects.filter(scope(by, permission, unit="unit_id"), until__isnull=True)
    found = rows.select_related("person", "place", "unit").filter(pk=appointment_id).first()
    if found is None:
        raise NotFound
    return found


def holders_before(held: Appointment) -> list[Appointment]:
    """Who held the same post before, the last first; at most fifty."""
    return last_holders(held.place, held.role, held.kind)


def last_holders(place: "Place", role: str, kind: str) -> list[Appointment]:
    """Who held a post that is vacant or has another holder now, the last first; at most fifty."""
    rows = Appointment.objects.filter(place=place, role=role, kind=kind, until__isnull=False)
    return list(rows.select_related("person", "unit").order_by("-until", "-id")[:50])


def buildings_with_leaders(
    within: Sequence[str], *, limit: int
) -> "tuple[list[Place], dict[tuple[UUID, str], Person]]":
    """The buildings under the prefixes, by path, and their leaders by (building, kind); two statements."""
    buildings = list(at_level(Level.BUILDING, within=within)[:limit])
    rows = Appointment.objects.filter(places_scope(within), role="building_leader", until__isnull=True)
    held = {(row.place_id, row.kind): row.person for row in rows.select_related("person").order_by("id")}
    return buildings, held


def appointments_page(
    by: Actor, *, path: str, role: str, past: bool, after: str | None, limit: int
) -> Page[Appointment]:
    """The offices of the actor's area, held now or ended, the newest first; one statement."""
    rows = Appointment.objects.filter(scope(by, Permission.PERSON_VIEW, unit="unit_id"), until__isnull=not past)
    if path:
        rows = rows.filter(under("path", path))
    if role:
        rows = rows.filter(role=role)
    return page(rows.select_related("person", "unit"), order=("-since", "-id"), after=after, limit=limit)


def offices_of_user(user_id: UUID) -> list[Appointment]:
    """The offices that the person of an account holds now."""
    rows = Appointment.objects.filter(person__user_id=user_id, until__isnull=True)
    return list(rows.select_related("person", "unit").order_by("path", "role", "id"))
