"""What is in force, by one rule: a real emergency before an exercise, the higher level first, then the later response.

Responses are few, change rarely, and every page and every report asks for the mode; so those in force are kept in
memory for two seconds. Whoever changes a response calls `forget` on commit: then this process knows at once, others
within those two seconds.
"""

import threading
import time
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from pingzhan.modes.models import ResponsePlace

KEPT_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Mode:
    """kind: peacetime, emergency or exercise; the rest is empty in peacetime."""

    kind: str
    level: int | None = None
    plan: str = ""
    since: datetime | None = None
    until: datetime | None = None


PEACETIME = Mode("peacetime")


@dataclass(frozen=True, slots=True)
class _Covered:
    """One subtree that a response covers."""

    path: str
    mode: Mode
    since: datetime
    until: datetime

    def holds(self, path: str, at: datetime) -> bool:
        return path.startswith(self.path) and self.since <= at < self.until


_lock = threading.Lock()
_kept: tuple[float, tuple[_Covered, ...]] | None = None  # monotonic seconds, in the order of the rule


def mode_at(path: str, *, at: datetime, exercise: bool = False) -> Mode:
    """The mode in force at `path`.

    A response covers a place when it covers the place itself or one above it. Exercises count only where asked for:
    their participants see them, residents do not.
    """
    return next(
        (
            covered.mode
            for covered in _in_force()
            if covered.holds(path, at) and (exercise or covered.mode.kind != "exercise")
        ),
        PEACETIME,
    )


def modes_at(paths: Collection[str], *, at: datetime, exercise: bool = False) -> dict[str, Mode]:
    """The mode in force at each of `paths`."""
    return {path: mode_at(path, at=at, exercise=exercise) for path in paths}


def forget() -> None:
    """Look again at the next question: after a response began, changed or ended."""
    global _kept  # one snapshot a process is the point
    _kept = None


def _in_force() -> tuple[_Covered, ...]:
    """What responses that have not ended cover, those of the future included; one statement every two seconds."""
    global _kept  # one snapshot a process is the point
    kept = _kept
    if kept is not None and time.monotonic() - kept[0] < KEPT_SECONDS:
        return kept[1]
    with _lock:
        if _kept is None or _kept is kept:
            _kept = (time.monotonic(), _load())
        return _kept[1]


def _load() -> tuple[_Covered, ...]:
    rows = (
        ResponsePlace.objects.filter(response__ended_at__isnull=True)
        .order_by("response__exercise", "response__level", "-response__since", "-id")
        .select_related("response")
    )
    return tuple(
        _Covered(
            row.path,
            Mode(
                "exercise" if row.response.exercise else "emergency",
                row.response.level,
                row.response.plan,
                row.response.since,
                row.response.until,
            ),
            row.response.since,
            row.response.until,
        )
        for row in rows
    )
