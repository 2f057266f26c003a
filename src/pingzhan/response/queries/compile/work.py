"""What every part of compiling shares: what is gathered, the units that something is asked for, the zones of a plan."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pingzhan.places.choices import Level
from pingzhan.places.queries import at_level
from pingzhan.response.rules.manifest import Gap, Item, Right
from pingzhan.stations.queries import Fit

if TYPE_CHECKING:
    from pingzhan.places.models import Place


@dataclass(slots=True)
class Work:
    """What is gathered while a plan is compiled. Of two items that say something about the same, the first counts."""

    at: datetime
    level: int
    paths: list[str]
    items: dict[tuple[str, str, str], Item] = field(default_factory=dict)  # by kind, target, key
    rights: dict[Right, None] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    asked: int = 0
    used_rooms: set[Any] = field(default_factory=set)
    rooms_by_function: dict[str, list[Fit]] = field(default_factory=lambda: defaultdict(list))
    on_duty: dict[Any, str] = field(default_factory=dict)  # person → the first duty as A
    users: dict[Any, Any] = field(default_factory=dict)  # person → user

    def add(self, item: Item) -> None:
        self.items.setdefault((item.kind, item.target, item.key), item)


@dataclass(frozen=True, slots=True)
class Unit:
    """One of what something is asked for: a place, or a room for duties on the spot."""

    target: str
    path: str
    name: str
    lon: float | None
    lat: float | None


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
    """The places of each level under the response's places, read once a level."""

    def __init__(self, places: "Sequence[Place]") -> None:
        self._places = [Unit(place.path, place.path, place.name, place.lon, place.lat) for place in places]
        self._paths = [place.path for place in places]
        self._levels: dict[str, list[Unit]] = {}

    def units(self, per: str, zone: Zone) -> list[Unit]:
        """What `per` names in a zone; the response's place itself where it lies below that level."""
        whole = [place for place in self._places if place.path == zone.path]
        if per == "place":
            return whole or [
                one for level in ("street", "community", "grid") for one in self._at(level) if one.path == zone.path
            ]
        return [one for one in self._at(per) if zone.holds(one.path)] or whole

    def _at(self, level: str) -> list[Unit]:
        if level not in self._levels:
            rows = at_level(Level(level), within=self._paths)
            self._levels[level] = [
                Unit(path, path, name, lon, lat)
                for path, name, lon, lat in rows.values_list("path", "name", "lon", "lat")
            ]
        return self._levels[level]


def reason_of(section: str, item: Mapping[str, Any]) -> str:
    """The part of the plan that asks for something, e.g. "duties.cover_building"."""
    return f"{section}.{item['code']}"
