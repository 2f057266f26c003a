"""The demo's ground: real where it is real, marked where it is invented, complete, and loaded once."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
import shapely

from pingzhan.access.actors import SYSTEM
from pingzhan.demo import places as demo
from pingzhan.demo.places import SCALES, City, Ground, Scale, load_places, make_places, split_building
from pingzhan.journal.models import Entry
from pingzhan.places import locate
from pingzhan.places.choices import GridKind, Level
from pingzhan.places.models import Outline, Place
from pingzhan.places.operations import import_places
from pingzhan.places.queries import sizes_for, version
from pingzhan.places.rules.codes import Row
from pingzhan.places.rules.outlines import area_of, features_of
from pingzhan.places.rules.sizes import Fit

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
TINY = Scale((2, 3), (2, 3), {(2, 2): 1})


@pytest.fixture(scope="module")
def putuo() -> Ground:
    root, rows, document = demo.read_city("putuo")
    return make_places(
        outline=area_of(features_of(document)[0].geometry),
        rows=rows,
        scale=SCALES["small"],
        seed=7,
        streets=demo.CITIES["putuo"].streets,
    )


def test_the_small_city_is_of_the_promised_size(putuo: Ground) -> None:
    size = {level: len(putuo.of_level(level)) for level in Level}
    assert (size[Level.DISTRICT], size[Level.STREET], size[Level.COMMUNITY]) == (1, 10, 285)
    assert size[Level.GRID] == pytest.approx(1140, rel=0.05)
    assert size[Level.HOUSEHOLD] == pytest.approx(24_000, rel=0.1)
    assert {3, 4, 5} == set(Counter(row.parent for row in putuo.of_level(Level.GRID)).values())


def test_the_full_city_has_half_a_million_households() -> None:
    """By its averages: laying it out takes too long here."""
    scale = SCALES["full"]
    often = sum(scale.houses.values())
    households = sum(floors * rooms * weight for (floors, rooms), weight in scale.houses.items()) / often
    grids, buildings = (sum(limits) / 2 for limits in (scale.grids, scale.buildings))
    assert 285 * grids == pytest.approx(2500, rel=0.05)
    assert 285 * grids * buildings * households == pytest.approx(500_000, rel=0.1)
    assert buildings * households == pytest.approx(200, rel=0.15)  # a town grid


def test_codes_and_paths_are_those_of_the_contract(putuo: Ground) -> None:
    rows = {row.code: row for row in (*putuo.real, *putuo.made)}
    assert len(rows) == len(putuo.real) + len(putuo.made)
    grid, building = rows["310107005001-G001"], rows["310107005001-B001"]
    household = rows["310107005001-B001-H0101"]
    assert grid.path == "310107/310107005/310107005001/310107005001-G001/"
    assert building.path == f"{grid.path}310107005001-B001/"
    assert household.path == f"{building.path}310107005001-B001-H0101/"
    assert household.name == "101室"
    for row in putuo.made:
        assert row.path == f"{rows[row.parent].path}{row.code}/"


def test_superiors_come_first_and_households_add_up(putuo: Ground) -> None:
    seen = {row.code for row in putuo.real}
    below: Counter[str] = Counter()
    for row in putuo.made:
        assert row.parent in seen
        seen.add(row.code)
        if row.level == Level.BUILDING:
            below.update(dict.fromkeys(row.path.split("/")[:-2], row.households))
    for row in (*putuo.real, *putuo.made):
        if row.level not in (Level.BUILDING, Level.HOUSEHOLD):
            assert row.households == below[row.code], row.code


def test_nearly_all_grids_are_as_large_as_they_should_be(putuo: Ground) -> None:
    grids = [row for row in putuo.of_level(Level.GRID) if row.kind != GridKind.DEDICATED]
    fits = Counter(sizes_for(row.kind).fit(row.households) for row in grids)
    assert fits[Fit.RIGHT] > 0.95 * len(grids)
    homes = Counter(row.parent for row in putuo.of_level(Level.HOUSEHOLD))
    assert all(0 <= homes[row.code] <= row.households for row in putuo.of_level(Level.BUILDING))


def test_names_are_such_as_people_use(putuo: Ground) -> None:
    buildings = [row for row in putuo.of_level(Level.BUILDING) if row.households]
    assert all(split_building(row.name)[1] for row in buildings)
    twice = {name: count for name, count in Counter(row.name for row in buildings).items() if count > 1}
    # 海棠苑 is really the name of two communities; nothing else is ambiguous.
    assert all(name.startswith("海棠苑小区") for name in twice)
    assert split_building("兰溪园小区3号楼") == ("兰溪园小区", "3号楼")
    assert split_building("兰溪园社区医院门诊楼") == ("兰溪园社区医院门诊楼", "")
    kinds = Counter(row.kind for row in putuo.of_level(Level.GRID))
    assert kinds[GridKind.DEDICATED] > 20
    assert kinds[GridKind.VILLAGE] > 10
    assert kinds[GridKind.TOWN] > 900


def test_grids_cover_the_district_without_gaps(putuo: Ground) -> None:
    for level in (Level.STREET, Level.COMMUNITY, Level.GRID):
        areas = [putuo.outlines[row.code] for row in putuo.of_level(level)]
        assert shapely.coverage_is_valid(areas)
    assert len(putuo.outlines) == 10 + 285 + len(putuo.of_level(Level.GRID))


def test_streets_lie_about_where_they_really_lie(putuo: Ground) -> None:
    spots = demo.CITIES["putuo"].streets
    right = [code for code, spot in spots.items() if putuo.outlines[code].contains(shapely.Point(spot.lon, spot.lat))]
    assert len(right) >= 8


def test_the_same_seed_invents_the_same(putuo: Ground) -> None:
    rows = [Row(1, "310107", "普陀区"), Row(2, "310107005", "曹杨新村街道"), Row(3, "310107005001", "源园居委会")]
    outline = shapely.box(121.40, 31.23, 121.42, 31.25)
    one, again, other = (make_places(outline=outline, rows=rows, scale=TINY, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one.made != other.made


@pytest.fixture
def town(monkeypatch: pytest.MonkeyPatch) -> None:
    """A city of two streets, in place of the large one."""
    rows = [
        Row(2, "310107", "普陀区"),
        Row(3, "310107005", "曹杨新村街道"),
        Row(4, "310107103", "桃浦镇"),
        Row(5, "310107005001", "源园居委会"),
        Row(6, "310107005003", "花溪园居委会"),
        Row(7, "310107103201", "金光村村委会"),
    ]
    ring = [[121.40, 31.23], [121.44, 31.23], [121.44, 31.26], [121.40, 31.26], [121.40, 31.23]]
    feature = {"type": "Feature", "id": "310107", "geometry": {"type": "Polygon", "coordinates": [ring]}}
    monkeypatch.setitem(demo.CITIES, "town", City("310107", "", ""))
    monkeypatch.setitem(demo.SCALES, "tiny", TINY)
    monkeypatch.setattr(demo, "read_city", lambda city: ("310107", rows, feature))


@pytest.mark.django_db
@pytest.mark.usefixtures("town")
def test_what_is_loaded_can_be_located_and_is_marked() -> None:
    loaded = load_places(city="town", scale="tiny", seed=1, by=SYSTEM, at=AT)
    assert [place.path for place in loaded] == sorted(place.path for place in loaded)
    assert {place.level for place in loaded} == {"district", "street", "community", "grid", "building"}
    real = Place.objects.filter(is_demo=False)
    assert {place.level for place in real} == {"district", "street", "community"}
    assert list(Outline.objects.filter(is_demo=False).values_list("place__code", flat=True)) == ["310107"]

    buildings = [place for place in loaded if place.level == "building"]
    locate.forget()
    located = locate.locate_many(
        np.array([place.lon for place in buildings]), np.array([place.lat for place in buildings])
    )
    for number, place in enumerate(buildings):
        chain = located[number]
        assert chain is not None
        assert place.path == f"{chain[-1].path}{place.code}/"

    district = Place.objects.get(code="310107")
    households = Place.objects.filter(level="household")
    assert district.households == households.count() > 0
    assert households.filter(parent__level="building", lon__isnull=True, is_demo=True).count() == households.count()


@pytest.mark.django_db
@pytest.mark.usefixtures("town")
def test_loading_again_changes_nothing(django_assert_max_num_queries: Any) -> None:
    first = load_places(city="town", scale="tiny", seed=1, by=SYSTEM, at=AT)
    before = (Place.objects.count(), Outline.objects.count(), Entry.objects.count(), version())
    again = load_places(city="town", scale="tiny", seed=2, by=SYSTEM, at=AT)
    assert again == first
    assert (Place.objects.count(), Outline.objects.count(), Entry.objects.count(), version()) == before
    assert list(Entry.objects.order_by("id").values_list("verb", flat=True)) == [
        "place.import",
        "place.outline",
        "place.invent",
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("town")
def test_a_later_import_of_the_real_codes_leaves_the_invented_alone() -> None:
    load_places(city="town", scale="tiny", seed=1, by=SYSTEM, at=AT)
    _, rows, _ = demo.read_city("town")
    done = import_places(rows=rows, root="310107", by=SYSTEM, at=AT)
    assert (done.created, done.renamed, done.absent) == ((), (), ())
