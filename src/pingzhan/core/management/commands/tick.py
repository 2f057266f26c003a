"""One round of everything that comes round by itself, for installations without a permanent worker."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pingzhan.core.clock import now
from pingzhan.core.jobs import Rounds, recover


class Command(BaseCommand):
    help = "Do once what is due: clocks, messages, sealing of the journal, the search index. Run it by cron or by hand."

    def handle(self, *args: Any, **options: Any) -> None:
        recover(at=now())
        failed = Rounds().run_due(now)
        if failed:
            raise CommandError(f"tick: {len(failed)} of the hooks failed: {', '.join(failed)} (see the log)")
