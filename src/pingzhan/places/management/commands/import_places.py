"""`pingzhan import-places FILE --root CODE`"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pingzhan.access.actors import SYSTEM
from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError
from pingzhan.core.sheets import read_rows
from pingzhan.places.operations import import_places
from pingzhan.places.rules.codes import Row

COLUMNS = {
    "code": "code",
    "代码": "code",
    "区划代码": "code",
    "name": "name",
    "名称": "name",
}  # untranslated: columns of the national tables
# The whole country has some 660,000 places, in about 30 MB.
MOST_ROWS = 1_000_000
MOST_BYTES = 128 * 1024 * 1024


class Command(BaseCommand):
    help = "Import the area tree from a CSV file or workbook of national statistical codes (columns code, name)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or .xlsx; levels follow from the length of the codes")
        parser.add_argument(
            "--root", required=True, metavar="CODE", help="the place on top; its row must be in the file"
        )

    def handle(self, *args: Any, file: Path, root: str, **options: Any) -> None:
        try:
            with file.open("rb") as source:
                rows = [
                    Row(line, row["code"], row["name"])
                    for line, row in read_rows(source, columns=COLUMNS, max_rows=MOST_ROWS, max_bytes=MOST_BYTES)
                ]
            done = import_places(rows=rows, root=root, by=SYSTEM, at=now())
        except OSError as error:
            raise CommandError(_("%(file)s 无法打开：%(error)s") % {"file": file, "error": error.strerror}) from error
        except DomainError as error:
            raise CommandError(str(error.detail)) from error
        for change in done.renamed:
            self.stdout.write(
                _("更名 %(code)s：%(before)s → %(after)s")
                % {"code": change.code, "before": change.before, "after": change.after}
            )
        self.stdout.write(
            _("%(name)s：新建 %(created)d，更名 %(renamed)d，未变 %(unchanged)d")
            % {
                "name": done.root.name,
                "created": len(done.created),
                "renamed": len(done.renamed),
                "unchanged": done.unchanged,
            }
        )
        if done.absent:
            self.stdout.write(
                _("文件中没有的已有区域 %(count)d 个，未作改动：%(codes)s")
                % {"count": len(done.absent), "codes": "、".join(done.absent[:10])}
            )
