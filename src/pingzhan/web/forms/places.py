"""Choosing a place from lists: street, community, then a grid or building of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from pingzhan.places.choices import Level
from pingzhan.places.queries import at_level, children, get_places, places


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    name: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Options under a heading; "" is no heading."""

    heading: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Cascade:
    """The lists to show; those below a level that is not chosen yet are empty."""

    streets: tuple[Group, ...]
    communities: tuple[Option, ...]
    spots: tuple[Group, ...]


def cascade(values: Mapping[str, Any]) -> Cascade:
    """The lists for the `street`, `community` and `spot` chosen so far; at most four statements.

    What does not fit what lies above it counts as not chosen.
    """
    street, community, spot = (str(values.get(name) or "") for name in ("street", "community", "spot"))
    found = get_places([code for code in (street, community) if code]) if street else {}
    above = found.get(street)
    below = found.get(community)
    if above is None or above.level != Level.STREET:
        return Cascade(_streets(""), (), ())
    communities = tuple(_option(place, community) for place in children(above))
    if below is None or below.parent_id != above.pk:
        return Cascade(_streets(street), communities, ())
    return Cascade(_streets(street), communities, _spots(below.path, spot))


def _option(place: Any, chosen: str) -> Option:
    return Option(place.code, place.name, place.code == chosen)


def _streets(chosen: str) -> tuple[Group, ...]:
    rows = list(at_level(Level.STREET).select_related("parent"))
    several = len({row.parent_id for row in rows}) > 1
    return tuple(
        Group(name if several else "", tuple(_option(row, chosen) for row in under))
        for name, under in groupby(rows, key=lambda row: row.parent.name if row.parent else "")
    )


def _spots(path: str, chosen: str) -> tuple[Group, ...]:
    """The grids of a community, each with its buildings."""
    rows = places([path]).filter(level__in=(Level.GRID, Level.BUILDING)).order_by("path")
    groups: list[tuple[str, list[Option]]] = []
    for row in rows:
        if row.level == Level.GRID or not groups:
            groups.append((row.name if row.level == Level.GRID else "", []))
        groups[-1][1].append(_option(row, chosen))
    return tuple(Group(heading, tuple(options)) for heading, options in groups)
