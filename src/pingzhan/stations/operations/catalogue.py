"""The kinds of functions and equipment that come with the product; a district may load its own."""

from datetime import datetime
from importlib.resources import files
from typing import Any

import yaml
from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import Invalid, NotAllowed
from pingzhan.core.ids import uuid7
from pingzhan.journal.operations import record
from pingzhan.stations.models import Facility, FunctionKind


def shipped() -> dict[str, Any]:
    """The catalogue in stations/data/functions.yaml."""
    text = files("pingzhan.stations").joinpath("data/functions.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


@transaction.atomic
def load_functions(*, by: Actor, at: datetime, catalogue: dict[str, Any] | None = None) -> int:
    """Add or change kinds of functions and equipment; what is not named stays. Returns how many functions.

    For the system only: it holds for the whole installation. Raises Invalid when a function needs what nobody named.
    """
    if by.kind != "system":
        raise NotAllowed(_("功能目录由系统管理员用命令更新"))
    said = shipped() if catalogue is None else catalogue
    for row in said.get("facilities", []):
        Facility.objects.update_or_create(
            code=row["code"], defaults={"name": row["name"], "name_en": row.get("name_en", "")}
        )
    known = set(Facility.objects.order_by("code").values_list("code", flat=True))
    for order, row in enumerate(said.get("functions", [])):
        unknown = [code for code in row.get("hardware", []) if code not in known]
        if unknown:
            raise Invalid(
                _("功能“%(name)s”需要目录里没有的设施：%(codes)s") % {"name": row["name"], "codes": ", ".join(unknown)}
            )
        FunctionKind.objects.update_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "name_en": row.get("name_en", ""),
                "emergency": row.get("emergency", False),
                "hardware": row.get("hardware", []),
                "minutes": row.get("minutes", 0),
                "checklist": row.get("checklist", []),
                "order": order,
            },
        )
    count = len(said.get("functions", []))
    record(verb="station.load_functions", by=by, at=at, subject_type="catalogue", subject_id=uuid7(at), count=count)
    return count
