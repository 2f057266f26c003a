"""Background work inside teams: who took a matter and did not sign for it in time is noted, and the matter is free."""

from datetime import datetime

from pingzhan.core.jobs import every
from pingzhan.matters.choices import Status
from pingzhan.matters.models import Taking
from pingzhan.matters.operations.taking import note_no_show

BATCH = 200


@every(30)
def sweep_takings(at: datetime) -> int:
    """Note the no-shows that are due; how many. Several workers may do so at once."""
    due = Taking.objects.filter(until__isnull=True, due_at__lt=at, matter__status=Status.DISPATCHED)
    rows = due.select_related("matter").order_by("due_at", "id")[:BATCH]
    return sum(note_no_show(taking=row, at=at) for row in rows)
