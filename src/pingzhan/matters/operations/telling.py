"""Messages to the people of units: what waits for them now. Read in their inbox; written with what causes them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from pingzhan.access.queries import users_of_units
from pingzhan.core.outbox import queue_many


def tell_units(said: Mapping[UUID, Iterable[str]], *, at: datetime, template: str, cause: UUID | None = None) -> int:
    """A message for each line to everybody who acts on behalf of the unit, in the caller's transaction; how many.

    `cause`: the user who gave rise to it and need not be told.
    """
    users = users_of_units(said, at=at)
    return queue_many(
        [
            (user, line)
            for unit, lines in said.items()
            for line in lines
            for user in users.get(unit, ())
            if user != cause
        ],
        at=at,
        template=template,
    )
