"""What every part of compiling shares: what is gathered, the units that something is asked for, the zones of a plan."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from pingzhan.core.paths import COMMUNITY, path_above, path_to
from pingzhan.places.choices import Level
from pingzhan.places.queries import at_level, estates_under
from pingzhan.response.choices import Per
from pingzhan.response.rules.manifest import Gap, Item, Right
from pingzhan.response.rules.neighbours import USUAL, Home, groups
from pingzhan.stations.queries import Fit

if TYPE_CHECKING:
    from pingzhan.places.models import Place


# What must be known of a community so that it can be taken part by part.
_ON_THE_GROUND: Mapping[str, str] = {Per.GRID: Level.GRID, Per.BUILDING: Level.BUILDING, Per.HOUSEHOLDS: Level.GRID}


@dataclass(slots=True)
class Work:
    """What is gathered while a plan is compiled. Of two items that say something about the same, the first counts."""

    at: datetime
    level: int
    paths: list[str]
    on_duty: Mapping[tuple[str, str], UUID] = field(default_factory=dict)  # who already is, by target and key
    items: dict[tuple[str, str, str], Item] = field(default_factory=dict)  # by kind, target, key
    rights: dict[Right, None] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    asked: int = 0
    used_rooms: set[Any] = field(default_factory=set)
    rooms_by_function: dict[str, list[Fit]] = field(default_factory=lambda: defaultdict(list))
    users: set[UUID | None] = field(default_factory=set)  # of everybody whose work changes

    def add(self, item: Item) -> None:
        self.items.setdefault((item.kind, item.target, item.key), item)


class Unit(NamedTuple):
    """One of what something is asked for: a place, a part of one, or a room for duties on the spot.

    `target` names it among all others; of what is no place of the tree it is the path of the place around it, "#" and
    what tells it apart there.
    """

    target: str
    path: str
    name: str
    lon: float | None
    lat: float | None
    post: int = 0  # of a duty with several posts which, from 1


@dataclass(frozen=True, slots=True)
class Zone:
    """An area in which one document holds: the plan's, or that of an adaptation."""

    path: str
    data: Mapping[str, Any]
    but: tuple[str, ...]  # parts of it in which another holds

    def holds(self, path: str) -> bool:
        return path.startswith(self.path) and not (self.but and path.startswith(self.but))

    def wanted(self, section: str, level: int) -> Iterable[Mapping[str, Any]]:
        """What the document asks for in this section at this level."""
        return (item for item in self.data.get(section, []) if level in item["levels"])


class Tree:
    """What lies under the response's places, by what a plan may ask for, read once each.

    Names are in the installation's own language, whoever looks: they are kept with what is laid, and digests count
    them.
    """

    def __init__(self, places: "Sequence[Place]") -> None:
        self._places = [Unit(place.path, place.path, place.name, place.lon, place.lat) for place in places]
        self._paths = [place.path for place in places]
        self._levels: dict[str, list[Unit]] = {}
        self._homes: list[Home] | None = None

    def units(self, per: str, zone: Zone, *, size: int = USUAL) -> list[Unit]:
        """What `per` names in a zone, groups of neighbours with about `size` households each.

        A community of which none is known as a whole: see `unknown`. The response's place itself where it lies below
        that level.
        """
        whole = [place for place in self._places if place.path == zone.path]
        if per == Per.PLACE:
            return whole or [
                one for level in ("street", "community", "grid") for one in self._at(level) if one.path == zone.path
            ]
        with override(settings.LANGUAGE_CODE):
            if per == Per.HOUSEHOLDS:
                found = self._neighbours(zone, size)
            else:
                known = self._estates() if per == Per.ESTATE else self._at(per)
                found = [one for one in known if zone.holds(one.path)]
        if blank := self.unknown(per, zone):
            found = sorted([*found, *blank], key=lambda one: one.target)
        return found or whole

    def unknown(self, per: str, zone: Zone) -> list[Unit]:
        """The communities of a zone of which no grid is known, or no building where each is asked for.

        Nobody may be left out because the ground was not entered yet.
        """
        if per not in _ON_THE_GROUND:
            return []
        known = [one.path for one in self._at(_ON_THE_GROUND[per])]  # by path

        def has_any(path: str) -> bool:
            index = bisect_left(known, path)
            return index < len(known) and known[index].startswith(path)

        return [one for one in self._at(Level.COMMUNITY) if zone.holds(one.path) and not has_any(one.path)]

    def _at(self, level: str) -> list[Unit]:
        if level not in self._levels:
            rows = at_level(Level(level), within=self._paths)
            self._levels[level] = [
                Unit(path, path, name, lon, lat)
                for path, name, lon, lat in rows.values_list("path", "name", "lon", "lat")
            ]
        return self._levels[level]

    def _estates(self) -> list[Unit]:
        """The estates, and for each community what stands outside of all of them, so that nothing is left out."""
        if Per.ESTATE not in self._levels:
            estates = estates_under(self._paths)
            found = [Unit(f"{one.path}#{one.code}", one.path, one.name, one.lon, one.lat) for one in estates]
            known = {one.path for one in found}
            outside = at_level(Level.BUILDING, within=self._paths).filter(estate__isnull=True)
            grids = {path_above(path) for path in outside.values_list("path", flat=True)}
            open_ones = {path_to(path, COMMUNITY) for path in grids}
            for one in self._at(Level.COMMUNITY):
                if one.path not in known:
                    found.append(one)
                elif one.path in open_ones:
                    found.append(one._replace(name=_("%(community)s小区以外的楼栋") % {"community": one.name}))
            self._levels[Per.ESTATE] = sorted(found, key=lambda one: one.target)
        return self._levels[Per.ESTATE]

    def _neighbours(self, zone: Zone, size: int) -> list[Unit]:
        """Groups of neighbours; a grid of which no building is known is one group."""
        if self._homes is None:
            rows = at_level(Level.BUILDING, within=self._paths).values_list(
                "path", "name", "lon", "lat", "households", "floors", "entrances"
            )
            self._homes = [
                Home(path, name, lon, lat, households, floors or 0, entrances or 0)
                for path, name, lon, lat, households, floors, entrances in rows
            ]
        homes = [one for one in self._homes if zone.holds(one.path)]
        found = [
            Unit(f"{one.path}#{one.number}", one.path, one.name, one.lon, one.lat) for one in groups(homes, size=size)
        ]
        built = {path_above(one.path) for one in homes}
        found += [one for one in self._at(Level.GRID) if zone.holds(one.path) and one.path not in built]
        return sorted(found, key=lambda one: one.target)


def trainings_asked(zone: Zone, level: int) -> dict[str, str]:
    """By duty, which training it asks for."""
    return {item["code"]: item["training"] for item in zone.wanted("duties", level) if "training" in item}


def reason_of(section: str, item: Mapping[str, Any]) -> str:
    """The part of the plan that asks for something, e.g. "duties.cover_building"."""
    return f"{section}.{item['code']}"
