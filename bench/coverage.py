"""Persons and coverage of a prefecture city: 9,000 grids, some 50,000 buildings, 40,000 people in office."""

import random
import time
from collections.abc import Callable, Iterator
from typing import Any

from django.core.management import call_command
from django.db import transaction

from bench.ground import QUICK, quantile, row, settle, statements, timed
from pingzhan.access.actors import SYSTEM, Actor, Held
from pingzhan.core.clock import now
from pingzhan.core.db import insert_many
from pingzhan.core.ids import uuid7
from pingzhan.core.paging import cursor_of
from pingzhan.demo.bulk import Office, take_on_many
from pingzhan.demo.texts.names import person_name
from pingzhan.people import queries
from pingzhan.people.operations import note_coverage
from pingzhan.places.models import Place

SHAPE = (
    (2, 3, 5, 6, 5) if QUICK else (10, 10, 15, 6, 6)
)  # districts, streets, communities, grids, most buildings a grid
PEOPLE = 800 if QUICK else 40_000
TIMES = 15 if QUICK else 41
ROOT = "2308"
_COLUMNS = (
    "id", "code", "name", "level", "path", "parent_id", "kind", "households", "is_demo", "created_at",
)  # fmt: skip


def lay_city() -> list[Place]:
    """The area tree, superiors first."""
    at = now()
    rng = random.Random(3)
    made: list[Place] = []

    def put(code: str, level: str, above: Place | None, kind: str = "") -> Place:
        path = f"{above.path if above else ''}{code}/"
        place = Place(
            id=uuid7(at), code=code, name=code[-4:], level=level, path=path, parent=above, kind=kind, created_at=at
        )
        made.append(place)
        return place

    city = put(ROOT, "city", None)
    districts, streets, communities, grids, most = SHAPE
    for d in range(1, districts + 1):
        district = put(f"{ROOT}{d:02d}", "district", city)
        for s in range(1, streets + 1):
            street = put(f"{district.code}{s:03d}", "street", district)
            for c in range(1, communities + 1):
                community = put(f"{street.code}{c:03d}", "community", street)
                number = 0
                for g in range(1, grids + 1):
                    grid = put(f"{community.code}-G{g:03d}", "grid", community, "town")
                    for _ in range(rng.randint(most - 1, most)):
                        number += 1
                        put(f"{community.code}-B{number:03d}", "building", grid)
    insert_many(
        Place,
        _COLUMNS,
        ((p.pk, p.code, p.name, p.level, p.path, p.parent_id, p.kind, 0, True, at) for p in made),
    )
    return made


def offices(places: list[Place]) -> Iterator[Office]:
    """Heads and full-time workers of nearly all grids, then leaders of buildings until the people are used up."""
    rng = random.Random(7)
    left = PEOPLE

    def one(place: Place, role: str, kind: str, *, sole: bool) -> Office:
        nonlocal left
        left -= 1
        return Office(person_name(rng), f"100{left:08d}", role, kind, place, sole)

    grids = [place for place in places if place.level == "grid"]
    buildings = [place for place in places if place.level == "building"]
    for grid in grids:
        if rng.random() < 0.96:
            yield one(grid, "grid_head", "", sole=True)
        if rng.random() < 0.98:
            yield one(grid, "grid_worker", "full_time", sole=False)
    rng.shuffle(buildings)
    for building in buildings:
        for kind in ("offline", "online"):
            if left and rng.random() < 0.9:
                yield one(building, "building_leader", kind, sole=True)


def told(what: str, act: Callable[[], Any], *, target: str = "", times: int = TIMES) -> None:
    """One figure: the middle of many runs, and how many statements it asks."""
    count = statements(act)
    spent = timed(act, times=times)
    detail = f"{count} statements, p99 {quantile(spent, 0.99):.0f} ms"
    row(what, f"{quantile(spent, 0.5):.1f} ms", target=target, detail=detail)


def main() -> None:
    call_command("migrate", verbosity=0)
    start = time.perf_counter()
    with transaction.atomic():
        places = lay_city()
        count = take_on_many(offices(places), by=SYSTEM, at=now())
    settle()
    grids = sum(place.level == "grid" for place in places)
    buildings = sum(place.level == "building" for place in places)
    size = f"{count:,} people, {grids:,} grids, {buildings:,} buildings"
    row("fill", f"{time.perf_counter() - start:.0f} s", detail=size)
    city = places[0]
    district, street = (next(place for place in places if place.level == level) for level in ("district", "street"))
    community = next(place for place in places if place.level == "community")
    whole = Actor("user", uuid7(), "bench", (Held("district_command", city.path),))
    part = Actor("user", uuid7(), "bench", (Held("community_secretary", community.path),))

    page, filters = queries.persons_page, queries.PersonFilters
    ledger = "≤ 40 ms, ≤ 8 statements"
    first = page(whole, filters(), after=None, limit=50)
    halfway = queries.persons_in_scope(whole).order_by("pinyin", "id")[count // 2]
    deep = cursor_of(halfway, ("pinyin", "id"))
    told("ledger of persons, first page, city", lambda: page(whole, filters(), after=None, limit=50), target=ledger)
    told("ledger, page in the middle, city", lambda: page(whole, filters(), after=deep, limit=50), target=ledger)
    told("ledger of a community", lambda: page(part, filters(), after=None, limit=50), target=ledger)
    told("ledger, of one office", lambda: page(whole, filters(role="grid_head"), after=None, limit=50), target=ledger)
    told("person by initials", lambda: page(whole, filters(q="zj"), after=None, limit=50), target=ledger)
    told("person by name", lambda: page(whole, filters(q=first.items[0].name), after=None, limit=50), target=ledger)
    told("person by phone", lambda: page(whole, filters(q="10000000500"), after=None, limit=50), target=ledger)

    posts = queries.required_posts(city.path)
    for name, place in (("city", city), ("district", district), ("street", street), ("community", community)):
        told(f"coverage of a {name}", lambda p=place: queries.coverage(p.path, posts), target="≤ 150 ms")
        below = f"coverage of what lies below a {name}"
        told(below, lambda p=place: queries.coverage_below(p.path, posts), target="≤ 150 ms")
    online = queries.post_of(city.path, "building.building_leader.online")
    told("gaps, first page, city", lambda: queries.gaps_page(city.path, online, after=None), target=ledger)
    middle = cursor_of(places[len(places) // 2], ("path",))
    told("gaps, page in the middle, city", lambda: queries.gaps_page(city.path, online, after=middle), target=ledger)
    start = time.perf_counter()
    rows = note_coverage(at=now())
    spent = time.perf_counter() - start
    row("note the day's coverage of every place", f"{spent:.1f} s", detail=f"{rows:,} rows, once a day")


main()
