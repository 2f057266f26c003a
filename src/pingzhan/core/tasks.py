"""Background work of the core: messages to people, answers that need not be kept any longer, the planner's figures."""

from datetime import datetime

from django.utils import timezone

from pingzhan.core import idempotency, outbox
from pingzhan.core.clock import QUIET_HOUR
from pingzhan.core.db import refresh_statistics
from pingzhan.core.jobs import every


@every(1)
def send_messages(at: datetime) -> int:
    """Hand the waiting messages to their gateways."""
    return outbox.send_due(at=at)


@every(3600)
def forget_answers(at: datetime) -> int:
    """Drop idempotency records older than a week."""
    return idempotency.forget_old(at=at)


@every(3600)
def refresh_planner(at: datetime) -> None:
    """Let the database know how its tables have grown: in the small hours, since writers may have to wait meanwhile."""
    if timezone.localtime(at).hour == QUIET_HOUR:
        refresh_statistics()
