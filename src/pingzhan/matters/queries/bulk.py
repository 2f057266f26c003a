"""What somebody did to many at once and may still take back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pingzhan.access.actors import Actor
from pingzhan.core.paging import MAX_LIMIT
from pingzhan.matters.models import BulkAction

UNDO_WITHIN = timedelta(minutes=1)
MOST_AT_ONCE = MAX_LIMIT


@dataclass(frozen=True, slots=True)
class Undoable:
    id: UUID
    act: str
    until: datetime


def last_undoable(actor: Actor, *, at: datetime) -> Undoable | None:
    """The actor's latest act on many, while it can be undone; one statement."""
    if actor.user_id is None:
        return None
    latest = BulkAction.objects.filter(by_id=actor.user_id, at__gte=at - UNDO_WITHIN).order_by("-at", "-id").first()
    if latest is None or latest.undone_at is not None:
        return None
    return Undoable(latest.pk, latest.act, latest.at + UNDO_WITHIN)
