"""Appointments, persons, units and chains follow the places that they are at."""

from django.db.models import Q

from pingzhan.access import operations as access
from pingzhan.access.actors import SYSTEM
from pingzhan.access.queries import get_grant
from pingzhan.core.ids import uuid7
from pingzhan.core.wording import for_others
from pingzhan.people.models import (
    Appointment,
    Chain,
    CheckIn,
    CoverageDay,
    ListVersion,
    Person,
    Roster,
    TalentRequest,
    Team,
    Unit,
)
from pingzhan.places.events import FOLLOWING, Move, PlacesMoved, follows, places_moved, rewrite, stays

CURRENT = Q(until__isnull=True)

follows(Unit, current=CURRENT, place="place")
follows(Person, place="place")
follows(CheckIn, place="place")
follows(Roster)
# A community taken over may have a team where the other has one: both go on, each under its own name.
follows(Team, current=CURRENT)
FOLLOWING |= {Appointment: "path", Chain: "path"}
stays(CoverageDay)
# A list is of a street or a whole area, and one of a community goes to whoever took it over; old versions with it.
follows(ListVersion)
follows(TalentRequest)


@places_moved.listen
def move_appointments(event: PlacesMoved) -> None:
    """Who worked at a grid that has ended works at the one that took over, from now on; until now it was there.

    Who holds the same office there already holds it once, and an office for one person stays with its holder.
    """
    for gone, move in event.ended().items():
        for old in Appointment.objects.filter(CURRENT, place=gone).order_by("since", "id"):
            _go_on(event, move, old)
    rewrite(Appointment.objects.filter(CURRENT), event)


def _go_on(event: PlacesMoved, move: Move, old: Appointment) -> None:
    assert move.into is not None
    at = max(event.at, old.since)
    Appointment.objects.filter(pk=old.pk).update(until=at, end_reason=for_others("所在网格已撤销，转入接续的网格"))
    there = Appointment.objects.filter(CURRENT, place=move.into, role=old.role, kind=old.kind)
    grant = event.grants.get(old.grant_id) if old.grant_id else None
    if there.filter(person=old.person_id).exists():
        return
    if old.sole and there.filter(sole=True).exists():
        if grant is not None:
            access.revoke(grant=get_grant(grant), by=SYSTEM, at=at, reason="grid ended")
        return
    Appointment.objects.create(
        id=uuid7(event.at), person_id=old.person_id, role=old.role, kind=old.kind, place_id=move.into, path=move.after,
        level=old.level, unit_id=old.unit_id, sole=old.sole, acting=old.acting, since=at, term_until=old.term_until,
        grant_id=grant or old.grant_id,
    )  # fmt: skip


@places_moved.listen
def move_chains(event: PlacesMoved) -> None:
    """A chain of an area that has moved goes with it; that of one that has ended ends, since another is in force."""
    for gone in event.ended():
        Chain.objects.filter(place=gone).update(in_force=False)
    rewrite(Chain.objects.all(), event)
