"""What is in force, by one rule: the higher level first, then the later response."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pingzhan.modes.models import ResponsePlace


@dataclass(frozen=True, slots=True)
class Mode:
    """kind: peacetime, emergency or exercise; the rest is empty in peacetime."""

    kind: str
    level: int | None = None
    plan: str = ""
    since: datetime | None = None
    until: datetime | None = None


PEACETIME = Mode("peacetime")


def mode_at(path: str, *, at: datetime, exercise: bool = False) -> Mode:
    """The mode in force at `path`; one statement.

    A response covers a place when it covers the place itself or one above it. Exercises count only where asked for:
    their participants see them, residents do not.
    """
    return modes_at([path], at=at, exercise=exercise)[path]


def modes_at(paths: Collection[str], *, at: datetime, exercise: bool = False) -> dict[str, Mode]:
    """The mode in force at each of `paths`; one statement for a whole page."""
    rows = ResponsePlace.objects.select_related("response").filter(
        path__in={above for path in paths for above in _upwards(path)},
        response__ended_at__isnull=True,
        response__since__lte=at,
        response__until__gt=at,
    )
    if not exercise:
        rows = rows.filter(response__exercise=False)
    # A real emergency before an exercise, the higher level before the lower, the later before the earlier.
    found = list(rows.order_by("response__exercise", "response__level", "-response__since", "-id"))
    return {path: next((_mode(row) for row in found if path.startswith(row.path)), PEACETIME) for path in paths}


def _mode(row: ResponsePlace) -> Mode:
    response = row.response
    kind = "exercise" if response.exercise else "emergency"
    return Mode(kind, response.level, response.plan, response.since, response.until)


def _upwards(path: str) -> list[str]:
    """`path` and the paths above it."""
    return [path[: index + 1] for index, letter in enumerate(path) if letter == "/"]
