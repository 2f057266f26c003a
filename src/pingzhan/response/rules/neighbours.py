"""Groups of about so many neighbouring households, for those who look after a few neighbours each (包邻里).

A large building is cut by its entrances and floors, small ones that stand beside one another are taken together. Groups
never reach over the border of a grid.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from django.utils.translation import gettext as _

from pingzhan.core.paths import path_above

USUAL = 30  # households in a group where a plan says nothing else
FULL = 1.5  # a building with more than so many times a group's size is cut


@dataclass(frozen=True, slots=True)
class Home:
    """A building: how many households, floors and entrances it has (0: not known), and where it lies, if known."""

    path: str
    name: str
    lon: float | None
    lat: float | None
    households: int = 0
    floors: int = 0
    entrances: int = 0


@dataclass(frozen=True, slots=True)
class Group:
    """Some neighbours; `path` and position are those of their first building, `number` tells groups of it apart."""

    path: str
    number: int
    name: str
    lon: float | None
    lat: float | None


def groups(homes: Iterable[Home], *, size: int = USUAL) -> Iterator[Group]:
    """The groups of all buildings, in the order of the buildings, which must be that of their paths."""
    for _grid, standing in groupby(homes, key=lambda one: path_above(one.path)):
        yield from _in_grid(list(standing), size)


def _in_grid(homes: Sequence[Home], size: int) -> Iterator[Group]:
    bundles: list[list[Home]] = []
    for home in homes:
        if not bundles or _is_closed(bundles[-1], home, size):
            bundles.append([])
        bundles[-1].append(home)
    if len(bundles) > 1 and _count(bundles[-1], size) < size / 2:  # a few that are left over
        together = [*bundles[-2], *bundles[-1]]
        if _count(together, size) <= FULL * size:
            bundles[-2:] = [together]
    for bundle in bundles:
        if _is_large(bundle[0], size):
            yield from _parts(bundle[0], size)
        else:
            yield _joined(bundle)


def _is_large(home: Home, size: int) -> bool:
    return home.households > FULL * size


def _count(homes: Sequence[Home], size: int) -> int:
    """Households; a building of which nothing is known counts as a whole group."""
    return sum(home.households or size for home in homes)


def _is_closed(bundle: Sequence[Home], home: Home, size: int) -> bool:
    """Whether these come nearer to the size without the next building than with it."""
    if _is_large(bundle[0], size) or _is_large(home, size):
        return True
    before, after = _count(bundle, size), _count([*bundle, home], size)
    return before >= size or after - size > size - before


def _joined(homes: Sequence[Home]) -> Group:
    first, last = homes[0], homes[-1]
    if len(homes) == 1:
        name = first.name
    elif len(homes) == 2:
        name = _("%(first)s、%(last)s") % {"first": first.name, "last": last.name}
    else:
        name = _("%(first)s至%(last)s（%(n)s栋）") % {"first": first.name, "last": last.name, "n": len(homes)}
    return Group(first.path, 1, name, first.lon, first.lat)


def _parts(home: Home, size: int) -> Iterator[Group]:
    """A large building in parts of about one size: whole entrances together, or one entrance by floors."""
    wanted = max(2, round(home.households / size))
    entrances, floors = max(1, home.entrances), home.floors
    if entrances >= wanted:
        names = [_entrances(first, last) for first, last in _shares(entrances, wanted)]
    else:
        a_piece = round(wanted / entrances)
        bands = _shares(floors, min(a_piece, floors)) if floors and a_piece > 1 else [(0, 0)]
        names = [
            " ".join(part for part in (_entrances(one, one) if home.entrances > 1 else "", _floors(*band)) if part)
            for one in range(1, entrances + 1)
            for band in bands
        ]
    for number, name in enumerate(names, 1):
        yield Group(home.path, number, f"{home.name} {name}".rstrip(), home.lon, home.lat)


def _shares(count: int, parts: int) -> list[tuple[int, int]]:
    """1 to `count` cut into `parts` runs of as equal lengths as can be, each as (first, last)."""
    edges = [round(count * part / parts) for part in range(parts + 1)]
    return [(before + 1, after) for before, after in pairwise(edges)]


def _entrances(first: int, last: int) -> str:
    if first == last:
        return _("%(n)s单元") % {"n": first}
    return _("%(first)s–%(last)s单元") % {"first": first, "last": last}


def _floors(first: int, last: int) -> str:
    if not last:
        return ""
    if first == last:
        return _("%(n)s层") % {"n": first}
    return _("%(first)s–%(last)s层") % {"first": first, "last": last}
