"""The journal from the command line: verify it, write down its head, seal what is waiting."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pingzhan.core.clock import now
from pingzhan.journal.operations import seal
from pingzhan.journal.queries import TreeDamaged, latest_head, verify
from pingzhan.journal.rules import Head, moment


class Command(BaseCommand):
    help = "Check the append-only record of all operations (verify), print its head (head), seal what waits (seal)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="verify|head|seal")
        check = actions.add_parser(
            "verify", help="check every entry; names the first that was changed, is missing or was added, and exits 1"
        )
        check.add_argument("--head", metavar="FILE", help="a head kept earlier; must still be the journal's beginning")
        check.add_argument("--json", action="store_true", help="print the report as JSON")
        head = actions.add_parser("head", help="print the newest head as JSON; keep it where nobody here can change it")
        head.add_argument("--write", metavar="FILE", help="write it to FILE instead")
        actions.add_parser("seal", help="seal all waiting entries now instead of leaving it to the worker")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["action"] == "verify":
            self._verify(options["head"], as_json=options["json"])
        elif options["action"] == "head":
            self._head(options["write"])
        else:
            self._seal()

    def _verify(self, kept: str | None, *, as_json: bool) -> None:
        started = time.monotonic()
        report = verify(earlier=_read_head(kept) if kept else None)
        took = time.monotonic() - started
        if as_json:
            self.stdout.write(json.dumps(report.as_json() | {"seconds": round(took, 3)}))
        if report.finding is not None:
            raise CommandError(f"journal verify: {report.finding}")
        if as_json:
            return
        root = f", root {report.head.root.hex()}" if report.head else ""
        self.stdout.write(
            f"journal verify: holds; {report.sealed} sealed entries{root}, {report.unsealed} waiting to be sealed, "
            f"{took:.1f} s"
        )

    def _head(self, file: str | None) -> None:
        head = latest_head()
        if head is None:
            raise CommandError("journal head: nothing is sealed yet; run `journal seal` or start a worker")
        text = json.dumps(head.as_json())
        if file is None:
            self.stdout.write(text)
            return
        try:
            Path(file).write_text(text + "\n")
        except OSError as error:
            raise CommandError(f"journal head: cannot write {file}: {error.strerror}") from error
        self.stdout.write(f"journal head: {head.size} entries, {moment(head.at)}, written to {file}")

    def _seal(self) -> None:
        total = 0
        try:
            while sealed := seal(at=now(), batch=5000):
                total += sealed
        except TreeDamaged as error:
            raise CommandError(f"journal seal: {error}") from error
        self.stdout.write(f"journal seal: {total} entries sealed")


def _read_head(file: str) -> Head:
    try:
        return Head.from_json(json.loads(Path(file).read_text()))
    except OSError as error:
        raise CommandError(f"journal verify: cannot read {file}: {error.strerror}") from error
    except ValueError as error:
        raise CommandError(f"journal verify: {file} is no head as `journal head` writes it: {error}") from error
