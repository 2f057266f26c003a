"""Sealing and verifying the journal."""

import time
from uuid import uuid4

from django.core.management import call_command
from django.db import transaction

from bench.ground import QUICK, row
from pingzhan.access.actors import SYSTEM
from pingzhan.core.clock import now
from pingzhan.journal import operations
from pingzhan.journal.queries.verification import verify

ENTRIES = 5_000 if QUICK else 100_000


in_one_transaction = transaction.atomic(operations.record_many)


def main() -> None:
    call_command("migrate", verbosity=0)
    at = now()
    start = time.perf_counter()
    for _ in range(0, ENTRIES, 1000):
        in_one_transaction(
            [
                operations.draft(
                    verb="matter.accept", by=SYSTEM, at=at, subject_type="matter", subject_id=uuid4(),
                    place_path="310107/",                    from_state="submitted", to_state="accepted",
                )
                for _ in range(1000)
            ]
        )  # fmt: skip
    row("journal: record in bulk", f"{ENTRIES / (time.perf_counter() - start):,.0f}/s", detail=f"{ENTRIES} entries")
    start = time.perf_counter()
    while operations.seal(at=at, batch=500):
        pass
    row("journal: seal", f"{ENTRIES / (time.perf_counter() - start):,.0f}/s")
    start = time.perf_counter()
    found = verify()
    row("journal: verify", f"{ENTRIES / (time.perf_counter() - start):,.0f}/s", detail="ok" if found.ok else "NOT OK")


main()
