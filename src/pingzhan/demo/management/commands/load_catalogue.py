from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError
from pingzhan.demo.load import load_reference
from pingzhan.demo.texts.departments import UNITS
from pingzhan.places.queries import get_place


class Command(BaseCommand):
    help = (
        "Load the default categories, times and dispatch rules for everything under a root; again changes what differs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--root", required=True, metavar="CODE", help="the district or city that they hold for")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load_reference(get_place(options["root"]), at=now())
        except DomainError as error:
            raise CommandError(str(error.detail)) from error
        self.stdout.write("The rules send matters to units of these sections (give them to `create-unit --section`):")
        for template in UNITS.values():
            self.stdout.write(f"{template.code}\t{template.level}\t{template.name}")
