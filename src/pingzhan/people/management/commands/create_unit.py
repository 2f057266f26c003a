from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from pingzhan.access.actors import SYSTEM
from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError
from pingzhan.people.choices import UnitKind
from pingzhan.people.operations import create_unit
from pingzhan.people.queries import unit
from pingzhan.places.queries import get_place


class Command(BaseCommand):
    help = "Enter a unit that receives or handles matters, e.g. a community's committee."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="its code for life")
        parser.add_argument("name")
        parser.add_argument("--place", required=True, metavar="CODE", help="the place that it belongs to")
        parser.add_argument("--kind", required=True, choices=UnitKind.values)
        parser.add_argument(
            "--section",
            required=True,
            help="its field of work, as dispatch rules name it: community.committee, street.operations and "
            "district.operations receive reports; see `pingzhan load-catalogue` for the others",
        )
        parser.add_argument("--name-en", default="")
        parser.add_argument("--superior", metavar="CODE", help="the unit to which it refers what is beyond its powers")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            made = create_unit(
                code=options["code"],
                name=options["name"],
                name_en=options["name_en"],
                kind=options["kind"],
                section=options["section"],
                place=get_place(options["place"]),
                superior=unit(options["superior"]) if options["superior"] else None,
                by=SYSTEM,
                at=now(),
            )
        except DomainError as error:
            raise CommandError(str(error.detail)) from error
        self.stdout.write(made.code)
