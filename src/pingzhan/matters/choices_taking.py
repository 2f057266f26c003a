"""Grab, assign, rotate (抢单、派给、轮派): the words, and the pure rules of who is next. No database, no clock."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import models
from django.utils.translation import gettext_lazy as _

from pingzhan.matters.choices import Status

# While the unit in charge has a matter in hand, one of its people may have it.
TAKEN_IN = frozenset({Status.DISPATCHED, Status.IN_PROGRESS, Status.ON_HOLD})
# Taken and not signed for so long is a no-show, unless the matter's own deadline to sign is later.
SIGN_WITHIN = timedelta(hours=2)


class TakingWay(models.TextChoices):
    GRABBED = "grabbed", _("抢单")
    ASSIGNED = "assigned", _("派给")
    ROTATED = "rotated", _("轮派")


class TakingEnd(models.TextChoices):
    DONE = "done", _("已办完")
    HANDED_BACK = "handed_back", _("已交回")
    PASSED_ON = "passed_on", _("改派他人")
    NO_SHOW = "no_show", _("接单未办")
    MOVED = "moved", _("转出本单位")


@dataclass(frozen=True, slots=True)
class Load:
    """How much a person of a team has: open takings, and when they last took one (None: never)."""

    person_id: UUID
    open: int
    last_at: datetime | None


def next_in_turn(loads: Iterable[Load], *, cap: int | None) -> Load | None:
    """Whose turn it is: the least open matters, then who has waited longest, then by id; None when all are full."""
    able = [load for load in loads if cap is None or load.open < cap]
    return min(
        able,
        key=lambda load: (load.open, load.last_at is not None, load.last_at.timestamp() if load.last_at else 0.0,
                          load.person_id),
        default=None,
    )  # fmt: skip


def lowest_free(taken: Collection[int], *, cap: int | None) -> int | None:
    """The lowest slot, from 1, that is not taken; None when it would lie above the cap."""
    slot = next(number for number in range(1, len(taken) + 2) if number not in taken)
    return slot if cap is None or slot <= cap else None
