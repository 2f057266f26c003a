from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pingzhan.access.actors import SYSTEM
from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError
from pingzhan.people.operations import load_trainings


class Command(BaseCommand):
    help = "Load the kinds of short trainings that posts of plans ask for; again changes what differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", help="a YAML file of the same form instead of the catalogue that comes with it")

    def handle(self, *args: Any, **options: Any) -> None:
        said = None
        if options["file"]:
            try:
                said = yaml.safe_load(Path(options["file"]).read_text(encoding="utf-8"))
            except (OSError, yaml.YAMLError) as error:
                raise CommandError(f"cannot read {options['file']}: {error}") from error
        try:
            count = load_trainings(by=SYSTEM, at=now(), catalogue=said)
        except DomainError as error:
            raise CommandError(str(error.detail)) from error
        except (KeyError, TypeError, AttributeError) as error:
            raise CommandError(f"not a catalogue of trainings: {error}") from error
        self.stdout.write(f"{count} trainings")
