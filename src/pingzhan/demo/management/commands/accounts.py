from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pingzhan.demo.accounts import demo_accounts


class Command(BaseCommand):
    help = "List the demo's accounts: user, role, place; one a line, separated by tabs."

    def handle(self, *args: Any, **options: Any) -> None:
        rows = demo_accounts()
        if not rows:
            raise CommandError("no demo accounts here: run `./pz demo` once")
        for row in rows:
            self.stdout.write(f"{row.username}\t{row.role}\t{row.place}")
