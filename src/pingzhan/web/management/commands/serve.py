import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser


class Command(BaseCommand):
    help = "Serve pages and API over WSGI (granian). TLS and the public port are the reverse proxy's."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=2, help="processes")
        parser.add_argument("--threads", type=int, default=4, help="requests at once in each process")

    def handle(self, *args: Any, **options: Any) -> None:
        arguments = [
            sys.executable, "-m", "granian", "--interface", "wsgi", "--host", options["host"],
            "--port", str(options["port"]), "--workers", str(options["workers"]),
            "--blocking-threads", str(options["threads"]), "--respawn-failed-workers", "--log-level", "warning",
            "pingzhan.wsgi:application",
        ]  # fmt: skip
        # The server imports the settings anew: hand over where the data are.
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pingzhan.settings")
        os.environ["PINGZHAN_DATA_DIR"] = str(settings.DATA_DIR)
        os.execv(sys.executable, arguments)  # noqa: S606 (no shell, our own interpreter)
