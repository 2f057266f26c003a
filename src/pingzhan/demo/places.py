"""The demo's ground: a real district with its real streets and communities, and what is invented below and around them.

Invented are the outlines of streets, communities and grids, the grids themselves, the buildings with their estates,
and the households. All of it is marked `is_demo`.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from random import Random
from typing import NamedTuple
from uuid import UUID

from django.db import transaction
from shapely import to_geojson
from shapely.geometry.base import BaseGeometry

from pingzhan.access.actors import Actor
from pingzhan.core.db import insert_many, under
from pingzhan.core.ids import uuid7
from pingzhan.core.paths import code_of
from pingzhan.demo.cutting import Area, Part, cut, spread
from pingzhan.demo.texts.names import ROADS
from pingzhan.journal.operations import record
from pingzhan.places.choices import GridKind, Level
from pingzhan.places.models import Estate, Outline, Place
from pingzhan.places.operations import changed, import_boundaries, import_places
from pingzhan.places.rules.codes import (
    LEVEL_OF_LENGTH,
    Row,
    building_code,
    estate_code,
    grid_code,
    household_code,
    superiors_of,
)
from pingzhan.places.rules.outlines import area_of, features_of, inner_point

_DATA = Path(__file__).parent / "data"
_COLUMNS = (
    "id", "code", "name", "level", "path", "parent_id", "kind", "households", "lon", "lat", "is_demo", "created_at",
    "estate_id", "floors", "entrances",
)  # fmt: skip

# The borders stay the same whatever the seed of the people: chosen so that no street comes out long and thin.
_LAYOUT = 8


class Spot(NamedTuple):
    """Roughly where a street lies (degrees, WGS-84) and how large it is (square kilometres)."""

    lon: float
    lat: float
    km2: float


@dataclass(frozen=True, slots=True)
class City:
    """A district that the demo can load: its files in data/ and, if known, roughly where its streets lie."""

    root: str
    rows: str
    outline: str
    streets: Mapping[str, Spot] = field(default_factory=dict)


CITIES = {
    "putuo": City(
        root="310107",
        rows="putuo.csv",
        outline="putuo.geojson",
        streets={
            "310107005": Spot(121.405, 31.238, 2.1),
            "310107014": Spot(121.391, 31.226, 5.8),
            "310107015": Spot(121.437, 31.243, 4.0),
            "310107016": Spot(121.436, 31.265, 2.5),
            "310107017": Spot(121.420, 31.248, 3.5),
            "310107020": Spot(121.442, 31.257, 2.2),
            "310107021": Spot(121.404, 31.268, 3.2),
            "310107022": Spot(121.395, 31.251, 6.1),
            "310107102": Spot(121.377, 31.243, 7.3),
            "310107103": Spot(121.353, 31.282, 18.9),
        },
    )
}


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is invented. grids: fewest and most a community; buildings: fewest and most a grid; houses: the shapes
    of buildings as (floors, rooms a floor), and how often each comes up. town, village: how many households a building
    counts for each home that is entered, as where the register is only begun; so grids have their real size."""

    grids: tuple[int, int]
    buildings: tuple[int, int]
    houses: Mapping[tuple[int, int], int]
    town: int = 1
    village: int = 1


SCALES = {
    # About 1,140 grids of their real size, and 24,000 homes of their households entered: loads in seconds.
    "small": Scale((3, 5), (3, 6), {(2, 2): 5, (3, 2): 5}, town=8, village=2),
    # About 2,500 grids and 500,000 households, as the district really has: about 200 households a grid.
    "full": Scale((7, 11), (6, 10), {(6, 2): 2, (6, 3): 3, (6, 4): 4, (11, 2): 2, (14, 2): 2, (18, 2): 2, (11, 4): 1}),
}
# Houses in a village: low, so that a village grid has about 50 households at full scale.
_VILLAGE_HOUSES = {(3, 2): 1, (2, 2): 1}

# Dedicated grids: what they are made of, and its buildings. One in six communities has one.
_DEDICATED = {
    "社区医院": ("门诊楼", "住院楼", "后勤楼"),
    "小学": ("教学楼", "综合楼", "体育馆"),
    "中学": ("教学楼", "实验楼", "图书馆"),
    "菜市场": ("交易大厅", "管理楼"),
    "产业园": ("A座", "B座", "C座", "D座"),
    "商务中心": ("东楼", "西楼"),
}
_DEDICATED_SHARE = 1 / 6
_ESTATE_FIRST = "馨怡锦雅和瑞翠嘉澜晨沁畅颐朗泽栖"
_ESTATE_LAST = "苑庭园轩景湾居邸舍岸"
_DIGITS = "零一二三四五六七八九"
_COMMITTEE = re.compile(r"(社区)?(居民委员会|居委会|村民委员会|村村委会|村委会)$")
_BUILDING = re.compile(r"^(.*?)(\d+号楼)$")


class PlaceRow(NamedTuple):
    """One invented place, or with a real code what is invented about it (households, where its name is written)."""

    code: str
    name: str
    level: Level
    path: str
    parent: str  # code
    kind: str
    households: int
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class Ground:
    """real: places that exist already, with what is invented about them; made: new places, superiors first;
    outlines: areas of streets, communities and grids by code, degrees, WGS-84."""

    real: tuple[PlaceRow, ...]
    made: tuple[PlaceRow, ...]
    outlines: Mapping[str, Area]

    def of_level(self, level: Level) -> list[PlaceRow]:
        return [row for row in (*self.real, *self.made) if row.level == level]


def split_building(name: str) -> tuple[str, str]:
    """ "兰溪园小区3号楼" → ("兰溪园小区", "3号楼"); the second is empty for a building without a number."""
    found = _BUILDING.match(name)
    return (found[1], found[2]) if found else (name, "")


def read_city(city: str) -> tuple[str, list[Row], dict[str, object]]:
    """The root, the rows of codes and the GeoJSON document of a city of CITIES."""
    chosen = CITIES[city]
    with (_DATA / chosen.rows).open(encoding="utf-8", newline="") as file:
        rows = [Row(number, row["code"], row["name"]) for number, row in enumerate(csv.DictReader(file), start=2)]
    return chosen.root, rows, json.loads((_DATA / chosen.outline).read_text(encoding="utf-8"))


# --- inventing ------------------------------------------------------------------------------------------------------


def make_places(
    *,
    outline: BaseGeometry,
    rows: Iterable[Row],
    scale: Scale,
    seed: int,
    streets: Mapping[str, Spot] | None = None,
) -> Ground:
    """What lies in a district: `rows` are its own row and those of its streets and communities.

    The same arguments give the same ground; `seed` decides on grids, estates, buildings and households.
    """
    random = Random(f"places:{seed}")  # noqa: S311 (invents a town, no secrets)
    names = {row.code: row.name for row in rows}
    paths = _paths(names)
    root = min(names, key=len)
    used: set[str] = set()
    inventions = [_invent(code, names[code], scale, used, random) for code in sorted(names) if len(code) == 12]
    areas = cut(outline, _tree(root, paths, inventions, streets or {}), seed=_LAYOUT)

    made: list[PlaceRow] = []
    households = dict.fromkeys(names, 0)
    for invention in inventions:
        path = paths[invention.community]
        for grid in invention.grids:
            count = sum(house.households for house in grid.houses)
            made.append(_row(grid.code, grid.name, Level.GRID, path, grid.kind, count, inner_point(areas[grid.code])))
            points = spread(areas[grid.code], len(grid.houses), seed=random.getrandbits(32))
            for house, point in zip(grid.houses, points, strict=True):
                above = f"{path}{grid.code}/"
                made.append(_row(house.code, house.name, Level.BUILDING, above, "", house.households, point))
                above = f"{above}{house.code}/"
                made.extend(
                    _row(household_code(house.code, floor=floor, room=room), f"{floor}{room:02d}室", Level.HOUSEHOLD,
                         above, "", 1, None)
                    for floor, room in house.rooms
                )  # fmt: skip
            for code in path.split("/")[:-1]:
                households[code] += count
    real = tuple(
        PlaceRow(
            code,
            names[code],
            LEVEL_OF_LENGTH[len(code)],
            paths[code],
            "",
            "",
            households[code],
            *inner_point(areas[code]),
        )
        for code in names
    )
    outlines = {code: area for code, area in areas.items() if code != root}
    return Ground(real, tuple(made), outlines)


def _row(
    code: str, name: str, level: Level, above: str, kind: str, households: int, point: tuple[float, float] | None
) -> PlaceRow:
    parent = code_of(above)
    lon, lat = point or (None, None)
    return PlaceRow(code, name, level, f"{above}{code}/", parent, kind, households, lon, lat)


def _paths(names: Mapping[str, str]) -> dict[str, str]:
    paths: dict[str, str] = {}
    for code in sorted(names, key=len):
        above = next((paths[superior] for superior in superiors_of(code) if superior in paths), "")
        paths[code] = f"{above}{code}/"
    return paths


@dataclass(frozen=True, slots=True)
class _House:
    code: str
    name: str
    rooms: tuple[tuple[int, int], ...]  # (floor, room) of the homes that are entered
    households: int


@dataclass(frozen=True, slots=True)
class _Grid:
    code: str
    name: str
    kind: str
    houses: tuple[_House, ...]


@dataclass(frozen=True, slots=True)
class _Community:
    community: str
    grids: tuple[_Grid, ...]
    roominess: float  # area compared with others of the same number of grids


def _invent(community: str, name: str, scale: Scale, used: set[str], random: Random) -> _Community:
    """The grids, estates, buildings and households of one community; `used` are names of estates elsewhere."""
    stem = _COMMITTEE.sub("", name)
    village = name.endswith("村委会")
    count = random.randint(*scale.grids)
    dedicated = random.choice(tuple(_DEDICATED)) if not village and random.random() < _DEDICATED_SHARE else ""
    residential = count - bool(dedicated)
    estates = [
        _estate(stem, number, used, random) for number in range(min(residential, random.choice((1, 1, 2, 2, 3))))
    ]
    shapes, counted = (_VILLAGE_HOUSES, scale.village) if village else (scale.houses, scale.town)
    kind = GridKind.VILLAGE if village else GridKind.TOWN

    grids: list[_Grid] = []
    built = 0
    numbered = dict.fromkeys(estates, 0)
    for number in range(1, residential + 1):
        # Grids next to each other in number lie next to each other, and make up one estate.
        estate = estates[(number - 1) * len(estates) // residential]
        houses = []
        for _ in range(random.randint(*scale.buildings)):
            built += 1
            numbered[estate] += 1
            floors, rooms = random.choices(tuple(shapes), tuple(shapes.values()))[0]
            homes = tuple((floor, room) for floor in range(1, floors + 1) for room in range(1, rooms + 1))
            code, called = building_code(community, built), f"{estate}{numbered[estate]}号楼"
            houses.append(_House(code, called, homes, len(homes) * counted))
        grids.append(_Grid(grid_code(community, number), f"第{_chinese(number)}网格", kind, tuple(houses)))
    if dedicated:
        owner = f"{stem.removesuffix('小区')}{dedicated}"
        houses = [
            _House(building_code(community, built + nth), f"{owner}{part}", (), 0)
            for nth, part in enumerate(_DEDICATED[dedicated], start=1)
        ]
        grids.append(_Grid(grid_code(community, count), f"{owner}专属网格", GridKind.DEDICATED, tuple(houses)))
    return _Community(community, tuple(grids), random.uniform(0.75, 1.35))


def _estate(stem: str, number: int, used: set[str], random: Random) -> str:
    """The first estate is called like the community, the others by invented names, each of them once."""
    name = f"{stem.removesuffix('小区')}小区"
    while number > 0 and (name in used or name.startswith(stem)):
        name = "".join((*random.sample(_ESTATE_FIRST, 2), random.choice(_ESTATE_LAST), "小区"))
    used.add(name)
    return name


def _chinese(number: int) -> str:
    """1 → 一, 10 → 十, 12 → 十二; below a hundred."""
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def _tree(root: str, paths: Mapping[str, str], inventions: Sequence[_Community], spots: Mapping[str, Spot]) -> Part:
    """The parts to cut: a street its real share of the area where it is known, else by its grids."""
    streets: dict[str, list[Part]] = {}
    for invention in inventions:
        leaves = tuple(Part(grid.code, 0.8 if grid.kind == GridKind.DEDICATED else 1.0) for grid in invention.grids)
        street = paths[invention.community].split("/")[-3]
        streets.setdefault(street, []).append(
            Part(invention.community, len(leaves) * invention.roominess, tuple(leaves))
        )
    parts = []
    for street, communities in streets.items():
        spot = spots.get(street)
        weight = spot.km2 if spot else sum(part.weight for part in communities)
        parts.append(Part(street, weight, tuple(communities), (spot.lon, spot.lat) if spot else None))
    return Part(root, 1.0, tuple(parts))


# --- loading --------------------------------------------------------------------------------------------------------


@transaction.atomic
def load_places(*, city: str, scale: str, seed: int, by: Actor, at: datetime) -> list[Place]:
    """The demo's places down to the buildings, made when they are not there yet; in the order of their paths.

    Real codes and the real outline go through the operations that anybody would use; the inventions are written in
    bulk. Raises KeyError for an unknown city or scale.
    """
    root, rows, document = read_city(city)
    top = import_places(rows=rows, root=root, by=by, at=at).root
    import_boundaries(document=document, by=by, at=at)
    if not Place.objects.filter(under("path", top.path), level=Level.GRID).exists():
        outline = area_of(features_of(document)[0].geometry)
        ground = make_places(outline=outline, rows=rows, scale=SCALES[scale], seed=seed, streets=CITIES[city].streets)
        _write(ground, at)
        changed()
        record(
            verb="place.invent", by=by, at=at, subject_type="place", subject_id=top.pk, place_path=top.path,
            city=city, scale=scale, seed=seed, places=len(ground.made), outlines=len(ground.outlines),
        )  # fmt: skip
    loaded = Place.objects.exclude(level=Level.HOUSEHOLD).filter(under("path", top.path), until__isnull=True)
    return list(loaded.order_by("path"))


def _write(ground: Ground, at: datetime) -> None:
    """Insert what is made and complete what is real, in batches."""
    known = {
        place.code: place for place in Place.objects.filter(code__in=[row.code for row in ground.real]).order_by("code")
    }
    for row in ground.real:
        place = known[row.code]
        place.households = row.households
        if place.lon is None:
            place.lon, place.lat = row.lon, row.lat
    Place.objects.bulk_update(known.values(), ["households", "lon", "lat"], batch_size=500)

    ids = {code: place.pk for code, place in known.items()}
    estates = make_estates(ground.made, known, at)
    Estate.objects.bulk_create(estates.values())
    insert_many(Place, _COLUMNS, _values(ground.made, ids, at, estates))
    outlines = (
        Outline(place_id=ids[code], geometry=to_geojson(area), is_demo=True) for code, area in ground.outlines.items()
    )
    Outline.objects.bulk_create(outlines)


def make_estates(rows: Iterable[PlaceRow], known: Mapping[str, Place], at: datetime) -> dict[tuple[str, str], Estate]:
    """The estates that the buildings' names speak of, by community and name, each with an invented address."""
    estates: dict[tuple[str, str], Estate] = {}
    for row in rows:
        if row.level != Level.BUILDING:
            continue
        community = row.code.partition("-")[0]
        name, number = split_building(row.name)
        if number and (community, name) not in estates:
            nth = sum(key[0] == community for key in estates) + 1
            estates[community, name] = Estate(
                id=uuid7(at), code=estate_code(community, nth), community=known[community], path=known[community].path,
                name=name, address=f"{ROADS[len(estates) % len(ROADS)]}{10 + 2 * (len(estates) // len(ROADS))}弄",
                is_demo=True, created_at=at,
            )  # fmt: skip
    return estates


def _floors(rows: Iterable[PlaceRow]) -> dict[str, tuple[int, int]]:
    """Floors and entrances of the buildings with homes: two homes a floor share an entrance."""
    homes: dict[str, tuple[int, int]] = {}
    for row in rows:
        if row.level == Level.HOUSEHOLD:
            floor, room = int(row.code[-4:-2]), int(row.code[-2:])
            before = homes.get(row.parent, (0, 0))
            homes[row.parent] = (max(before[0], floor), max(before[1], (room + 1) // 2))
    return homes


def _values(
    rows: Sequence[PlaceRow], ids: dict[str, UUID], at: datetime, estates: Mapping[tuple[str, str], Estate]
) -> Iterator[tuple[object, ...]]:
    """The rows as values of _COLUMNS; notes the ids of those that others hang below."""
    floors = _floors(rows)
    for row in rows:
        key = uuid7(at)
        if row.level != Level.HOUSEHOLD:
            ids[row.code] = key
        building = row.level == Level.BUILDING
        estate = estates.get((row.code.partition("-")[0], split_building(row.name)[0])) if building else None
        yield (
            key, row.code, row.name, row.level.value, row.path, ids[row.parent], row.kind, row.households, row.lon,
            row.lat, True, at, estate.pk if estate else None, *floors.get(row.code, (None, None)),
        )  # fmt: skip
