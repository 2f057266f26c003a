"""`pingzhan import-boundaries FILE.geojson`"""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from pingzhan.access.actors import SYSTEM
from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError
from pingzhan.places.operations import import_boundaries


class Command(BaseCommand):
    help = "Set the outlines of existing places from a GeoJSON FeatureCollection (also one compressed for ECharts)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="GeoJSON; features are matched by code, or by name")
        parser.add_argument("--gcj02", action="store_true", help="the coordinates are GCJ-02, not WGS-84")

    def handle(self, *args: Any, file: Path, gcj02: bool, **options: Any) -> None:
        try:
            document = json.loads(file.read_text(encoding="utf-8-sig"))
            done = import_boundaries(document=document, by=SYSTEM, at=now(), gcj02=gcj02)
        except OSError as error:
            raise CommandError(_("%(file)s 无法打开：%(error)s") % {"file": file, "error": error.strerror}) from error
        except (ValueError, RecursionError) as error:
            raise CommandError(_("%(file)s 不是 JSON 文件：%(error)s") % {"file": file, "error": error}) from error
        except DomainError as error:
            raise CommandError(str(error.detail)) from error
        for left in done.left_out:
            self.stdout.write(
                _("未采用 %(feature)s：%(why)s")
                % {"feature": left.feature, "why": f"{left.why.value}{'：' if left.detail else ''}{left.detail}"}
            )
        self.stdout.write(
            _("轮廓：新建 %(created)d，更新 %(changed)d，未变 %(unchanged)d，未采用 %(left)d")
            % {
                "created": len(done.created),
                "changed": len(done.changed),
                "unchanged": done.unchanged,
                "left": len(done.left_out),
            }
        )
