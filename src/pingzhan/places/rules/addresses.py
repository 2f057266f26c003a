"""Reading a written address: what is the name, what the building, what the room. Pure; no database.

# untranslated throughout: how addresses are written in Chinese
"""

import re
import unicodedata
from dataclasses import dataclass

# Of an address at most so many characters are looked at, and names of at most so many.
MOST_ADDRESS = 48
MOST_NAME = 18

_NUMERALS = dict(zip("零〇一二三四五六七八九两", (0, 0, *range(1, 10), 2), strict=True))  # untranslated: addresses
_UNITS = "号楼|号院|号|栋|幢|座|#|弄|室|单元|层|楼"  # untranslated: addresses
# A numeral counts as a number only before one of the units: 长风二村 keeps its name, 三号楼 becomes 3号楼.
_CHINESE_NUMBER = re.compile(rf"第?([零〇一二三四五六七八九两十百]{{1,5}})(?={_UNITS})")  # untranslated: addresses
_LATIN_UNITS = re.compile(r"(?<=\d)(?:haolou|hao|dong|zhuang|hl)(?![a-z])")
_ORDINAL = re.compile(rf"第(?=\d+(?:{_UNITS}))")  # untranslated: addresses
# The building, then perhaps an entrance, then perhaps a room: 3号楼2单元201室, 3#201, 3-201, 3栋.
_BUILDING = re.compile(
    r"(?<![\d弄])(?P<building>\d{1,4}[a-z]?|[a-z])(?:号楼|号院|号|栋|幢|座|#|楼)"  # untranslated: addresses
    r"(?:\d{1,2}(?:单元|门))?-?(?P<room>\d{3,4})?(?:室|房|户)?"  # untranslated: addresses
)
_DASHED = re.compile(r"(?<!\d)(?P<building>\d{1,3})-(?:\d{1,2}-)?(?P<room>\d{3,4})(?!\d)")
_BARE = re.compile(r"(?<=[^\d\W])(?P<building>\d{1,3})(?P<room>(?!))?$")
_LANE_HOUSE = re.compile(r"\d+弄(?P<building>\d{1,4}[a-z]?)号?-?(?P<room>\d{3,4})?室?")  # untranslated: addresses
_ROOM = re.compile(r"(?<!\d)(\d{3,4})(?:室|房|户|$)")  # untranslated: addresses

# What stands behind a short name when something else is meant: 中江路 is not the community 中江.
_OTHER_THINGS = re.compile(
    r"(?:\d+)?(?:路|街(?!道)|口|下面|大道|桥|站|公园|医院|学校|中学|小学|幼儿园|广场|酒店|超市|地铁|商场|菜场|菜市场|银行|河)"
)  # untranslated: what is called like a community and is none
# What people leave out of official names, the longest first.
ENDINGS = (
    "社区居民委员会", "居民委员会", "社区居委会", "村民委员会", "居委会", "村委会", "社区", "居委", "小区",
)  # fmt: skip # untranslated: names of communities
_NUMBERED = re.compile(r"第[一二三四五六七八九十]+$")  # untranslated: 长风二村第一居委会


@dataclass(frozen=True, slots=True)
class Written:
    """An address taken apart. text: all of it, plain; stem: without building and room; building, room: "" if unsaid."""

    text: str
    stem: str
    building: str
    room: str


def plain(text: str) -> str:
    """Half width, small letters, no blanks or marks, numbers before units in digits; at most MOST_ADDRESS long."""
    text = unicodedata.normalize("NFKC", text).replace("\x00", "").lower()
    text = re.sub(r"[\s,，。、;；:：（）()【】\"“”']+", "", text)[:MOST_ADDRESS]
    text = _LATIN_UNITS.sub("号楼", text)  # untranslated: addresses
    text = _CHINESE_NUMBER.sub(lambda found: str(number_of(found[1])), text)
    return _ORDINAL.sub("", text).replace("号#", "#")  # untranslated: addresses


def number_of(words: str) -> int:
    """三 → 3, 十二 → 12, 一百零五 → 105, 二〇 → 20."""
    if not any(unit in words for unit in "十百"):  # untranslated: numerals
        return int("".join(str(_NUMERALS[word]) for word in words))
    total = ones = 0
    for word in words:
        if word in _NUMERALS:
            ones = _NUMERALS[word]
        else:
            total += (ones or 1) * (100 if word == "百" else 10)  # untranslated: numerals
            ones = 0
    return total + ones


def take_apart(text: str) -> Written:
    """The parts of a written address."""
    whole = plain(text)
    lane = _LANE_HOUSE.search(whole)
    if lane:
        cut = whole.index("弄", lane.start()) + 1  # untranslated: addresses
        return Written(whole, whole[:cut], lane["building"], lane["room"] or _room(whole[lane.end() :]))
    found = _BUILDING.search(whole) or _DASHED.search(whole) or _BARE.search(whole)
    if found is None:
        return Written(whole, whole, "", "")
    room = found["room"] or _room(whole[found.end() :])
    return Written(whole, whole[: found.start()], found["building"], room)


def _room(rest: str) -> str:
    found = _ROOM.search(rest)
    return found[1] if found else ""


def forms_of(name: str) -> list[tuple[str, float]]:
    """The ways to say an official name, plain, each with how surely it means it.

    兰溪园居委会 is also 兰溪园; 长风二村第一居委会 is also 长风二村第一, and less surely 长风二村.
    """
    whole = plain(name)
    found = {whole: 1.0}
    stem = short(whole)
    found.setdefault(stem, 0.95)
    fewer = _NUMBERED.sub("", stem)
    if len(fewer) >= 2:
        found.setdefault(fewer, 0.8)
    return [(form, sure) for form, sure in found.items() if len(form) >= 2]


def short(whole: str) -> str:
    """A plain name without what people leave out."""
    for ending in ENDINGS:
        if whole.endswith(ending) and len(whole) > len(ending) + 1:
            return whole.removesuffix(ending)
    return whole


def means_something_else(text: str, end: int) -> bool:
    """Whether a short name that ends at `end` in the text is the beginning of a road, a park, a school …"""
    return bool(_OTHER_THINGS.match(text, end))


def building_forms(bases: list[str], number: str) -> list[str]:
    """The names that a building with this number may have in estates of these names."""
    upper = number.upper()
    endings = ("号楼", "号", "栋", "幢", "座", "#")  # untranslated: names of buildings
    return [f"{base}{upper}{ending}" for base in (*bases, "") for ending in endings]


def rooms_named(room: str) -> tuple[int, int] | None:
    """ "201" → (2, 1)."""
    return (int(room[:-2]), int(room[-2:])) if room else None
