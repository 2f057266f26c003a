"""Sealing in the background."""

import time
from datetime import datetime

from pingzhan.core.jobs import every
from pingzhan.journal.operations import seal

# Small batches: on SQLite others wait while one is written (some 30 ms).
BATCH = 500
TURN_SECONDS = 2.0


@every(1)
def seal_entries(at: datetime) -> None:
    """Seal what waits; a long queue is left to the next turns, so that other hooks have theirs."""
    started = time.monotonic()
    while seal(at=at, batch=BATCH) == BATCH and time.monotonic() - started < TURN_SECONDS:
        pass
