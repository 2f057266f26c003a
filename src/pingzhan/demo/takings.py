"""Inside the demo's teams: some matters taken by somebody of their unit, some waiting for somebody."""

from collections import Counter
from datetime import datetime, timedelta

from pingzhan.access.actors import SYSTEM
from pingzhan.demo.staff import DEMO_STREET, Cast
from pingzhan.matters.choices import Status
from pingzhan.matters.models import Matter
from pingzhan.matters.operations import taking as sharing

MOST = 24
CAP = 6  # matters in one person's hands


def share_out(*, cast: Cast, now: datetime) -> int:
    """Give two in three of the demo street's matters in hand to somebody of their unit; returns how many."""
    rows = Matter.objects.filter(street=DEMO_STREET, status__in=[Status.DISPATCHED, Status.IN_PROGRESS])
    shared = 0
    capped: set[object] = set()
    held: Counter[object] = Counter()
    for number, matter in enumerate(rows.order_by("id")[:MOST]):
        if matter.handler_id not in cast.users or number % 3 == 2:
            continue
        by = cast.of_unit(matter.handler_id)
        if held[by.user_id] == CAP:
            continue
        held[by.user_id] += 1
        at = min(matter.status_at + timedelta(minutes=7), now)
        if matter.handler is not None and matter.handler_id not in capped:
            sharing.set_cap(unit=matter.handler.code, cap=CAP, by=SYSTEM, at=at)
            capped.add(matter.handler_id)
        sharing.grab(matter=matter, by=by, at=at)
        shared += 1
    return shared
