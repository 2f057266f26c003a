"""What is in force, by one rule: the higher level first, then the later response."""

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
    above = [path[: index + 1] for index, letter in enumerate(path) if letter == "/"]
    rows = ResponsePlace.objects.select_related("response").filter(
        path__in=above, response__ended_at__isnull=True, response__since__lte=at, response__until__gt=at
    )
    if not exercise:
        rows = rows.filter(response__exercise=False)
    found = rows.order_by("response__exercise", "response__level", "-response__since", "-id").first()
    if found is None:
        return PEACETIME
    response = found.response
    kind = "exercise" if response.exercise else "emergency"
    return Mode(kind, response.level, response.plan, response.since, response.until)
