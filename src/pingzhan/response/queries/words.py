"""What a response has laid over peacetime, in the reader's words."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from pingzhan.matters.choices import ClockKind
from pingzhan.modes.choices import OverlayKind
from pingzhan.modes.queries import what_duties_are
from pingzhan.modes.words import says
from pingzhan.people.queries.holders import names_of_people
from pingzhan.places.names import named
from pingzhan.stations.queries import functions, names_of_rooms

if TYPE_CHECKING:
    from pingzhan.modes.models import Overlay

ROOMS = frozenset({OverlayKind.ROOM_FUNCTION, OverlayKind.BOOKING})


class Words(NamedTuple):
    """`what` is changed, `who` it is about, and what the overlay `says`; "" for what it has none of."""

    what: str
    who: str
    says: str


def in_words(overlays: "Sequence[Overlay]") -> dict[UUID, Words]:
    """Each of these by its id; at most five statements, fewer where nothing of a sort is among them."""
    people = names_of_people([one.person_id for one in overlays if one.person_id])
    rooms = names_of_rooms({one.target for one in overlays if one.kind in ROOMS})
    kinds = functions() if any(one.kind == OverlayKind.ROOM_FUNCTION for one in overlays) else {}
    duties = what_duties_are(overlays)
    found = {}
    for one in overlays:
        said = says(one.kind, one.payload | duties.get(one.pk, {}))
        if (kind := kinds.get(one.payload.get("function", ""))) is not None:
            said = f"{named(kind)} · {said}"
        what = clock_label(one.key) if one.kind == OverlayKind.CLOCK else rooms.get(one.target, "")
        found[one.pk] = Words(what, people.get(one.person_id, "") if one.person_id else "", said)
    return found


def clock_label(code: str) -> str:
    """What a clock of matters is called."""
    return str(ClockKind(code).label) if code in ClockKind.values else code
