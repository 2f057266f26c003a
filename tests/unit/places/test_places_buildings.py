"""Entering buildings and homes: by hand, by workbook; bad rows are named, nothing is there twice."""

from datetime import timedelta
from typing import Any

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.core.sheets import write_workbook
from pingzhan.journal.queries import timeline
from pingzhan.modes.operations import begin
from pingzhan.places.models import Alias, Estate, Place, PlaceImport
from pingzhan.places.operations import (
    check_workbook,
    drop_workbook,
    end_building,
    end_households,
    enter_building,
    enter_households,
    start_writing,
    take_workbook,
    told_errors,
    write_workbook_rows,
)
from pingzhan.places.operations.buildings import FAULTS, enter_buildings
from pingzhan.places.rules.rows import BadRow, RowFault, building_row, rooms_of
from tests.factories.world import FAR, HOME, HOME_STREET, NEAR, World

pytestmark = pytest.mark.django_db

COLUMNS = ("居村", "小区", "楼栋", "网格", "层数", "单元数", "户数", "经度", "纬度")


def home() -> Place:
    return Place.objects.get(code=HOME)


def test_a_building_is_entered_by_hand_and_found_in_its_grid(world: World) -> None:
    cells = {"estate": "馨园小区", "building": "3", "floors": "6", "entrances": "2", "households": "24",
             "lon": "121.402", "lat": "31.245", "alias": "红砖楼", "address": "枫渡路88弄"}  # fmt: skip
    made = enter_building(community=home(), cells=cells, by=world.actor("community_staff"), at=world.at)
    assert (made.code, made.name, made.floors, made.entrances) == (f"{HOME}-B003", "馨园小区3号楼", 6, 2)
    assert made.path == f"{world.path(f'{HOME}-G001')}{made.code}/"
    assert made.estate is not None
    assert (made.estate.name, made.estate.code, made.estate.address) == ("馨园小区", f"{HOME}-E01", "枫渡路88弄")
    assert Alias.objects.get(place=made).name == "红砖楼"
    assert [Place.objects.get(code=code).households for code in (f"{HOME}-G001", HOME, HOME_STREET)] == [24] * 3
    assert [entry.verb for entry in timeline("place", made.pk)] == ["place.enter"]


def test_the_same_building_again_changes_nothing_and_other_facts_change_it(world: World) -> None:
    by = world.actor("community_staff")
    cells = {"building": "馨园1号楼", "households": "10", "grid": "第1网格"}
    made = enter_building(community=home(), cells=cells, by=by, at=world.at)
    again = enter_building(community=home(), cells=cells, by=by, at=world.at)
    assert again.pk == made.pk
    assert len(list(timeline("place", made.pk))) == 1
    enter_building(community=home(), cells=cells | {"households": "4"}, by=by, at=world.at)
    assert Place.objects.get(code=f"{HOME}-G001").households == 4
    renamed = enter_building(
        community=home(), cells={"building": "馨园甲楼"}, building=Place.objects.get(pk=made.pk), by=by, at=world.at
    )
    assert (renamed.pk, renamed.name, renamed.households) == (made.pk, "馨园甲楼", 4)


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ({"building": ""}, "building"),
        ({"building": "长" * 81}, "building"),
        ({"building": "9", "floors": "0"}, "floors"),
        ({"building": "9", "floors": "６层"}, "floors"),
        ({"building": "9", "entrances": "99999999999999999999"}, "entrances"),
        ({"building": "9", "households": "-1"}, "households"),
        ({"building": "9", "lon": "121.4"}, "lon"),
        ({"building": "9", "lon": "nan", "lat": "nan"}, "lon"),
        ({"building": "9", "lon": "121.9", "lat": "31.9"}, "lon"),
        ({"building": "9", "grid": "第九网格"}, "grid"),
        ({"building": "1号楼", "grid": "第2网格"}, "grid"),
    ],
)
def test_what_is_wrong_is_named_by_its_field(world: World, cells: dict[str, str], field: str) -> None:
    before = Place.objects.count()
    with pytest.raises(Invalid) as refused:
        enter_building(community=home(), cells=cells, by=world.actor("secretary"), at=world.at)
    assert refused.value.errors[0]["loc"] == [field]
    assert Place.objects.count() == before


def test_only_those_of_the_place_enter_buildings(world: World) -> None:
    for name in ("grid_worker", "inspector", "far_secretary"):
        with pytest.raises(NotAllowed):
            enter_building(community=home(), cells={"building": "9"}, by=world.actor(name), at=world.at)


def test_a_loose_building_comes_into_a_grid_with_what_hangs_on_it(world: World) -> None:
    by = world.actor("secretary")
    loose = Place.objects.get(code=f"{HOME}-B002")
    at_home = f"{world.path(HOME)}{loose.code}/"
    Place.objects.filter(pk=loose.pk).update(parent=home(), path=at_home)
    Place.objects.filter(parent=loose).update(path=f"{at_home}{loose.code}-H0101/")
    matter = world.report(place=loose.code)
    enter_building(community=home(), cells={"building": "2号楼", "grid": "第2网格"}, by=by, at=world.at)
    loose.refresh_from_db()
    matter.refresh_from_db()
    assert loose.path == matter.path == f"{world.path(f'{HOME}-G002')}{loose.code}/"
    assert Place.objects.get(code=f"{loose.code}-H0101").path == f"{loose.path}{loose.code}-H0101/"


def test_homes_are_entered_once_and_count(world: World) -> None:
    by = world.actor("community_staff")
    building = Place.objects.get(code=f"{HOME}-B001")
    made = enter_households(building=building, rooms=rooms_of("101、201-203"), by=by, at=world.at)
    assert sorted(place.code[-5:] for place in made) == ["H0201", "H0202", "H0203"]
    assert enter_households(building=building, rooms=rooms_of("101 201 202 203"), by=by, at=world.at) == []
    assert [Place.objects.get(code=code).households for code in (building.code, HOME)] == [4, 4]


def test_homes_that_are_no_more_leave_the_lists_and_come_back_when_entered_again(world: World) -> None:
    by = world.actor("community_staff")
    building = Place.objects.get(code=f"{HOME}-B001")
    enter_households(building=building, rooms=rooms_of("201-203"), by=by, at=world.at)
    ended = end_households(building=building, rooms=rooms_of("202 203 909"), by=by, at=world.at)
    assert [place.code[-5:] for place in ended] == ["H0202", "H0203"]
    assert [Place.objects.get(code=code).households for code in (building.code, HOME)] == [2, 2]
    with pytest.raises(Invalid):  # once only
        end_households(building=building, rooms=rooms_of("202"), by=by, at=world.at)
    with pytest.raises(NotAllowed):
        end_households(building=building, rooms=rooms_of("101"), by=world.actor("far_secretary"), at=world.at)
    enter_households(building=building, rooms=rooms_of("202"), by=by, at=world.at)
    assert [Place.objects.get(code=code).households for code in (building.code, HOME)] == [3, 3]
    assert Place.objects.filter(parent=building, until__isnull=True).count() == 3


def test_an_ended_building_leaves_the_lists_and_comes_back_as_another(world: World) -> None:
    by = world.actor("community_staff")
    building = Place.objects.get(code=f"{HOME}-B001")
    matter = world.matter(to="archived", place=building.code)
    end_building(building=building, by=by, at=world.at)
    assert not Place.objects.filter(parent=building, until__isnull=True).exists()
    matter.refresh_from_db()
    assert matter.place_id == building.pk
    again = enter_building(community=home(), cells={"building": "1号楼"}, by=by, at=world.at)
    assert again.code == f"{HOME}-B003"


@pytest.mark.parametrize(
    ("text", "rooms"),
    [
        ("101", [(1, 1)]),
        ("１０１、102室", [(1, 1), (1, 2)]),
        ("1201-1203", [(12, 1), (12, 2), (12, 3)]),
        ("101,101", [(1, 1)]),
    ],
)
def test_rooms_are_read_as_offices_list_them(text: str, rooms: list[tuple[int, int]]) -> None:
    assert rooms_of(text) == rooms


@pytest.mark.parametrize("text", ["", "一楼", "1-2", "101-201", "203-201", "100", "99999"])
def test_rooms_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(BadRow) as refused:
        rooms_of(text)
    assert refused.value.fault == RowFault.ROOMS


def test_a_bare_number_is_a_building_of_its_estate() -> None:
    assert building_row({"building": "3", "estate": "馨园"}).name == "馨园3号楼"
    assert building_row({"building": "馨园3号楼", "estate": "馨园"}).name == "馨园3号楼"
    assert building_row({"building": "１２"}).name == "12号楼"


# --- workbooks ------------------------------------------------------------------------------------------------------


def good(number: int, community: str = HOME) -> tuple[Any, ...]:
    west = {HOME: 121.40, NEAR: 121.40}[community]
    south = {HOME: 31.24, NEAR: 31.25}[community]
    lon, lat = west + 0.02 * (0.01 + number % 97 / 100), south + 0.01 * (0.01 + number % 89 / 100)
    return (community, f"甲{number // 50}园", f"{number % 50 + 1}", "", 6, 2, 12, f"{lon:.6f}", f"{lat:.6f}")


BROKEN = (
    ("没有的居委会", "", "1", "", "", "", "", "", ""),
    (HOME, "坏园", "", "", "", "", "", "", ""),
    (HOME, "坏园", "2", "", "六层", "", "", "", ""),
    (HOME, "坏园", "3", "", "", "", "很多", "", ""),
    (HOME, "坏园", "4", "", "", "", "", "121.4", ""),
    (HOME, "坏园", "5", "", "", "", "", "100.0", "20.0"),
    (HOME, "坏园", "6", "没有的网格", "", "", "", "", ""),
    (FAR, "坏园", "7", "", "", "", "", "", ""),
)


def run(world: World, rows: list[tuple[Any, ...]], *, kind: str = "buildings", columns: Any = COLUMNS) -> PlaceImport:
    by = world.actor("street_staff")
    content = write_workbook("楼栋登记表", columns, rows)
    taken = take_workbook(
        kind=kind, name="楼栋.xlsx", content=content, path=world.path(HOME_STREET), by=by, at=world.at
    )
    before = Place.objects.count()
    taken = check_workbook(import_id=taken.pk, by=by, at=world.at)
    assert (taken.state, Place.objects.count()) == ("checked", before)
    checked = taken.report["counts"]
    start_writing(taken=taken, by=by, at=world.at)
    taken = write_workbook_rows(import_id=taken.pk, by=by, at=world.at)
    assert (taken.state, taken.rows) == ("written", [])
    assert taken.report["counts"] == checked
    return taken


def test_five_thousand_buildings_with_two_hundred_broken_rows(world: World) -> None:
    """Good rows in, each bad row named with its reason, nothing twice on a second run."""
    rows: list[tuple[Any, ...]] = [good(n, HOME if n % 2 else NEAR) for n in range(4800)]
    bad = {25 * n + 3: BROKEN[n % len(BROKEN)] for n in range(200)}  # row numbers of the sheet: title, header, rows
    listed: list[tuple[Any, ...]] = []
    left = iter(rows)
    for number in range(3, 5003):
        listed.append(bad[number] if number in bad else next(left))
    before = Place.objects.filter(level="building").count()

    taken = run(world, listed)
    assert taken.report["counts"] == {"created": 4800, "changed": 0, "unchanged": 0, "errors": 200}
    assert [row for row, _why in told_errors(taken)] == sorted(bad)
    reasons = dict(told_errors(taken))
    assert "没有这个居村" in reasons[3]
    assert reasons[28] == "没有写楼栋"
    assert "没有这个居村" in reasons[25 * 7 + 3]  # of another street
    assert Place.objects.filter(level="building").count() == before + 4800
    assert not Place.objects.filter(estate__name="坏园").exists()
    assert Place.objects.get(code=HOME).households == 2400 * 12
    assert not Place.objects.filter(level="building", parent__level="community").exists()

    again = run(world, listed)
    assert again.report["counts"] == {"created": 0, "changed": 0, "unchanged": 4800, "errors": 200}
    assert Place.objects.filter(level="building").count() == before + 4800
    assert Estate.objects.filter(community=home()).count() == len({row[1] for row in rows if row[0] == HOME})


def test_the_same_building_twice_in_a_sheet_is_told(world: World) -> None:
    taken = run(world, [good(1), good(1)])
    assert taken.report["counts"] == {"created": 1, "changed": 0, "unchanged": 0, "errors": 1}
    assert told_errors(taken) == [(4, "同一栋楼在前面的行已经写过")]


def test_homes_come_in_by_workbook(world: World) -> None:
    rows = [(HOME, "", "1号楼", "101、102"), (HOME, "", "9号楼", "101"), (HOME, "", "2号楼", "顶楼")]
    taken = run(world, rows, kind="households", columns=("居村", "小区", "楼栋", "室号"))
    assert taken.report["counts"] == {"created": 1, "changed": 0, "unchanged": 1, "errors": 2}
    assert [row for row, _why in told_errors(taken)] == [4, 5]


def test_a_crash_in_the_middle_of_writing_is_gone_on_from(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    from pingzhan.places.operations import workbooks

    by = world.actor("street_staff")
    content = write_workbook("楼栋", COLUMNS, [good(n, HOME if n % 2 else NEAR) for n in range(10)])
    taken = take_workbook(
        kind="buildings", name="a.xlsx", content=content, path=world.path(HOME_STREET), by=by, at=world.at
    )
    check_workbook(import_id=taken.pk, by=by, at=world.at)
    taken.refresh_from_db()
    start_writing(taken=taken, by=by, at=world.at)
    with monkeypatch.context() as broken:
        broken.setattr(workbooks, "_report", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            write_workbook_rows(import_id=taken.pk, by=by, at=world.at)
    assert write_workbook_rows(import_id=taken.pk, by=by, at=world.at).report["counts"]["unchanged"] == 10
    with pytest.raises(StateConflict):
        start_writing(taken=taken, by=by, at=world.at)
    with pytest.raises(StateConflict):
        drop_workbook(taken=taken, by=by, at=world.at)


def test_what_is_no_workbook_is_refused(world: World) -> None:
    by = world.actor("secretary")
    for content in (b"", b"nonsense", write_workbook("楼栋", COLUMNS, [])):
        with pytest.raises(Invalid):
            take_workbook(kind="buildings", name="x", content=content, path=world.path(HOME), by=by, at=world.at)
    with pytest.raises(NotAllowed):
        take_workbook(
            kind="buildings", name="x", content=b"x", path=world.path(HOME), by=world.actor("grid_worker"), at=world.at
        )


def test_while_a_response_holds_the_ground_all_rows_go_in_but_those_that_would_move(world: World) -> None:
    grid = world.places[f"{HOME}-G002"]
    rows = [(2, {"community": HOME, "building": "散楼", "households": "9"})]
    by = world.actor("secretary")
    assert enter_buildings(rows=rows, root=world.path(HOME), by=by, at=world.at).counts["created"] == 1
    begin(plan="台风", level=3, paths=[world.path(HOME)], until=world.at + timedelta(days=1), by=SYSTEM, at=world.at)
    rows = [
        (2, {"community": HOME, "building": "散楼", "grid": grid.code}),
        (3, {"community": HOME, "building": "新楼", "grid": grid.code}),
    ]
    found = enter_buildings(rows=rows, root=world.path(HOME), by=by, at=world.at)
    assert found.errors == [(2, RowFault.HELD)]
    assert found.counts["created"] == 1
    assert str(FAULTS[RowFault.HELD])
    later = world.at + timedelta(days=2)
    assert enter_buildings(rows=rows, root=world.path(HOME), by=by, at=later).counts["changed"] == 1
