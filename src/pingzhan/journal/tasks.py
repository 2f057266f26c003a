"""Sealing in the background, and verifying when somebody asks for it."""

import time
from datetime import datetime
from typing import Any

from pingzhan.core.jobs import background, every
from pingzhan.journal.operations import seal
from pingzhan.journal.queries import verify

# Small batches: on SQLite others wait while one is written (some 30 ms).
BATCH = 500
TURN_SECONDS = 2.0


@every(1)
def seal_entries(at: datetime) -> None:
    """Seal what waits; a long queue is left to the next turns, so that other hooks have theirs."""
    started = time.monotonic()
    while seal(at=at, batch=BATCH) == BATCH and time.monotonic() - started < TURN_SECONDS:
        pass


# Reads only, and for long: not in one transaction, which would keep the database from tidying up behind it.
@background(retries=0, timeout=4 * 3600, atomic=False)
def verify_journal() -> dict[str, Any]:
    """Check the whole journal; the job's answer is the report."""
    started = time.monotonic()
    report = verify()
    return report.as_json() | {"seconds": round(time.monotonic() - started)}
