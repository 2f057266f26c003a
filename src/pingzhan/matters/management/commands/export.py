"""pingzhan export FILE --user NAME [--format csv] [--place CODE] …: a list as a file, with that user's rights."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pingzhan.access.queries import actor_for, user_named
from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError
from pingzhan.core.files import open_file
from pingzhan.matters.choices import ExportFormat, ExportState, Status
from pingzhan.matters.operations.exports import request_export, write_export
from pingzhan.matters.queries.exports import export_for
from pingzhan.matters.queries.lists import Filters


class Command(BaseCommand):
    help = "Write the matters that a user may export into a file; on record as that user's export."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--user", required=True, help="with whose rights")
        parser.add_argument("--format", default="", choices=["", *ExportFormat.values], help="by default from the name")
        parser.add_argument("--place", default="", help="code of a place")
        parser.add_argument("--status", default="", choices=["", *Status.values])
        parser.add_argument("--category", default="", help="code of a category or a group")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        user = user_named(options["user"])
        if user is None:
            raise CommandError(f"there is no user {options['user']!r}")
        filters = Filters(place=options["place"], status=options["status"], category=options["category"])
        chosen = options["format"] or path.suffix.lstrip(".")
        actor = actor_for(user, at=now())
        try:
            export = request_export(format=chosen, filters=filters, by=actor, at=now())
            write_export.func(str(export.pk))
            done = export_for(actor, export.pk)
            if done.state != ExportState.READY:
                raise CommandError(done.problem or done.state)
            with open_file(done.name) as stored, path.open("wb") as out:
                for chunk in stored.chunks():
                    out.write(chunk)
        except DomainError as error:
            raise CommandError(str(error.detail)) from error
        self.stdout.write(f"{done.done} matters written to {path}")
