"""Categories, rules and units, kept in memory for some seconds: every report needs them, they change rarely."""

import threading
import time
from dataclasses import dataclass, field
from uuid import UUID

from pingzhan.core.paths import code_of, paths_above
from pingzhan.core.worktime import Calendar, current_calendar
from pingzhan.matters.choices import Basis, Tier
from pingzhan.matters.models import AnswerTemplate, Category, DispatchRule, Ladder, LearnedModel, Limit, Power, TimeRule
from pingzhan.matters.rules import Allowance, Bound, Rung, Rungs
from pingzhan.matters.rules import limit as limit_of
from pingzhan.people.queries import current_units

KEPT_SECONDS = 10.0
FALLBACK_CATEGORY = "service.other"
# Sections of the units that are asked first, at a community, a street, a district.
RECEIVERS = ("community.committee", "street.operations", "district.operations")
# Levels by the length of a place's code, and the section that is told of what is overdue there.
TIERS = {12: Tier.COMMUNITY, 9: Tier.STREET, 6: Tier.DISTRICT, 4: Tier.CITY}
ORDER = (Tier.UNIT, Tier.COMMUNITY, Tier.STREET, Tier.DISTRICT, Tier.CITY)
HUBS = {
    Tier.COMMUNITY: "community.committee",
    Tier.STREET: "street.operations",
    Tier.DISTRICT: "district.operations",
    Tier.CITY: "city.operations",
}


@dataclass(frozen=True, slots=True)
class UnitRef:
    id: UUID
    code: str
    name: str
    name_en: str
    kind: str
    section: str
    path: str
    superior_id: UUID | None

    @property
    def tier(self) -> Tier:
        """The level that the unit belongs to, by its place."""
        return TIERS.get(len(code_of(self.path)), Tier.UNIT)


@dataclass(frozen=True, slots=True)
class LearnedRef:
    """The version in use of what was learned."""

    id: UUID
    artefact: str
    threshold: float


@dataclass(frozen=True, slots=True)
class Reference:
    """A snapshot; all lookups are in memory."""

    categories: dict[str, Category]
    keywords: dict[str, list[str]]
    allowances: tuple[Allowance, ...]
    rules: dict[tuple[str, str], tuple[str, UUID | None]]  # (path, category or "") -> (section, unit)
    units: dict[UUID, UnitRef]
    by_section: dict[tuple[str, str], UnitRef]  # (path, section) -> unit
    templates: tuple[AnswerTemplate, ...]  # the answers kept for use again, by title
    calendar: Calendar
    learned: dict[str, LearnedRef]  # by what is suggested
    loaded: float
    ladders: tuple[Rungs, ...] = ()  # those that new clocks take
    all_ladders: dict[int, Rungs] = field(default_factory=dict)  # also those that older clocks keep
    bounds: tuple[Bound, ...] = ()
    powers: dict[tuple[str, str], Tier] = field(default_factory=dict)  # (path, category) -> the lowest level

    def handler_for(self, path: str, category: str) -> UnitRef | None:
        """The unit that the most specific rule names for a matter of `category` at `path`."""
        group = self.categories[category].parent_id or ""
        for at in reversed(paths_above(path)):
            for kind in (category, group, ""):
                rule = self.rules.get((at, kind))
                if rule is None:
                    continue
                section, unit_id = rule
                if unit_id is not None:
                    return self.units.get(unit_id)
                found = self.nearest(path, section)
                if found is not None:
                    return found
        return None

    def unit(self, code: str) -> UnitRef | None:
        """The unit with this code."""
        return next((one for one in self.units.values() if one.code == code), None)

    def rungs(self, ladder: int | None) -> tuple[Rung, ...]:
        """The rungs of a ladder by its id, in force or ended; none where a clock has none."""
        found = self.all_ladders.get(ladder) if ladder else None
        return found.rungs if found else ()

    def nearest(self, path: str, section: str) -> UnitRef | None:
        """The unit of `section` at `path` or at the closest place above it."""
        return next(
            (self.by_section[at, section] for at in reversed(paths_above(path)) if (at, section) in self.by_section),
            None,
        )

    def hub(self, path: str, tier: Tier) -> UnitRef | None:
        """The unit that answers for the level `tier` at `path`."""
        return self.nearest(path, HUBS.get(tier, ""))

    def limit(self, kind: str, *, category: str, urgency: str) -> int:
        """The limit of `kind` that holds for such a matter."""
        group = self.categories[category].parent_id or "" if category in self.categories else ""
        return limit_of(self.bounds, kind=kind, category=category, group=group, urgency=urgency)

    def lowest_tier(self, path: str, category: str) -> Tier:
        """The lowest level that may settle a matter of `category` at `path` itself; UNIT: any."""
        group = self.categories[category].parent_id or "" if category in self.categories else ""
        for at in reversed(paths_above(path)):
            for kind in (category, group):
                if (at, kind) in self.powers:
                    return self.powers[at, kind]
        return Tier.UNIT

    def receiver_for(self, path: str) -> UnitRef | None:
        """Who is asked first at `path`: the community committee, the street's or the district's hub above it."""
        for at in reversed(paths_above(path)):
            for section in RECEIVERS:
                if (at, section) in self.by_section:
                    return self.by_section[at, section]
        return None


_lock = threading.Lock()
_kept: Reference | None = None


def reference() -> Reference:
    """The snapshot, at most some seconds old; no statement while it is fresh."""
    global _kept
    kept = _kept
    if kept is not None and time.monotonic() - kept.loaded < KEPT_SECONDS:
        return kept
    with _lock:
        if _kept is kept:
            _kept = _load()
        return _kept  # type: ignore[return-value]


def forget() -> None:
    """Drop the snapshot after a change, so that this process sees it at once and others within seconds."""
    global _kept
    _kept = None


def _load() -> Reference:
    categories = {row.code: row for row in Category.objects.filter(until__isnull=True).order_by("position", "code")}
    units = {
        row.id: row
        for row in (
            UnitRef(*values)
            for values in current_units().values_list(
                "id", "code", "name", "name_en", "kind", "section", "path", "superior_id"
            )
        )
    }
    by_section: dict[tuple[str, str], UnitRef] = {}
    for unit in units.values():
        by_section.setdefault((unit.path, unit.section), unit)
    rungs = {
        row.id: Rungs(
            row.id, row.kind, row.urgency,
            tuple(Rung(Tier(one["tier"]), Basis(one["basis"]), int(one["minutes"])) for one in row.rungs),
        )
        for row in Ladder.objects.order_by("id")
    }  # fmt: skip
    in_force = set(Ladder.objects.filter(until__isnull=True).order_by("id").values_list("id", flat=True))
    return Reference(
        ladders=tuple(one for one in rungs.values() if one.id in in_force),
        all_ladders=rungs,
        bounds=tuple(
            Bound(row.kind, row.amount, row.category_id or "", row.urgency) for row in Limit.objects.order_by("id")
        ),
        powers={(row.path, row.category_id): Tier(row.tier) for row in Power.objects.order_by("id")},
        categories=categories,
        keywords={code: row.keywords for code, row in categories.items() if row.parent_id},
        allowances=tuple(
            Allowance(rule.kind, rule.basis, rule.minutes, rule.days, rule.category_id or "", rule.urgency)
            for rule in TimeRule.objects.order_by("id")
        ),
        rules={
            (rule.path, rule.category_id or ""): (rule.section, rule.unit_id)
            for rule in DispatchRule.objects.order_by("id")
        },
        units=units,
        by_section=by_section,
        templates=tuple(AnswerTemplate.objects.filter(until__isnull=True).order_by("title", "id")),
        calendar=current_calendar(),
        learned={
            row.target: LearnedRef(row.id, row.artefact, row.threshold)
            for row in LearnedModel.objects.filter(active=True).order_by("target")
        },
        loaded=time.monotonic(),
    )
