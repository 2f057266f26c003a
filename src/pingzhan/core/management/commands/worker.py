"""The background worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from pingzhan.core.worker import Worker


class Command(BaseCommand):
    help = "Run background jobs and everything that comes round by itself. Stops in order at Ctrl-C or SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--drain", action="store_true", help="run the jobs that are ready now, then exit")

    def handle(self, *args: Any, drain: bool, **options: Any) -> None:
        worker = Worker(drain=drain)
        worker.listen_to_signals()
        worker.work()
