"""What a row of a workbook says of a building or of homes; pure, so that the check and the import judge alike."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from pingzhan.places.rules.codes import MOST_NAME, clean_name

MOST_FLOORS = 150
MOST_ENTRANCES = 60
MOST_HOUSEHOLDS = 3000
MOST_ROOMS = 2000

# untranslated throughout below: what offices write into their workbooks
BUILDING_COLUMNS: Mapping[str, str] = {
    "居村": "community",
    "居村代码": "community",
    "居委会": "community",
    "社区": "community",
    "小区": "estate",
    "小区地址": "address",
    "楼栋": "building",
    "楼栋名称": "building",
    "楼号": "building",
    "网格": "grid",
    "层数": "floors",
    "楼层数": "floors",
    "单元数": "entrances",
    "户数": "households",
    "经度": "lon",
    "纬度": "lat",
    "别名": "alias",
}  # untranslated: headers of workbooks
BUILDING_REQUIRED = ("community", "building")
HOUSEHOLD_COLUMNS: Mapping[str, str] = {
    "居村": "community",
    "居村代码": "community",
    "居委会": "community",
    "社区": "community",
    "小区": "estate",
    "楼栋": "building",
    "楼栋名称": "building",
    "楼号": "building",
    "室号": "rooms",
    "房号": "rooms",
}  # untranslated: headers of workbooks
HOUSEHOLD_REQUIRED = ("community", "building", "rooms")


class RowFault(Enum):
    """Why a row is not taken."""

    NO_COMMUNITY = "no_community"
    MANY_COMMUNITIES = "many_communities"
    NO_BUILDING = "no_building"
    LONG_NAME = "long_name"
    FLOORS = "floors"
    ENTRANCES = "entrances"
    HOUSEHOLDS = "households"
    POINT = "point"
    OUTSIDE = "outside"
    NO_GRID = "no_grid"
    OTHER_GRID = "other_grid"
    TWICE = "twice"
    ROOMS = "rooms"
    UNKNOWN_BUILDING = "unknown_building"
    HELD = "held"


class BadRow(ValueError):
    """A row that is not taken; `fault` says why."""

    def __init__(self, fault: RowFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class BuildingRow:
    """One building as a row gives it; None and "" are what the row leaves open."""

    name: str
    estate: str
    address: str
    grid: str
    floors: int | None
    entrances: int | None
    households: int | None
    lon: float | None
    lat: float | None
    alias: str


_BARE_NUMBER = re.compile(r"\d{1,4}[A-Za-z]?")


def building_row(cells: Mapping[str, str]) -> BuildingRow:
    """The building of a row. A bare number becomes "3号楼", with the estate's name before it. Raises BadRow."""
    estate = clean_name(cells.get("estate", ""))
    name = building_name(cells.get("building", ""), estate)
    if max(len(name), len(estate), len(cells.get("address", "")), len(cells.get("alias", ""))) > MOST_NAME:
        raise BadRow(RowFault.LONG_NAME)
    lon, lat = _degrees(cells.get("lon", ""), 180), _degrees(cells.get("lat", ""), 90)
    if (lon is None) != (lat is None):
        raise BadRow(RowFault.POINT)
    return BuildingRow(
        name=name,
        estate=estate,
        address=clean_name(cells.get("address", "")),
        grid=clean_name(cells.get("grid", "")),
        floors=_count(cells.get("floors", ""), MOST_FLOORS, RowFault.FLOORS, least=1),
        entrances=_count(cells.get("entrances", ""), MOST_ENTRANCES, RowFault.ENTRANCES, least=1),
        households=_count(cells.get("households", ""), MOST_HOUSEHOLDS, RowFault.HOUSEHOLDS, least=0),
        lon=lon,
        lat=lat,
        alias=clean_name(cells.get("alias", "")),
    )


def building_name(text: str, estate: str) -> str:
    """ "3" → "3号楼"; with the estate "馨园小区": "馨园小区3号楼". Raises BadRow when there is none."""
    name = clean_name(unicodedata.normalize("NFKC", text))
    if not name:
        raise BadRow(RowFault.NO_BUILDING)
    if _BARE_NUMBER.fullmatch(name):
        name = f"{name}号楼"  # untranslated: names of buildings
    return name if not estate or name.startswith(estate) else f"{estate}{name}"


_ROOM = re.compile(r"(\d{1,2})(\d{2})")
_SPAN = re.compile(r"(\d{3,4})[-~至到](\d{3,4})")  # untranslated: how rooms are listed


def rooms_of(text: str) -> list[tuple[int, int]]:
    """The (floor, room) of "101、102 201-204 1203室": lists, and spans within one floor. Raises BadRow."""
    plain = unicodedata.normalize("NFKC", text).replace("室", " ").replace("号", " ")  # untranslated: rooms
    found: dict[tuple[int, int], None] = {}
    for word in re.split(r"[\s,、;，；/]+", plain.strip()):
        if not word:
            continue
        span = _SPAN.fullmatch(word)
        first, last = (span[1], span[2]) if span else (word, word)
        low, high = _ROOM.fullmatch(first), _ROOM.fullmatch(last)
        if low is None or high is None or low[1] != high[1] or int(low[2]) > int(high[2]) or int(low[1]) < 1:
            raise BadRow(RowFault.ROOMS)
        found |= dict.fromkeys((int(low[1]), room) for room in range(int(low[2]), int(high[2]) + 1))
    if not found or len(found) > MOST_ROOMS or any(room < 1 for _floor, room in found):
        raise BadRow(RowFault.ROOMS)
    return list(found)


def _count(text: str, most: int, fault: RowFault, *, least: int) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or not least <= int(text[:9]) <= most or len(text) > 9:
        raise BadRow(fault)
    return int(text)


def _degrees(text: str, most: int) -> float | None:
    text = text.strip()
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        raise BadRow(RowFault.POINT) from None
    if not -most <= value <= most:
        raise BadRow(RowFault.POINT)
    return value
