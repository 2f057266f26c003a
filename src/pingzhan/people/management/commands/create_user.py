import getpass
import sys
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from pingzhan.access.actors import SYSTEM
from pingzhan.access.operations import create_user
from pingzhan.access.roles import ROLES
from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError
from pingzhan.people.operations import appoint, create_person
from pingzhan.people.queries import unit
from pingzhan.places.queries import get_place


class Command(BaseCommand):
    help = "Make an account for a member of staff and appoint them; the password is asked for, or read from a pipe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("name", help="the person's name")
        parser.add_argument("--role", required=True, choices=[code for code in ROLES if code != "resident"])
        parser.add_argument("--place", required=True, metavar="CODE", help="the role holds there and below")
        parser.add_argument("--unit", metavar="CODE", help="on whose behalf; needed to handle matters")
        parser.add_argument("--phone", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        at = now()
        password = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        try:
            validate_password(password)
            with transaction.atomic():
                place = get_place(options["place"])
                user = create_user(
                    username=options["username"],
                    name=options["name"],
                    phone=options["phone"],
                    password=password,
                    by=SYSTEM,
                    at=at,
                )
                person = create_person(
                    name=options["name"], phone=options["phone"], place=place, by=SYSTEM, at=at, user=user
                )
                serving = unit(options["unit"]) if options["unit"] else None
                appoint(person=person, role=options["role"], place=place, unit=serving, by=SYSTEM, at=at)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except DomainError as error:
            raise CommandError(str(error.detail)) from error
        self.stdout.write(user.username)
