"""What rooms above must know when places move: paths change, grids end, points lie in another grid.

Whoever keeps paths listens. Most need one line, in a module that their AppConfig.ready imports:

    follows(Team, current=Q(until__isnull=True))

which lets `path` (and `place`, where the place has ended) of the current rows follow. What must not follow, because it
tells of the past, says so in `stays`. A test asks every model with a path which of the two it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db import models
from django.db.models import Q, QuerySet

from pingzhan.access.actors import Actor
from pingzhan.core.db import under
from pingzhan.core.events import Event
from pingzhan.core.paths import paths_above


@dataclass(frozen=True, slots=True)
class Move:
    """What was at `before` and below it is now at `after`.

    `into` is the place that took over where the place itself has ended; None where the place goes on, only elsewhere.
    """

    place_id: UUID
    before: str
    after: str
    into: UUID | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """The grid in which a point lies after the change."""

    place_id: UUID
    path: str


@dataclass(frozen=True)
class PlacesMoved:
    """Grids were redrawn, or a community was taken over by another.

    `root` is the path below which everything lay before. `redrawn` are the paths (before) of grids whose outline is no
    longer the same, those that ended among them. `spot` finds the grid of a point (degrees) among the new ones, None
    where nothing was drawn. `grants` are new grants by the ids of those that ended with their grids.
    """

    root: str
    moves: tuple[Move, ...]
    by: Actor
    at: datetime
    redrawn: frozenset[str] = frozenset()
    spot: Callable[[float, float], Spot | None] = lambda lon, lat: None
    grants: Mapping[UUID, UUID] = field(default_factory=dict)

    def after(self, path: str) -> str:
        """Where what was at `path` is now: by the finest move that holds it."""
        for above in reversed(paths_above(path)):
            if above in self._by_path:
                return self._by_path[above].after + path[len(above) :]
        return path

    @cached_property
    def _by_path(self) -> dict[str, Move]:
        return {move.before: move for move in self.moves}

    def ended(self) -> dict[UUID, Move]:
        """The moves of places that are no more, by the place."""
        return {move.place_id: move for move in self.moves if move.into is not None}


places_moved: Event[PlacesMoved] = Event()

FOLLOWING: dict[type[models.Model], str] = {}  # the model and its field
STAYING: dict[type[models.Model], str] = {}


def follows(model: type[models.Model], *, current: Q | None = None, path: str = "path", place: str = "") -> None:
    """Let `path` of the rows that are `current` (all by default) follow, and the foreign key `place` if named."""
    FOLLOWING[model] = path

    def follow(event: PlacesMoved) -> None:
        rows = model._default_manager.filter(current or Q())
        if place:
            for gone, move in event.ended().items():
                rows.filter(**{f"{place}_id": gone}).update(**{f"{place}_id": move.into})
        rewrite(rows, event, path=path)

    places_moved.listen(follow)


def stays(model: type[models.Model], *, path: str = "path") -> None:
    """Say that the paths of a model tell of the past and never change."""
    STAYING[model] = path


def rewrite(rows: "QuerySet[models.Model]", event: PlacesMoved, *, path: str = "path") -> dict[str, str]:
    """Give the rows under the event's root their paths after it; the changes made. A statement a changed path."""
    found = rows.filter(under(path, event.root)).order_by(path).values_list(path, flat=True).distinct()
    changes = {before: after for before in found if (after := event.after(before)) != before}
    for before, after in changes.items():
        rows.filter(**{path: before}).update(**{path: after})
    return changes
