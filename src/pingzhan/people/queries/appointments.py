"""Reads of who holds which role."""

from collections.abc import Iterable

from pingzhan.people.models import Appointment

HEADS = ("grid_worker", "building_leader", "community_secretary", "street_secretary", "district_command")


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
