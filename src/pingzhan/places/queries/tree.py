"""Reads of the area tree.

`within` are path prefixes, as `access.queries.roots` gives them: nothing outside of them is found. None asks without
a limit, for what is public or for the system itself; an empty list finds nothing.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from pingzhan.core.db import under
from pingzhan.core.errors import NotFound
from pingzhan.core.paths import codes_of, paths_above
from pingzhan.places.choices import Level
from pingzhan.places.models import FormerName, Outline, Place, PlacesVersion
from pingzhan.places.rules.codes import household_code

# What anybody may see: where things lie. Households are shown only to those whose work it is.
PUBLIC_LEVELS = tuple(level for level in Level if level != Level.HOUSEHOLD)
_LAST_CHARACTER = "\U0010ffff"

# Of an address at most so many characters are looked at, and names of at most so many.
_MOST_ADDRESS = 48
_MOST_NAME = 18
# What people leave out when they write a name down.
_OMITTED = ("", "楼", "居委会", "社区居委会", "村委会")  # untranslated: how addresses are written
_ROOM = re.compile(r"(?<!\d)(\d{1,2})(\d{2})\s*(?:室|房|户|$)")  # untranslated: how addresses are written


def scope(within: Sequence[str] | None, *, field: str = "path") -> Q:
    """Rows whose `field` lies under one of the prefixes."""
    if within is None:
        return Q()
    reach = Q(pk__in=[])
    for path in within:
        reach |= under(field, path)
    return reach


def places(within: Sequence[str] | None = None) -> QuerySet[Place]:
    """The places that exist, in no order."""
    return Place.objects.filter(scope(within), until__isnull=True)


def get_place(
    code: str, *, within: Sequence[str] | None = None, ended: bool = False, level: Level | None = None
) -> Place:
    """The place with this code, with `ended` also one that is no more, with its superior; one statement.

    Raises NotFound when there is none, it lies outside, or is of another `level`.
    """
    rows = Place.objects.filter(scope(within)) if ended else places(within)
    plain_code = code.replace("\x00", "")
    found = rows.filter(code=plain_code).select_related("parent", "merged_into").first() if plain_code else None
    if found is None or (level is not None and found.level != level):
        raise NotFound(_("没有找到这个区域"))
    return found


def get_places(codes: Iterable[str], *, within: Sequence[str] | None = None) -> dict[str, Place]:
    """The places with these codes, by code; one statement. What is not there is left out."""
    return {place.code: place for place in places(within).filter(code__in=list(codes)).order_by("code")}


def children(place: Place, *, within: Sequence[str] | None = None) -> QuerySet[Place]:
    """The places directly below, by code."""
    return places(within).filter(parent=place).order_by("code")


def tops(within: Sequence[str] | None = None) -> QuerySet[Place]:
    """Where a list of places starts: the roots of the tree, or the places at the prefixes themselves."""
    if within is None:
        return places().filter(parent__isnull=True).order_by("code")
    return places().filter(path__in=list(within)).order_by("path")


def chain(place: Place) -> list[Place]:
    """The superiors from the top and the place itself, from its path in one statement."""
    return list(Place.objects.filter(path__in=paths_above(place.path)).order_by("path"))


def names_along(paths: Collection[str]) -> dict[str, str]:
    """The names of all places on these paths, by code; one statement for a whole page of a list."""
    # By codes and not by paths: a matter closed long ago has the path of its time, and the names are still there.
    wanted = {code for path in paths for code in codes_of(path)}
    return dict(Place.objects.filter(code__in=wanted).order_by("path").values_list("code", "name"))


def at_level(level: Level, *, within: Sequence[str] | None = None) -> QuerySet[Place]:
    """All places of one level, in the order of their paths."""
    return places(within).filter(level=level).order_by("path")


def search_by_name(
    text: str,
    *,
    within: Sequence[str] | None = None,
    levels: Iterable[Level] = PUBLIC_LEVELS,
    limit: int = 20,
) -> list[Place]:
    """Places whose code or former name is `text`, then those whose name is it or starts with it; at most `limit`.

    Areas come before buildings, of which there are hundreds that start like their estate. Four statements at most,
    each a look into one index or two.
    """
    text = _plain(text)
    if not text:
        return []
    wanted = [level for level in levels if level != Level.HOUSEHOLD]
    # A list and not a subquery: an OR with a subquery reads the whole table.
    former = list(FormerName.objects.filter(name=text).order_by("place").values_list("place", flat=True))
    direct = places(within).filter(Q(code=text) | Q(pk__in=former)).order_by("path")
    found = {place.pk: place for place in direct if place.level in wanted}
    # The excluded level is the condition of the index over names.
    named = places(within).exclude(level=Level.HOUSEHOLD).filter(name__gte=text, name__lt=text + _LAST_CHARACTER)
    for group in ([level for level in wanted if level != Level.BUILDING], [Level.BUILDING]):
        if len(found) < limit and set(group) <= set(wanted):
            rows = named.filter(level__in=group).order_by("name", "path")[:limit]
            found |= {place.pk: place for place in rows if place.pk not in found}
    return list(found.values())[:limit]


def find_address(text: str, *, within: Sequence[str] | None = None) -> list[Place]:
    """The places that a written address names best: one when it is clear, several when it fits them equally, or none.

    "曹杨新村街道兰溪园小区3号楼201室" finds the household if there is one, else the building. Every stretch of the text
    is compared with whole names, so that order, spaces and words between do not matter; a place counts the
    characters of its own name and of its superiors' names that were found. Two statements at most.
    """
    text = _plain(text).replace(" ", "")[:_MOST_ADDRESS]
    words = {
        text[start:end] + omitted
        for start in range(len(text))
        for end in range(start + 2, min(start + _MOST_NAME, len(text)) + 1)
        for omitted in _OMITTED
    }
    if not words:
        return []
    found = list(
        places(within)
        .exclude(level=Level.HOUSEHOLD)  # apart from the next one: it is the condition of the index
        .exclude(level=Level.GRID)
        .filter(name__in=words)
        .order_by("path")
    )
    if not found:
        return []
    said = {place.path: _said(place.name, text) for place in found}
    weight = {path: sum(said.get(above, 0) for above in paths_above(path)) for path in said}
    best = max((weight[place.path], place.path.count("/")) for place in found)
    named = [place for place in found if (weight[place.path], place.path.count("/")) == best]
    return _with_room(named, text, within)


def _with_room(named: list[Place], text: str, within: Sequence[str] | None) -> list[Place]:
    """The household instead of the building, where the address names a room that is known."""
    if len(named) != 1 or named[0].level != Level.BUILDING:
        return named
    rooms = list(_ROOM.finditer(text))
    if not rooms:
        return named
    floor, room = int(rooms[-1][1]), int(rooms[-1][2])
    household = places(within).filter(code=household_code(named[0].code, floor=floor, room=room)).first()
    return [household] if household else named


def _said(name: str, text: str) -> int:
    """How many characters of `name` stand in `text`, counting what people leave out as unsaid."""
    stems = [name[: len(name) - len(end)] for end in _OMITTED if name.endswith(end)]
    return max(len(stem) for stem in stems if stem in text)


def _plain(text: str) -> str:
    """As names are written: half-width digits and letters, single blanks; what is not text in a database left out."""
    return " ".join(unicodedata.normalize("NFKC", text).replace("\x00", "").split())


def outline_of(place: Place) -> Outline | None:
    """The place's outline, if there is one."""
    return Outline.objects.filter(pk=place.pk).first()


def outlines(places_: Iterable[UUID]) -> dict[UUID, str]:
    """The outlines of places by their ids, as GeoJSON text; one statement."""
    return dict(Outline.objects.filter(pk__in=list(places_)).order_by("pk").values_list("pk", "geometry"))


def version() -> UUID | None:
    """The token of the tree's present state; None before the first change."""
    return PlacesVersion.objects.filter(pk=1).values_list("token", flat=True).first()


def to_narrow_by(within: Sequence[str], codes: Collection[str] = ()) -> list[Place]:
    """For a choice of places: those at the prefixes, those of `codes`, and what lies directly below them, by path.

    Nothing outside of `within`, no households. Two statements.
    """
    above = list(places(within).filter(Q(path__in=list(within)) | Q(code__in=list(codes))).order_by("path"))
    below = places(within).filter(parent__in=above).exclude(level=Level.HOUSEHOLD).order_by("path")
    found = {place.pk: place for place in (*above, *below) if place.level != Level.HOUSEHOLD}
    return sorted(found.values(), key=lambda place: place.path)
