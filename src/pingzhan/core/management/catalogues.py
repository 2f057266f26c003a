"""What commands that load a catalogue have in common."""

from abc import abstractmethod
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError, CommandParser

from pingzhan.core.errors import DomainError


class LoadCatalogue(BaseCommand):
    """Loads the catalogue that comes with the product, or a file of the same form; `noun` says what is in it."""

    noun = ""

    @abstractmethod
    def load(self, catalogue: Any) -> int:
        """Load it, None being the one that comes along; returns how many entries it has."""

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
            count = self.load(said)
        except DomainError as error:
            raise CommandError(str(error.detail)) from error
        except (KeyError, TypeError, AttributeError) as error:
            raise CommandError(f"not a catalogue of {self.noun}: {error}") from error
        self.stdout.write(f"{count} {self.noun}")
