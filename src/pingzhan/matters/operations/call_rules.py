"""Reference data of whistles: which units a kind of matter calls to the spot."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.journal.operations import record
from pingzhan.matters.models import CallRule

if TYPE_CHECKING:
    from pingzhan.places.models import Place


@dataclass(frozen=True, slots=True)
class CallRow:
    """Matters of `category` (a kind or a group) call the nearest unit of `section`."""

    category: str
    section: str


@transaction.atomic
def load_call_rules(*, root: "Place", rules: Iterable[CallRow], by: Actor, at: datetime) -> None:
    """Write the rules in their order; those of a category that is named are replaced as a whole."""
    require(by, Permission.PLACE_IMPORT, root.path)
    rows = list(rules)
    CallRule.objects.filter(category_id__in={row.category for row in rows}).delete()
    CallRule.objects.bulk_create(
        [CallRule(category_id=row.category, section=row.section, position=n) for n, row in enumerate(rows)]
    )
    record(
        verb="catalogue.calls", by=by, at=at, subject_type="place", subject_id=root.pk, place_path=root.path,
        rules=len(rows),
    )  # fmt: skip
