"""From a point to the chain of places: right, without asking the database, and never waiting for a rebuild."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.places import locate as module
from pingzhan.places.choices import Level
from pingzhan.places.locate import PlaceRef, locate, locate_many, lowest
from pingzhan.places.models import Outline, Place
from pingzhan.places.operations import changed, import_places
from pingzhan.places.rules.codes import Row

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
COMMUNITY = "310107005001"
CODES = {"310107": "普陀区", "310107005": "曹杨新村街道", COMMUNITY: "源园居委会", "310107005003": "花溪园居委会"}


def box(west: float, south: float, width: float, height: float = 0.01) -> str:
    east, north = round(west + width, 7), round(south + height, 7)
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


@pytest.fixture
def town(db: None) -> Iterator[None]:
    """Two communities side by side; the western one has two grids, the eastern one none."""
    import_places(rows=[Row(n, *pair) for n, pair in enumerate(CODES.items())], root="310107", by=SYSTEM, at=AT)
    district, west, east = (Place.objects.get(code=code) for code in ("310107", COMMUNITY, "310107005003"))
    for place, geometry in (
        (district, box(121.40, 31.23, 0.05, 0.03)),
        (west, box(121.40, 31.24, 0.02)),
        (east, box(121.42, 31.24, 0.02)),
        (grid(west, 2), box(121.40, 31.24, 0.01)),
        (grid(west, 1), box(121.41, 31.24, 0.01)),
    ):
        Outline.objects.create(place=place, geometry=geometry)
    changed()
    module.forget()
    yield
    module.forget()


def grid(community: Place, number: int) -> Place:
    code = f"{community.code}-G{number:03d}"
    return Place.objects.create(
        code=code, name=f"第{number}网格", level="grid", kind="town", parent=community,
        path=f"{community.path}{code}/", created_at=AT,
    )  # fmt: skip


def test_the_chain_goes_from_the_top_to_the_grid(town: None) -> None:
    chain = locate(121.405, 31.245)
    assert chain is not None
    assert [(ref.level, ref.name) for ref in chain] == [
        ("district", "普陀区"),
        ("street", "曹杨新村街道"),
        ("community", "源园居委会"),
        ("grid", "第2网格"),
    ]
    assert chain[-1].id == Place.objects.get(code=f"{COMMUNITY}-G002").id
    street = lowest(chain, Level.STREET)
    assert street is not None
    assert street.code == "310107005"
    assert lowest(chain, Level.BUILDING) is None


def test_the_shared_edge_belongs_to_the_lower_code(town: None) -> None:
    chain = locate(121.41, 31.245)
    assert chain is not None
    assert chain[-1].code == f"{COMMUNITY}-G001"


def test_without_grids_the_chain_ends_where_outlines_end(town: None) -> None:
    community, district = locate(121.43, 31.245), locate(121.43, 31.255)
    assert community is not None
    assert district is not None
    assert [ref.code for ref in community] == ["310107", "310107005", "310107005003"]
    assert [ref.code for ref in district] == ["310107"]


def test_outside_is_none(town: None) -> None:
    assert locate(120.0, 31.245) is None
    assert locate(float("nan"), 31.245) is None


def test_many_points_at_once_give_the_same_chains(town: None) -> None:
    lons, lats = [121.405, 121.43, 120.0, 121.41], [31.245, 31.245, 31.245, 31.245]
    located = locate_many(lons, lats)
    assert [located[n] for n in range(4)] == [locate(lon, lat) for lon, lat in zip(lons, lats, strict=True)]


def test_a_warm_index_asks_the_database_nothing(town: None, django_assert_num_queries: Any) -> None:
    locate(121.405, 31.245)
    with django_assert_num_queries(0):
        for _ in range(100):
            locate(121.405, 31.245)
        locate_many([121.405], [31.245])


def test_after_some_seconds_one_statement_asks_for_changes(
    town: None, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    locate(121.405, 31.245)
    monkeypatch.setattr(module, "CHECK_SECONDS", 0.0)
    with django_assert_num_queries(1):
        locate(121.405, 31.245)


def test_a_redrawn_grid_is_found_after_the_next_check(town: None) -> None:
    point = (121.415, 31.245)
    before = locate(*point)
    Outline.objects.filter(place__code=f"{COMMUNITY}-G001").delete()
    changed()
    assert locate(*point) == before  # not asked yet: another process would still answer from its own index
    module.check_soon()
    after = locate(*point)
    assert before is not None
    assert after is not None
    assert (before[-1].level, after[-1].level) == ("grid", "community")


def test_a_new_name_and_an_ended_grid_are_noticed(town: None) -> None:
    locate(121.405, 31.245)
    Place.objects.filter(code=COMMUNITY).update(name="新名居委会")
    Place.objects.filter(code=f"{COMMUNITY}-G002").update(until=AT)
    changed()
    module.check_soon()
    chain = locate(121.405, 31.245)
    assert chain is not None
    assert chain[-1].name == "新名居委会"


def test_an_import_tells_this_process_when_it_is_committed(town: None, django_capture_on_commit_callbacks: Any) -> None:
    locate(121.405, 31.245)
    renamed = {**CODES, COMMUNITY: "新名居委会"}
    with django_capture_on_commit_callbacks(execute=True):
        import_places(rows=[Row(n, *pair) for n, pair in enumerate(renamed.items())], root="310107", by=SYSTEM, at=AT)
    chain = locate(121.405, 31.245)
    assert chain is not None
    assert chain[2].name == "新名居委会"


def test_an_empty_installation_locates_nothing(db: None) -> None:
    module.forget()
    assert locate(121.405, 31.245) is None
    assert locate_many([121.405], [31.245])[0] is None


def test_readers_go_on_while_one_of_them_builds(town: None, monkeypatch: pytest.MonkeyPatch) -> None:
    old = locate(121.405, 31.245)
    building, finish = threading.Event(), threading.Event()
    ready = module._Snapshot(None)

    def slow_build(token: object) -> module._Snapshot:
        building.set()
        assert finish.wait(10)
        return ready

    monkeypatch.setattr(module, "_Snapshot", slow_build)
    monkeypatch.setattr(module.queries, "version", lambda: "another")
    module.check_soon()
    answers: list[tuple[PlaceRef, ...] | None] = []
    builder = threading.Thread(target=lambda: answers.append(locate(121.405, 31.245)))
    builder.start()
    assert building.wait(10)
    reader = threading.Thread(target=lambda: answers.append(locate(121.405, 31.245)))
    reader.start()
    reader.join(5)
    assert not reader.is_alive(), "a reader waited for the building"
    finish.set()
    builder.join(10)
    assert answers == [old, old]


def test_the_first_callers_wait_for_one_building(town: None, monkeypatch: pytest.MonkeyPatch) -> None:
    ready, built = module._Snapshot(None), []

    def build(token: object) -> module._Snapshot:
        built.append(token)
        return ready

    monkeypatch.setattr(module, "_Snapshot", build)
    monkeypatch.setattr(module.queries, "version", lambda: None)
    module.forget()
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(locate(121.405, 31.245))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(built) == 1
    assert len(found) == 8
    assert None not in found


def test_no_statement_is_needed_for_any_chain_of_a_building_with_an_outline(town: None) -> None:
    """An outline below the grids is the finest: a shopping centre drawn as a building."""
    parent = Place.objects.get(code=f"{COMMUNITY}-G001")
    code = f"{COMMUNITY}-B001"
    building = Place.objects.create(
        code=code, name="商场", level="building", parent=parent, path=f"{parent.path}{code}/", created_at=AT
    )
    Outline.objects.create(place=building, geometry=box(121.413, 31.244, 0.002, 0.002))
    changed()
    module.forget()
    chain = locate(121.414, 31.245)
    assert chain is not None
    assert [ref.level for ref in chain] == ["district", "street", "community", "grid", "building"]
