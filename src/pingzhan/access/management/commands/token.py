from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pingzhan.access.actors import SYSTEM
from pingzhan.access.models import User
from pingzhan.access.operations import issue_token
from pingzhan.core.clock import now


class Command(BaseCommand):
    help = "Print a new API token of USER. It is shown once; only its digest is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", help="the user's name, as in `pingzhan accounts`")
        parser.add_argument("--label", default="command line", help="what the token is for")
        parser.add_argument("--days", type=int, default=365, help="days until it ends")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(username=options["user"], is_active=True).first()
        if user is None:
            raise CommandError(f"no user named {options['user']}: `pingzhan accounts` lists the demo's")
        if not 1 <= options["days"] <= 3650:
            raise CommandError("--days wants 1 to 3650")
        self.stdout.write(issue_token(user=user, label=options["label"], by=SYSTEM, at=now(), days=options["days"]))
