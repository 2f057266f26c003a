"""The demo's organisation down to the last building: heads, workers, two leaders a building, units of every kind.

Nine buildings in ten have their leaders, and a few grids have no head, so that coverage shows gaps to mend.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from pingzhan.access.actors import SYSTEM
from pingzhan.core.db import insert_many
from pingzhan.demo.bulk import Office, take_on_many
from pingzhan.demo.staff import DEMO_STREET, Cast
from pingzhan.demo.texts.names import person_name
from pingzhan.people.choices import AppointmentKind as Kind
from pingzhan.people.choices import UnitKind
from pingzhan.people.models import Appointment, CoverageDay
from pingzhan.people.operations import appoint, create_person, create_unit, note_coverage, succeed
from pingzhan.people.operations.chains import load_chains
from pingzhan.places.choices import Level
from pingzhan.places.models import Place

# Share of the places that have a holder: of heads of grids, of offline and of online leaders of buildings.
HEADS, OFFLINE, ONLINE = 0.96, 0.93, 0.88
PROFESSIONAL, PART_TIME = 0.3, 0.45
NOT_CALLED = 0.07  # whose phone nobody has confirmed since long before they were entered here
WEEKS = 8  # of figures before today
# What a dedicated grid is named after, and the kind of unit that it is.
_DEDICATED = {
    "社区医院": UnitKind.HOSPITAL,
    "小学": UnitKind.SCHOOL,
    "中学": UnitKind.SCHOOL,
    "菜市场": UnitKind.MARKET,
    "产业园": UnitKind.ENTERPRISE,
    "商务中心": UnitKind.ENTERPRISE,
}
# One of each in every street: code, name, English name, kind.
_OF_STREET = (
    ("party-committee", "党工委", "Party Working Committee", UnitKind.PARTY),
    ("council", "社区代表会议委员会", "Community Council", UnitKind.COMMITTEE),
    ("youth", "青禾社会工作服务社", "Qinghe Social Work Service", UnitKind.SOCIAL),
    ("library", "文化活动中心", "Cultural Centre", UnitKind.INSTITUTION),
)

Posts = set[tuple[object, str, str]]  # (place's id, role, kind) that are taken


def staff_organisation(*, cast: Cast, places: list[Place], rng: Random, at: datetime) -> int:
    """Fill the posts; how many persons were taken on."""
    root = next(place for place in places if place.level == Level.DISTRICT)
    load_chains(place=root, by=SYSTEM, at=at)
    _units(places, at=at)
    taken: Posts = {
        (row.place_id, row.role, row.kind) for row in Appointment.objects.filter(until__isnull=True).order_by("id")
    }
    made = take_on_many(_offices(cast, places, taken, rng, at=at), by=SYSTEM, at=at)
    _secretaries_as_heads(at=at)
    _successions(cast, rng, at=at)
    return made


def note_weeks(*, now: datetime) -> None:
    """Today's figures, and figures of some weeks before that grew towards them."""
    note_coverage(at=now)
    today = list(CoverageDay.objects.order_by("id"))
    fields = ("day", "path", "level", "role", "kind", "total", "covered")
    rows = (
        (
            row.day - timedelta(weeks=week), row.path, row.level, row.role, row.kind, row.total,
            max(0, row.covered - round(row.total * 0.012 * week * (1 + len(row.kind) % 3) / 2)),
        )
        for week in range(1, WEEKS + 1)
        for row in today
    )  # fmt: skip
    insert_many(CoverageDay, fields, rows)


def _units(places: list[Place], *, at: datetime) -> None:
    """A unit for every dedicated grid, and in each street the kinds that handle no matters."""
    for place in places:
        if place.level == Level.STREET:
            for code, name, name_en, kind in _OF_STREET:
                create_unit(
                    code=f"{place.code}.{code}", name=f"{place.name}{name}", name_en=name_en, kind=kind, place=place,
                    by=SYSTEM, at=at,
                )  # fmt: skip
        elif place.level == Level.GRID and place.kind == "dedicated":
            kind = next((kind for word, kind in _DEDICATED.items() if word in place.name), UnitKind.ENTERPRISE)
            create_unit(
                code=f"{place.code}.unit", name=place.name.removesuffix("专属网格"), kind=kind, place=place, by=SYSTEM,
                at=at,
            )  # fmt: skip


def _offices(cast: Cast, places: list[Place], taken: Posts, rng: Random, *, at: datetime) -> Iterator[Office]:
    calls = Random(7)  # noqa: S311 (its own, so that the names stay the same)

    def somebody(place: Place, role: str, kind: str, *, sole: bool, acting: bool = False) -> Iterator[Office]:
        if (place.pk, role, kind) not in taken or not sole:
            old = timedelta(days=calls.randrange(120, 400)) if calls.random() < NOT_CALLED else timedelta()
            name = person_name(rng)
            yield Office(name, cast.phone(), role, kind, place, sole, acting=acting, confirmed=at - old)

    for place in places:
        if place.level in (Level.DISTRICT, Level.STREET):
            yield from somebody(place, "grid_head", "", sole=True, acting=place.code.endswith("20"))
        elif place.level == Level.COMMUNITY and f"/{DEMO_STREET}/" not in place.path:
            yield from somebody(place, "grid_head", "", sole=True)
        elif place.level == Level.GRID:
            if rng.random() < HEADS:
                yield from somebody(place, "grid_head", "", sole=True)
            if rng.random() < PROFESSIONAL:
                yield from somebody(place, "grid_worker", Kind.PROFESSIONAL, sole=False)
            for _ in range(rng.choice((1, 1, 2)) if rng.random() < PART_TIME else 0):
                yield from somebody(place, "grid_worker", Kind.PART_TIME, sole=False)
        elif place.level == Level.BUILDING:
            if rng.random() < OFFLINE:
                yield from somebody(place, "building_leader", Kind.OFFLINE, sole=True)
            if rng.random() < ONLINE:
                yield from somebody(place, "building_leader", Kind.ONLINE, sole=True)


def _secretaries_as_heads(*, at: datetime) -> None:
    """In the demo street the secretaries are the heads of their communities too, as they mostly are."""
    secretaries = Appointment.objects.filter(role="community_secretary", kind="", until__isnull=True)
    for held in secretaries.select_related("person", "place", "unit").order_by("path"):
        if f"/{DEMO_STREET}/" in held.path:
            appoint(person=held.person, role="grid_head", place=held.place, unit=held.unit, by=SYSTEM, at=at)


def _successions(cast: Cast, rng: Random, *, at: datetime) -> None:
    """A history to read: some leaders of the demo street were followed by others."""
    leaders = Appointment.objects.filter(
        role="building_leader", kind=Kind.OFFLINE, until__isnull=True, path__contains=f"/{DEMO_STREET}/"
    )
    for number, held in enumerate(leaders.select_related("person", "place", "unit").order_by("path")[:12]):
        person = create_person(name=person_name(rng), phone=cast.phone(), place=held.place, by=SYSTEM, at=at)
        succeed(
            appointment=held, person=person, by=SYSTEM, at=at + timedelta(days=10 + number),
            reason="年事已高，由邻居接任",
        )  # fmt: skip
