"""Messages to the people of units: what waits for them now. Read in their inbox; written with what causes them.

Told is who can do something about it: of the unit's people those whose role handles matters, and of these a grid
worker only what lies in the grid. A message about a matter that its reader may not open would lead nowhere.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import users_of_units
from pingzhan.core.outbox import queue_many

Readers = dict[UUID, dict[UUID, tuple[str, ...]]]


class Line(NamedTuple):
    """What is said, and the path of the place that it is about; "" for what is not about one place."""

    text: str
    path: str = ""


def readers_of(units: Iterable[UUID], *, at: datetime) -> Readers:
    """Who is told what waits for each unit, and under which paths; one statement."""
    return users_of_units(units, permission=Permission.MATTER_HANDLE, at=at)


def tell_units(said: Mapping[UUID, Line], *, at: datetime, template: str, cause: UUID | None = None) -> int:
    """A message to everybody who acts on behalf of the unit there, in the caller's transaction; how many.

    `cause`: the user who gave rise to it and need not be told.
    """
    readers = readers_of(said, at=at)
    return queue_many(
        [
            (user, line.text)
            for unit, line in said.items()
            for user, paths in readers.get(unit, {}).items()
            if user != cause and (not line.path or line.path.startswith(paths))
        ],
        at=at,
        template=template,
    )
