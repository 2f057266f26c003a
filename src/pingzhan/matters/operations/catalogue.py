"""Reference data of matters: categories, times, dispatch rules; loading them again changes only what differs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.journal.operations import record
from pingzhan.matters.models import Category, DispatchRule, TimeRule
from pingzhan.matters.queries import reference as kept
from pingzhan.matters.rules import Allowance

if TYPE_CHECKING:
    from pingzhan.places.models import Place


@dataclass(frozen=True, slots=True)
class CategoryRow:
    code: str
    parent: str
    name: str
    name_en: str
    keywords: tuple[str, ...] = ()
    urgency: str = "routine"
    danger: bool = False
    publishable: bool = True


@dataclass(frozen=True, slots=True)
class RuleRow:
    """Matters of `category` ("" any) go to the nearest unit of `section`."""

    category: str
    section: str


@transaction.atomic
def load_catalogue(
    *,
    root: "Place",
    categories: Iterable[CategoryRow],
    allowances: Iterable[Allowance],
    rules: Iterable[RuleRow],
    by: Actor,
    at: datetime,
) -> None:
    """Write the catalogue for everything under `root`; parents come before their kinds."""
    require(by, Permission.PLACE_IMPORT, root.path)
    rows = [
        Category(
            code=row.code, parent_id=row.parent or None, name=row.name, name_en=row.name_en,
            keywords=list(row.keywords),
            urgency=row.urgency, danger=row.danger, publishable=row.publishable, position=position,
        )
        for position, row in enumerate(categories)
    ]  # fmt: skip
    Category.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["parent", "name", "name_en", "keywords", "urgency", "danger", "publishable", "position"],
    )
    for allowed in allowances:
        TimeRule.objects.update_or_create(
            category_id=allowed.category or None, urgency=allowed.urgency, kind=allowed.kind,
            defaults={"basis": allowed.basis, "minutes": allowed.minutes, "days": allowed.days},
        )  # fmt: skip
    for rule in rules:
        DispatchRule.objects.update_or_create(
            path=root.path, category_id=rule.category or None, defaults={"section": rule.section}
        )
    record(
        verb="catalogue.load", by=by, at=at, subject_type="place", subject_id=root.pk, place_path=root.path,
        categories=len(rows),
    )  # fmt: skip
    kept.forget()
