"""The one place that reads the clock. Views, commands and tasks call it; the domain is handed `at`."""

from datetime import datetime

from django.utils import timezone

QUIET_HOUR = 3  # local: work that holds others up is done then


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return timezone.now()
