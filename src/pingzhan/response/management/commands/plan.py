import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from pingzhan.access.actors import SYSTEM
from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.plans import check_here, plan_for
from pingzhan.response.queries.readiness import readiness
from pingzhan.response.rules.document import check


class Command(BaseCommand):
    help = "Check a plan's document; tell what would fail if it were activated; show what would change."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        checking = verbs.add_parser("check", help="line, reason and mend of everything that is wrong with a document")
        checking.add_argument("file")
        checking.add_argument("--json", action="store_true")
        for name, words in (("readiness", "what would fail today"), ("preview", "what would change, line by line")):
            one = verbs.add_parser(name, help=words)
            one.add_argument("code", help="code of the plan")
            one.add_argument("--place", required=True, action="append", metavar="CODE", help="may be given again")
            one.add_argument("--level", required=True, type=int, choices=(1, 2, 3, 4))
            one.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            {"check": self._check, "readiness": self._readiness, "preview": self._preview}[options["verb"]](options)
        except DomainError as error:
            raise CommandError(str(error.detail)) from error

    def _check(self, options: dict[str, Any]) -> None:
        """Exit 0 when it is right; 1 with what is wrong otherwise."""
        try:
            source = sys.stdin.read() if options["file"] == "-" else Path(options["file"]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"cannot read {options['file']}: {error}") from error
        try:
            data, findings = check_here(source)
        except DatabaseError:  # before the first migration a document can be checked all the same
            data, findings = check(source)
        if options["json"]:
            self.stdout.write(
                json.dumps(
                    [
                        {"line": one.line, "where": one.where, "reason": one.reason, "mend": one.mend}
                        for one in findings
                    ],
                    ensure_ascii=False,
                )
            )
        else:
            for one in findings:
                self.stdout.write(f"{options['file']}:{one.line}: {one.where}: {one.reason}. {one.mend}")
        if data is None:
            raise CommandError(f"{options['file']}: {len(findings)} to mend")
        if not options["json"]:
            self.stdout.write(f"{options['file']}: right")

    def _readiness(self, options: dict[str, Any]) -> None:
        plan = plan_for(SYSTEM, options["code"])
        found = readiness(plan, level=options["level"], codes=options["place"], at=now())
        if options["json"]:
            said = {
                "percent": found.percent,
                "asked": found.asked,
                "findings": [
                    {
                        "kind": one.kind,
                        "place": one.place,
                        "subject": one.subject,
                        "reason": one.reason,
                        "mend": one.mend,
                    }
                    for one in found.weaknesses
                ],
            }
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            return
        self.stdout.write(f"{plan.code}\tlevel {options['level']}\t{found.percent} %\t{len(found.weaknesses)} findings")
        for one in found.weaknesses:
            self.stdout.write(f"{one.place}\t{one.kind}\t{one.subject}\t{one.reason}")

    def _preview(self, options: dict[str, Any]) -> None:
        plan = plan_for(SYSTEM, options["code"])
        manifest = compile_plan(plan, level=options["level"], codes=options["place"], at=now())
        if options["json"]:
            said = {
                "digest": manifest.digest,
                "counts": manifest.counts,
                "items": [
                    {"kind": one.kind, "target": one.target, "place": one.place, "before": one.before,
                     "after": one.after, "reason": one.reason}
                    for one in manifest.items
                ],
                "gaps": [{"kind": one.kind, "place": one.place, "reason": one.reason} for one in manifest.gaps],
            }  # fmt: skip
            self.stdout.write(json.dumps(said, ensure_ascii=False))
            return
        for one in manifest.items:
            self.stdout.write(f"{one.kind}\t{one.place}\t{one.subject}\t{one.before} → {one.after}\t{one.reason}")
        self.stdout.write(f"digest\t{manifest.digest}\n{len(manifest.items)} changes, {len(manifest.gaps)} gaps")
