"""National statistical codes, paths, and what an import of them would do.

The code of a place tells its level by its length and its superiors by its prefixes (National Bureau of Statistics,
"codes for statistical divisions and urban-rural classification"): 31 01 07 005 001 is province 31, prefecture 3101,
district 310107, street 310107005, community 310107005001. Some levels are missing in places: a county-level area
directly under a province has no prefecture row, a prefecture without districts has its streets directly below it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from pingzhan.core.paths import paths_above
from pingzhan.places.choices import Level

LEVEL_OF_LENGTH = {
    2: Level.PROVINCE,
    4: Level.CITY,
    6: Level.DISTRICT,
    9: Level.STREET,
    12: Level.COMMUNITY,
}
STATISTICAL_LEVELS = tuple(LEVEL_OF_LENGTH.values())
MOST_NAME = 80

# From the nearest to the farthest. A community always belongs to a street; the levels above may be left out.
_PARENT_LENGTHS = {2: (), 4: (2,), 6: (4, 2), 9: (6, 4), 12: (9,)}


class Row(NamedTuple):
    """One row of a file of codes; `line` is where it stands, from 1."""

    line: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Planned:
    """One place as the file has it."""

    line: int
    code: str
    name: str
    level: Level
    parent: str  # code; "" for a root without a superior
    path: str


class Fault(Enum):
    """Why a row is refused."""

    CODE = "code"  # not 2, 4, 6, 9 or 12 digits
    NAME = "name"  # empty, or longer than MOST_NAME
    OUTSIDE = "outside"  # not below the root
    TWICE = "twice"  # the code stands on an earlier line
    ORPHAN = "orphan"  # no superior in the file or among the places that exist


@dataclass(frozen=True, slots=True)
class Refused:
    line: int
    code: str
    fault: Fault


def level_of(code: str) -> Level | None:
    """The level of a statistical code, or None when it is not one."""
    return LEVEL_OF_LENGTH.get(len(code)) if code.isascii() and code.isdigit() else None


def superiors_of(code: str) -> list[str]:
    """The codes that may be the direct superior of a statistical code, nearest first."""
    return [code[:length] for length in _PARENT_LENGTHS[len(code)]]


def clean_name(name: str) -> str:
    """A name without blanks at its ends, and single ones inside."""
    return " ".join(name.split())


def plan_import(rows: Iterable[Row], *, root: str, paths: Mapping[str, str]) -> tuple[list[Planned], list[Refused]]:
    """What the rows say, superiors before inferiors, and the rows that cannot be taken.

    `paths` are the paths by code of the places that exist already: the root finds its superior there, and a row may
    hang below a place that the file leaves out. A place that exists keeps its path.
    """
    refused: list[Refused] = []
    taken: dict[str, Row] = {}
    for row in rows:
        code, name = row.code.strip(), clean_name(row.name)
        fault = _fault(code, name, root, taken)
        if fault is None:
            taken[code] = Row(row.line, code, name)
        else:
            refused.append(Refused(row.line, code, fault))

    planned: list[Planned] = []
    known = dict(paths)
    for code in sorted(taken, key=lambda code: (len(code), code)):
        line, _, name = taken[code]
        parent = next((above for above in superiors_of(code) if above in known), "")
        if not parent and code != root:
            refused.append(Refused(line, code, Fault.ORPHAN))
            continue
        known.setdefault(code, f"{known.get(parent, '')}{code}/")
        planned.append(Planned(line, code, name, LEVEL_OF_LENGTH[len(code)], parent, known[code]))
    return planned, sorted(refused, key=lambda row: row.line)


def _fault(code: str, name: str, root: str, taken: Mapping[str, Row]) -> Fault | None:
    if level_of(code) is None:
        return Fault.CODE
    if not code.startswith(root):
        return Fault.OUTSIDE
    if not name or len(name) > MOST_NAME:
        return Fault.NAME
    if code in taken:
        return Fault.TWICE
    return None


def grid_code(community: str, number: int) -> str:
    """ "310107005001", 1 → "310107005001-G001"."""
    return f"{community}-G{number:03d}"


def building_code(community: str, number: int) -> str:
    """ "310107005001", 3 → "310107005001-B003". Numbered in the community: it stays when a grid is redrawn."""
    return f"{community}-B{number:03d}"


def household_code(building: str, *, floor: int, room: int) -> str:
    """ "310107005001-B003", floor 2, room 1 → "310107005001-B003-H0201"."""
    return f"{building}-H{floor:02d}{room:02d}"


def estate_code(community: str, number: int) -> str:
    """ "310107005001", 2 → "310107005001-E02"."""
    return f"{community}-E{number:02d}"


def shared_superior(paths: Sequence[str]) -> str:
    """The longest path that all `paths` lie under; "" when there is none."""
    if not paths:
        return ""
    first, last = min(paths), max(paths)
    same = ""
    for step in paths_above(first):
        if not last.startswith(step):
            break
        same = step
    return same


_DIGITS = "零一二三四五六七八九"  # untranslated: names of grids


def chinese_number(number: int) -> str:
    """1 → 一, 10 → 十, 12 → 十二, 105 → 一百零五; below a thousand, larger ones in digits."""
    if not 0 < number < 1000:
        return str(number)
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    words = f"{_DIGITS[hundreds]}百" if hundreds else ""  # untranslated: names of grids
    if tens:
        words += f"{_DIGITS[tens]}十" if hundreds or tens > 1 else "十"  # untranslated: names of grids
    elif hundreds and ones:
        words += "零"  # untranslated: names of grids
    return words + (_DIGITS[ones] if ones else "")


def grid_name(number: int) -> str:
    """What a new grid is called: 3 → 第三网格."""
    return f"第{chinese_number(number)}网格"  # untranslated: names of grids


def number_in(code: str) -> int:
    """The running number at the end of a code below a community: "310107005001-G012" → 12; 0 where there is none."""
    digits = code.rpartition("-")[2][1:]
    return int(digits) if digits.isascii() and digits.isdigit() else 0
