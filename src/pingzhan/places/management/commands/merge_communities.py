"""`pingzhan merge-communities OLD NEW [--name NAME]`"""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pingzhan.access.actors import SYSTEM
from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError
from pingzhan.places.operations import take_over


class Command(BaseCommand):
    help = "Let one community take over another, or give a community the new code that the state has given it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("old", help="code of the community that ends")
        parser.add_argument("new", help="code of the one that takes over; made when it is not there yet")
        parser.add_argument("--name", default="", help="its name from now on")

    def handle(self, *args: Any, old: str, new: str, name: str, **options: Any) -> None:
        try:
            into = take_over(old=old, new=new, name=name, by=SYSTEM, at=now())
        except DomainError as error:
            raise CommandError(str(error.detail)) from error
        self.stdout.write(_("%(old)s 已并入 %(new)s %(name)s") % {"old": old, "new": into.code, "name": into.name})
