"""Background work of whistles: who is late is told to the superior; a closed matter's whistle ends."""

from datetime import datetime

from pingzhan.core.jobs import every
from pingzhan.matters.models import Summons, Whistle
from pingzhan.matters.operations.whistle import end_with_matter, tell_superior

BATCH = 200


@every(10)
def sweep_whistles(at: datetime) -> int:
    """Tell superiors of every clock that ran out, end the whistles of matters that were closed; how many of both."""
    late = Summons.objects.filter(next_due_at__lt=at, whistle__matter__is_open=True).order_by("next_due_at", "id")
    told = sum(len(tell_superior(summons=row, at=at)) for row in late[:BATCH])
    over = Whistle.objects.filter(ended_at__isnull=True, matter__is_open=False).order_by("id")
    return told + sum(end_with_matter(whistle=row, at=at) for row in over[:BATCH])
