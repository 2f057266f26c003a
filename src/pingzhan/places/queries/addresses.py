"""From a written address to a place: aliases, former names, pinyin, near spellings; candidates with a confidence.

Names of areas and estates are kept in memory as long as places do not change; buildings are asked for by name.
What is unsure is said: `Match.sure` is False, and the candidates are for a person to choose from.
"""

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from pypinyin import lazy_pinyin
from rapidfuzz import fuzz, process

from pingzhan.places.choices import Level
from pingzhan.places.models import Alias, Estate, FormerName, Place
from pingzhan.places.queries.tree import find_address, places, version
from pingzhan.places.rules.addresses import (
    MOST_NAME,
    Written,
    building_forms,
    forms_of,
    means_something_else,
    plain,
    rooms_named,
    short,
    take_apart,
)
from pingzhan.places.rules.codes import household_code

CHECK_SECONDS = 2.0
# A place counts as meant from here on, if the next one is clearly behind; below the other a person is not asked at all.
SURE = 0.8
CLEAR = 0.12
OFFERED = 0.55
MOST = 8

_HOMOPHONE = 0.88
_PINYIN = 0.86
_INITIALS = 0.62
_BUILDING_UNKNOWN = 0.9  # of the confidence in an area, when the building that was named is not known there
_FUZZY_CUTOFF = 72.0
_LATIN_ENDINGS = ("jwh", "juweihui", "shequ", "xiaoqu", "xq")
# Two of three characters right may be any of several names.
_FUZZY = {2: 0.0, 3: 0.62, 4: 0.78, 5: 0.82}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place that an address may mean; confidence from 0 to 1."""

    place: Place
    confidence: float


@dataclass(frozen=True, slots=True)
class Match:
    """What an address may mean, best first. `sure`: the first one is meant."""

    candidates: tuple[Candidate, ...] = ()
    sure: bool = False

    @property
    def place(self) -> Place | None:
        return self.candidates[0].place if self.sure else None


@dataclass(slots=True)
class _Known:
    """One area or estate: the place that it stands for, and what its buildings' names begin with."""

    path: str  # of the street or community
    level: str
    bases: list[str] = field(default_factory=list)


class _Names:
    """All names at one moment, by the ways in which they are said. Never changed after it is built."""

    def __init__(self, token: UUID | None) -> None:
        self.token = token
        self.built = time.monotonic()
        self.said: dict[str, dict[str, float]] = {}  # plain form → path → how surely
        self.about: dict[tuple[str, str], set[str]] = {}  # (plain form, path) → what names of buildings begin with
        self.known: dict[str, _Known] = {}
        self.buildings: dict[str, list[str]] = {}  # aliases of buildings: plain form → paths
        self._read()
        self.spelt: dict[tuple[str, ...], set[str]] = {}
        self.initials: dict[str, set[str]] = {}
        for form in self.said:
            syllables = tuple(lazy_pinyin(form))
            self.spelt.setdefault(syllables, set()).add(form)
            if len(syllables) >= 3:
                self.initials.setdefault("".join(one[:1] for one in syllables), set()).add(form)
        self.sounds = {"".join(syllables): forms for syllables, forms in self.spelt.items()}
        self.fuzzy = [form for form in self.said if len(form) >= 3]

    def _read(self) -> None:
        rows = Place.objects.filter(level__in=(Level.STREET, Level.COMMUNITY), until__isnull=True).order_by("path")
        by_id = {}
        for key, name, path, level in rows.values_list("id", "name", "path", "level"):
            by_id[key] = path
            self.known[path] = _Known(path, level, [short(plain(name)), plain(name)])
            self._say(name, path, short(plain(name)))
        for key, name in FormerName.objects.order_by("pk").values_list("place", "name"):
            if key in by_id:
                self._say(name, by_id[key], short(plain(name)), less=0.03)
        for name, address, path in (
            Estate.objects.filter(until__isnull=True).order_by("code").values_list("name", "address", "path")
        ):
            if path in self.known:
                self.known[path].bases += [name, plain(name)]
                self._say(name, path, name, less=0.01)
                if address:
                    self._say(address, path, name, less=0.02)
        aliases = Alias.objects.order_by("pk").values_list(
            "name", "estate__path", "estate__name", "place__path", "place__level", "place__name"
        )
        for name, estate, estate_name, place, level, place_name in aliases.exclude(place__until__isnull=False):
            if level == Level.BUILDING:
                self.buildings.setdefault(plain(name), []).append(place)
                continue
            path = estate or (place if level in (Level.STREET, Level.COMMUNITY) else "")
            if path in self.known:
                self._say(name, path, estate_name or short(plain(place_name)), less=0.02)

    def _say(self, name: str, path: str, base: str, *, less: float = 0.0) -> None:
        for form, sure in forms_of(name):
            said = self.said.setdefault(form, {})
            said[path] = max(said.get(path, 0.0), sure - less)
            self.about.setdefault((form, path), set()).add(base)


@dataclass(slots=True)
class _Hit:
    """How surely an area is meant, and the estates that were named."""

    sure: float = 0.0
    bases: set[str] = field(default_factory=set)


class _Hits(dict[str, _Hit]):
    """Hits by path."""

    def take(self, names: _Names, forms: Iterable[str], weight: float = 1.0) -> None:
        """Take in all that these forms mean."""
        for form in forms:
            for path, sure in names.said[form].items():
                hit = self.setdefault(path, _Hit())
                hit.sure = max(hit.sure, sure * weight)
                hit.bases |= names.about[form, path]

    def kept(self, paths: Iterable[str], change: float = 0.0) -> "_Hits":
        """Only these paths, each as sure plus `change`."""
        return _Hits({path: _Hit(min(1.0, self[path].sure + change), self[path].bases) for path in paths})


_lock = threading.Lock()
_kept: _Names | None = None
_checked = float("-inf")


def _names() -> _Names:
    """The names, at most seconds old: one statement now and then, more only after places changed."""
    global _kept, _checked
    kept = _kept
    if kept is not None and time.monotonic() - _checked < CHECK_SECONDS:
        return kept
    with _lock:
        token = version()
        if _kept is None or _kept.token != token:
            _kept = _Names(token)
        _checked = time.monotonic()
        return _kept


def forget_names() -> None:
    """Drop the names, as in a process that has just started."""
    global _kept, _checked
    _kept, _checked = None, float("-inf")


def match_address(text: str, *, within: Sequence[str] | None = None) -> Match:
    """What a written address means: sure, or several to choose from, or nothing.

    A building that is written out as it is called costs two statements at most, anything else three more, while the
    names are in memory.
    """
    exact = find_address(text, within=within)
    if exact and all(place.level in (Level.BUILDING, Level.HOUSEHOLD) for place in exact):
        several = tuple(Candidate(place, 1.0 if len(exact) == 1 else 0.7) for place in exact[:MOST])
        return Match(several, len(exact) == 1)
    written = take_apart(text)
    if len(written.text) < 2:
        return Match()
    names = _names()
    named = _by_whole_name(names, written, within)
    if named is not None:
        return named
    areas = _areas(names, written)
    if within is not None:
        areas = areas.kept(path for path in areas if _under(path, within))
    if not areas:
        return Match()
    ranked = sorted(areas, key=lambda path: (-areas[path].sure, path))[: 2 * MOST]
    found = _with_buildings(names, written, areas.kept(ranked), within)
    return _settled(found)


def _settled(found: list[Candidate]) -> Match:
    """Best first; sure when the first is, and the next one is clearly behind."""
    found = sorted(found, key=lambda one: (-one.confidence, one.place.path))[:MOST]
    found = [one for one in found if one.confidence >= OFFERED]
    if not found:
        return Match()
    behind = found[1].confidence if len(found) > 1 else 0.0
    return Match(tuple(found), found[0].confidence >= SURE and found[0].confidence - behind >= CLEAR)


def _by_whole_name(names: _Names, written: Written, within: Sequence[str] | None) -> Match | None:
    """A building that goes by exactly this alias."""
    paths = names.buildings.get(written.text)
    if not paths:
        return None
    buildings = list(places(within).filter(path__in=paths).order_by("path")[:MOST])
    if not buildings:
        return None
    return _settled([Candidate(place, 0.97 if len(buildings) == 1 else 0.7) for place in buildings])


# --- areas ----------------------------------------------------------------------------------------------------------


def _areas(names: _Names, written: Written) -> _Hits:
    """The streets and communities that the words may mean."""
    found = _exact(names, written.text)
    streets = [path for path in found if names.known[path].level == Level.STREET]
    communities = found.kept(path for path in found if path not in streets)
    if not communities:
        communities = _alike(names, _rest(names, written.text, streets))
        inside = communities.kept(path for path in communities if _under(path, streets))
        return (inside or found.kept(streets)) if streets else communities
    if streets:
        inside = communities.kept((path for path in communities if _under(path, streets)), 0.03)
        return inside or communities.kept(communities, -0.3)
    return communities


def _rest(names: _Names, text: str, streets: Iterable[str]) -> str:
    """The words without the streets that they name, without building and room."""
    for path in streets:
        for base in names.known[path].bases:
            text = text.replace(base, "")
    return take_apart(text).stem or text


def _under(path: str, above: Iterable[str]) -> bool:
    return any(path.startswith(one) for one in above)


def _exact(names: _Names, text: str) -> _Hits:
    """Names that stand in the text; of overlapping ones the longest."""
    hits: list[tuple[int, int, str]] = []
    for start in range(len(text)):
        for end in range(min(len(text), start + MOST_NAME), start + 1, -1):
            form = text[start:end]
            if form in names.said and not _else(names, form, text, end):
                hits.append((start, end, form))
                break
    kept = [
        hit for hit in hits
        if not any(other[0] <= hit[0] and hit[1] <= other[1] and other[2] != hit[2] for other in hits)
    ]  # fmt: skip
    found = _Hits()
    found.take(names, [form for _start, _end, form in kept])
    return found


def _else(names: _Names, form: str, text: str, end: int) -> bool:
    """A short form that begins a road or a park is none; a whole name always counts."""
    return max(names.said[form].values()) < 0.985 and means_something_else(text, end)


def _alike(names: _Names, stem: str) -> _Hits:
    """Names that sound like the words, are spelt in letters, or are nearly written so."""
    found = _Hits()
    if len(stem) < 2:
        return found
    letters = "".join(one for one in stem if one.isascii() and one.isalpha())
    if len(letters) >= 3 and len(letters) > len(stem) / 2:
        for ending in ("", *_LATIN_ENDINGS):
            word = letters.removesuffix(ending) if ending else letters
            found.take(names, names.sounds.get(word, ()), _PINYIN)
            found.take(names, names.initials.get(word, ()), _INITIALS)
        return found
    syllables = lazy_pinyin(stem)
    for start in range(len(syllables)):
        for end in range(min(len(syllables), start + MOST_NAME), start + 2, -1):
            forms = names.spelt.get(tuple(syllables[start:end]), ())
            if forms:
                found.take(names, [form for form in forms if not _else(names, form, stem, end)], _HOMOPHONE)
                break
    if found:
        return found
    near = process.extract(stem, names.fuzzy, scorer=fuzz.partial_ratio, score_cutoff=_FUZZY_CUTOFF, limit=MOST)
    three = [] if near else process.extract(stem, names.fuzzy, scorer=fuzz.ratio, score_cutoff=60.0, limit=MOST)
    for form, score, _at in [*near, *three]:
        if len(stem) + 1 < len(form):  # only a piece of a name was written
            score *= 0.85
        weight = _FUZZY.get(len(form), 0.84) * (score / 100) ** 0.5
        if weight:
            found.take(names, [form], weight)
    return found


# --- buildings and homes --------------------------------------------------------------------------------------------


def _with_buildings(names: _Names, written: Written, areas: _Hits, within: Sequence[str] | None) -> list[Candidate]:
    """The areas, or where the address names a building that is known there, that building, or its home."""
    by_area: dict[str, list[Place]] = {}
    if written.building:
        bases = {base for path in areas for base in (*names.known[path].bases, *areas[path].bases)}
        rows = places(list(areas)).filter(
            level=Level.BUILDING, name__in=set(building_forms(sorted(bases), written.building))
        )
        for row in rows.order_by("path")[: 8 * MOST]:
            area = max((path for path in areas if row.path.startswith(path)), key=len)
            by_area.setdefault(area, []).append(row)
    found: list[Candidate] = []
    for path, buildings in by_area.items():
        chosen = _of_estate(areas[path].bases, buildings)
        share = areas[path].sure if len(chosen) == 1 else areas[path].sure * 0.8
        found += [Candidate(one, share) for one in chosen]
    bare = [path for path in areas if path not in by_area]
    less = _BUILDING_UNKNOWN if written.building else 1.0
    if by_area:  # somewhere the building is known: the others are meant less
        less *= 0.7
    if bare:
        rows = places().filter(path__in=bare).order_by("path")
        found += [Candidate(one, areas[one.path].sure * less) for one in rows]
    return _at_home(written, found, within)


def _of_estate(bases: set[str], buildings: list[Place]) -> list[Place]:
    """Of several buildings with one number those of the estates that were named; the longest name first."""
    for base in sorted(bases, key=len, reverse=True):
        named = [one for one in buildings if one.name.startswith(base)]
        if named:
            return named
    return buildings


def _at_home(written: Written, found: list[Candidate], within: Sequence[str] | None) -> list[Candidate]:
    """The home instead of the building, where the room is known."""
    room = rooms_named(written.room)
    buildings = [one for one in found if one.place.level == Level.BUILDING]
    if room is None or not buildings:
        return found
    codes = {household_code(one.place.code, floor=room[0], room=room[1]): one for one in buildings}
    homes = {home.code: home for home in places(within).filter(code__in=codes).order_by("code")}
    replaced = {codes[code].place.pk: home for code, home in homes.items()}
    return [Candidate(replaced.get(one.place.pk, one.place), one.confidence) for one in found]
