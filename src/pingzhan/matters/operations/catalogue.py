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
from pingzhan.matters.models import Category, DispatchRule, Ladder, Limit, Power, RatingReason, TimeRule
from pingzhan.matters.queries import reference as kept
from pingzhan.matters.rules import Allowance, Bound, Rung

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


@dataclass(frozen=True, slots=True)
class LadderRow:
    """Who is told, rung by rung, when a clock of `kind` ("" any) of a matter of `urgency` ("" any) is overdue."""

    rungs: tuple[Rung, ...]
    kind: str = ""
    urgency: str = ""


@dataclass(frozen=True, slots=True)
class PowerRow:
    """Matters of `category` are settled at the level `tier` or above."""

    category: str
    tier: str


@dataclass(frozen=True, slots=True)
class ReasonRow:
    """What can be ticked beside the stars of a rating; `good`: with four and five of them."""

    code: str
    name: str
    name_en: str
    good: bool


@transaction.atomic
def load_reasons(rows: Iterable[ReasonRow]) -> None:
    """The reasons that a rating may give; those not among `rows` stay as they are. Loaded again it changes nothing."""
    for position, row in enumerate(rows):
        RatingReason.objects.update_or_create(
            code=row.code,
            defaults={"name": row.name, "name_en": row.name_en, "good": row.good, "position": position},
        )


@transaction.atomic
def load_catalogue(
    *,
    root: "Place",
    categories: Iterable[CategoryRow],
    allowances: Iterable[Allowance],
    rules: Iterable[RuleRow],
    by: Actor,
    at: datetime,
    ladders: Iterable[LadderRow] = (),
    limits: Iterable[Bound] = (),
    powers: Iterable[PowerRow] = (),
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
    for ladder in ladders:
        _set_ladder(ladder, at=at)
    for bound in limits:
        Limit.objects.update_or_create(
            kind=bound.kind, category_id=bound.category or None, urgency=bound.urgency,
            defaults={"amount": bound.amount},
        )  # fmt: skip
    for power in powers:
        Power.objects.update_or_create(path=root.path, category_id=power.category, defaults={"tier": power.tier})
    record(
        verb="catalogue.load", by=by, at=at, subject_type="place", subject_id=root.pk, place_path=root.path,
        categories=len(rows),
    )  # fmt: skip
    kept.forget()


def _set_ladder(row: LadderRow, *, at: datetime) -> None:
    """Put a ladder in force. The one before ends, but clocks that run by it keep it."""
    rungs = [{"tier": str(one.tier), "basis": str(one.basis), "minutes": one.minutes} for one in row.rungs]
    present = Ladder.objects.filter(kind=row.kind, urgency=row.urgency, until__isnull=True).first()
    if present is not None and present.rungs == rungs:
        return
    if present is not None:
        present.until = at
        present.save(update_fields=["until"])
    Ladder.objects.create(kind=row.kind, urgency=row.urgency, rungs=rungs, since=at)
