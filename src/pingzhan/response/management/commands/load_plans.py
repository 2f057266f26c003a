from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pingzhan.access.actors import SYSTEM
from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError
from pingzhan.places.queries import get_place
from pingzhan.response.operations.shipped import load_shipped


class Command(BaseCommand):
    help = "Load the four plans that come with it for a place, as drafts to be reviewed; those that are there stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--place", required=True, metavar="CODE", help="the district or city that they hold for")
        parser.add_argument("--publish", action="store_true", help="review and publish them at once")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = load_shipped(place=get_place(options["place"]), by=SYSTEM, at=now(), publish=options["publish"])
        except DomainError as error:
            raise CommandError(str(error.detail)) from error
        self.stdout.write("\n".join(made) or "all there already")
