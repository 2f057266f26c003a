"""Coverage is a number and a list of gaps that says the same; it is kept once a day; 1+X+N counts who is there."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import NotFound
from pingzhan.people import queries
from pingzhan.people.models import Appointment, CoverageDay
from pingzhan.people.operations import appoint, dismiss, note_coverage
from pingzhan.people.rules.chains import DEFAULT, PostRule
from pingzhan.places.models import Estate, Place
from tests.factories.people import somebody
from tests.factories.statements import ways_of
from tests.factories.world import DISTRICT, FAR, HOME, HOME_STREET

pytestmark = pytest.mark.django_db

ONLINE = "building.building_leader.online"
OFFLINE = "building.building_leader.offline"


def figures(world, code):
    path = world.path(code)
    return {".".join(one.post.key): one for one in queries.coverage(path, queries.required_posts(path))}


def lacking(world, code, key):
    path = world.path(code)
    return [place.code for place in queries.gaps_page(path, queries.post_of(path, key), after=None, limit=200).items]


def test_the_figures_and_the_gaps_say_the_same(world):
    for code in (DISTRICT, HOME_STREET, HOME, FAR):
        for key, one in figures(world, code).items():
            assert one.gaps == len(lacking(world, code, key)), (code, key)


def test_filling_a_post_closes_its_gap_at_every_level(world):
    before = {code: figures(world, code)[ONLINE] for code in (DISTRICT, HOME_STREET, HOME, FAR)}
    building = world.places[f"{HOME}-B001"]
    made = appoint(
        person=somebody(world), role="building_leader", kind="online", place=building, by=SYSTEM, at=world.at
    )
    for code in (DISTRICT, HOME_STREET, HOME):
        assert figures(world, code)[ONLINE].covered == before[code].covered + 1
    assert figures(world, FAR)[ONLINE] == before[FAR]
    assert building.code not in lacking(world, HOME, ONLINE)
    dismiss(appointment=made, by=SYSTEM, at=world.at, reason="搬走")
    assert figures(world, DISTRICT)[ONLINE] == before[DISTRICT]
    assert building.code in lacking(world, HOME, ONLINE)


def test_what_lies_below_adds_up_to_the_whole(world):
    for code in (DISTRICT, HOME_STREET, HOME):
        path = world.path(code)
        posts = [post for post in queries.required_posts(path) if post.level in ("grid", "building")]
        below = queries.coverage_below(path, posts)
        for index, one in enumerate(queries.coverage(path, posts)):
            parts = [rows[index] for rows in below.values()]
            assert one.total == sum(part.total for part in parts)
            assert one.covered == sum(part.covered for part in parts)


def test_an_acting_deputy_is_no_head_and_two_workers_are_one_covered_grid(world):
    grid = world.places[f"{HOME}-G001"]
    key, workers = "grid.grid_head.", "grid.grid_worker.full_time"
    before = figures(world, HOME)
    appoint(person=somebody(world), role="grid_head", kind="deputy", place=grid, by=SYSTEM, at=world.at)
    appoint(person=somebody(world), role="grid_worker", kind="full_time", place=grid, by=SYSTEM, at=world.at)
    assert figures(world, HOME)[key] == before[key]
    assert figures(world, HOME)[workers] == before[workers]


def test_a_post_of_any_kind_is_filled_by_each(world):
    grid = world.places[f"{HOME}-G001"]
    anybody = PostRule("grid", "网格员", role="grid_worker", required=True)
    path = world.path(HOME)
    held = Appointment.objects.get(place=grid, role="grid_worker")
    before = queries.coverage(path, [anybody])[0].covered
    dismiss(appointment=held, by=SYSTEM, at=world.at, reason="")
    assert queries.coverage(path, [anybody])[0].covered == before - 1
    assert grid.code in [one.code for one in queries.gaps_page(path, anybody, after=None).items]
    appoint(person=somebody(world), role="grid_worker", kind="part_time", place=grid, by=SYSTEM, at=world.at)
    assert queries.coverage(path, [anybody])[0].covered == before
    assert queries.coverage_below(path, [anybody])[grid.path][0].covered == 1


def test_one_and_x_and_n(world):
    grid = world.places[f"{HOME}-G001"]
    for kind in ("professional", "part_time", "part_time"):
        appoint(person=somebody(world), role="grid_worker", kind=kind, place=grid, by=SYSTEM, at=world.at)
    assert queries.strength(world.path(HOME))[grid.path] == (1, 1, 2)
    dismiss(
        appointment=Appointment.objects.get(place=grid, kind="full_time", until__isnull=True), by=SYSTEM, at=world.at,
        reason="",
    )  # fmt: skip
    assert queries.strength(grid.path)[grid.path] == (0, 1, 2)
    appoint(person=somebody(world), role="grid_head", place=grid, by=SYSTEM, at=world.at)
    assert queries.strength(grid.path)[grid.path] == (1, 1, 2)


def test_a_day_is_noted_once(world):
    assert note_coverage(at=world.at) > 0
    rows = CoverageDay.objects.count()
    assert note_coverage(at=world.at + timedelta(hours=5)) == 0
    assert CoverageDay.objects.count() == rows
    for code in (DISTRICT, HOME_STREET, HOME):
        day = queries.trend(world.path(code), since=world.at.date())
        for key, one in figures(world, code).items():
            if not one.total:
                continue
            assert [(total, covered) for _day, total, covered in day[tuple(key.split("."))]] == [
                (one.total, one.covered)
            ]
    assert note_coverage(at=world.at + timedelta(days=1)) > 0


def test_the_statements_do_not_grow_with_the_ground(world):
    def statements(code):
        path = world.path(code)
        posts = queries.required_posts(path)
        with CaptureQueriesContext(connection) as asked:
            queries.coverage(path, posts)
            queries.coverage_below(path, posts)
            queries.gaps_page(path, posts[-1], after=None)
        return len(asked)

    assert statements(DISTRICT) == statements(HOME) == 5


def test_a_large_area_is_counted_from_indexes_alone(world):
    path = world.path(DISTRICT)
    posts = queries.required_posts(path)
    totals, held = ways_of(lambda: queries.coverage(path, posts))
    if connection.vendor == "sqlite":
        assert "place_now" in totals
        assert "appointment_cover" in held
        assert "TEMP B-TREE" not in held, "each post is counted in the order of its index"


def test_an_unknown_post_is_not_found(world):
    with pytest.raises(NotFound):
        queries.post_of(world.path(HOME), "building.king.")
    assert DEFAULT.posts


def test_an_estate_has_the_figures_of_its_buildings(world):
    home = world.places[HOME]
    estate = Estate.objects.create(
        code=f"{HOME}-E01", community=home, path=home.path, name="兰溪苑", created_at=world.at
    )
    Place.objects.filter(code=f"{HOME}-B001").update(estate=estate)
    Place.objects.filter(code=f"{HOME}-B002").update(estate=None)
    posts = queries.required_posts(home.path)
    ((name, cells),) = queries.coverage_by_estate(home, posts)
    told = {".".join(one.post.key): (one.covered, one.total) for one in cells}
    assert name == "兰溪苑"
    assert told == {"grid.grid_head.": (0, 1), "grid.grid_worker.full_time": (1, 1), OFFLINE: (1, 1), ONLINE: (0, 1)}
    worse = Estate.objects.create(code=f"{HOME}-E02", community=home, path=home.path, name="新苑", created_at=world.at)
    Place.objects.filter(code=f"{HOME}-B002").update(estate=worse)
    assert [name for name, _cells in queries.coverage_by_estate(home, posts)] == ["新苑", "兰溪苑"]
