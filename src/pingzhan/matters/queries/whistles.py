"""Reads of whistles: lists, and one whistle as a track per unit, in a constant number of statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Prefetch, Q, QuerySet

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can, scope
from pingzhan.core.db import under
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import Page, page
from pingzhan.matters.models import Attachment, CallRule, Lateness, Matter, Summons, Whistle, WhistleEntry
from pingzhan.matters.queries.reach import whistles_summoning
from pingzhan.matters.queries.reference import UnitRef, reference
from pingzhan.matters.whistle_rules import Met, standing
from pingzhan.matters.whistle_workflow import (
    DONE_AT,
    DUE_AT,
    HERE,
    WHISTLED_IN,
    WhistleClock,
    WhistleStep,
    acts_from,
)

MOST_SUMMONSES = 20  # shown on the phone at once


@dataclass(frozen=True, slots=True)
class UnitTrack:
    """How one summoned unit came: its clocks, what it did, of which superior was told that it is late."""

    summons: Summons
    unit: UnitRef | None
    clocks: tuple[Met, ...]
    entries: tuple[WhistleEntry, ...]
    told: tuple[Lateness, ...]
    acts: tuple[WhistleStep, ...]  # that the reader may take now

    @property
    def is_late(self) -> bool:
        """Something is overdue now, or was never done."""
        return any(clock.state == "overdue" for clock in self.clocks)


@dataclass(frozen=True, slots=True)
class WhistleSheet:
    whistle: Whistle
    tracks: tuple[UnitTrack, ...]
    entries: tuple[WhistleEntry, ...]  # of who whistled
    may_run: bool  # the reader may call further units, release, end

    @property
    def arrived(self) -> int:
        return sum(track.summons.arrived_at is not None for track in self.tracks)

    @property
    def late(self) -> int:
        return sum(track.is_late for track in self.tracks)


def may_whistle(actor: Actor, matter: Matter) -> bool:
    """Whether `actor` may summon units for the matter: its community and those above, and the unit asked first."""
    return can(actor, Permission.MATTER_WHISTLE, matter.path, unit_id=matter.receiver_id)


def whistles_for(
    actor: Actor, *, running: bool | None = None, after: str | None = None, limit: int = 20
) -> Page[Whistle]:
    """The whistles of the actor's area and those that summon their units, newest first; one statement."""
    rows = _seen_by(actor).select_related("matter", "unit").annotate(
        called=Count("summonses"),
        arrived=Count("summonses", filter=Q(summonses__arrived_at__isnull=False)),
        here=Count("summonses", filter=Q(summonses__state__in=HERE)),
    )  # fmt: skip
    if running is not None:
        rows = rows.filter(ended_at__isnull=running)
    return page(rows, order=("-id",), after=after, limit=limit)


def late_in(whistles: Iterable[Whistle], *, at: datetime) -> dict[UUID, int]:
    """How many units of each whistle have a clock that is overdue; one statement for a page of them."""
    overdue = Q(pk__in=[])
    for clock, due in DUE_AT.items():
        overdue |= Q(**{f"{due}__lt": at, f"{DONE_AT[clock]}__isnull": True})
    rows = Summons.objects.filter(overdue, whistle__in=[row.pk for row in whistles], state__in=HERE)
    return dict(rows.order_by("whistle_id").values_list("whistle_id").annotate(n=Count("id")))


def running_count(actor: Actor) -> int:
    """How many whistles run that the actor sees."""
    return _seen_by(actor).filter(ended_at__isnull=True).count()


def whistle_for(actor: Actor, whistle_id: UUID) -> Whistle:
    """The whistle within the actor's scope, or that summons one of their units while it runs; raises NotFound."""
    found = _seen_by(actor).filter(pk=whistle_id).select_related("matter", "matter__place", "unit").first()
    if found is None:
        raise NotFound
    return found


def _seen_by(actor: Actor) -> QuerySet[Whistle]:
    # By the matter's place of today: one that was set right to elsewhere takes its whistle with it.
    reach = scope(actor, Permission.MATTER_VIEW, path="matter__path", unit="matter__handler_id")
    return Whistle.objects.filter(reach | whistles_summoning(actor))


def running_whistle(matter: Matter) -> Whistle | None:
    """The whistle that runs for the matter, or else its last one; one statement."""
    rows = Whistle.objects.filter(matter=matter).select_related("unit")
    return rows.order_by("-id").first()


def whistle_sheet(whistle: Whistle, *, by: Actor, at: datetime) -> WhistleSheet:
    """The whistle as a track per unit, in the order of the calls; three statements, or four with pictures."""
    known = reference()
    pictures = Prefetch("pictures", queryset=Attachment.objects.order_by("at", "id"))
    entries = list(whistle.entries.order_by("at", "id").prefetch_related(pictures))
    summonses = list(
        whistle.summonses.order_by("called_at", "id").prefetch_related(
            Prefetch("latenesses", queryset=Lateness.objects.order_by("due_at", "id").select_related("told"))
        )
    )
    runs = whistle.ended_at is None
    may_run = runs and may_whistle(by, whistle.matter)
    own = units_answering(by, whistle) if runs else frozenset()
    tracks = tuple(
        UnitTrack(
            summons=summons,
            unit=known.units.get(summons.unit_id),
            clocks=clocks_of(summons, at=at),
            entries=tuple(entry for entry in entries if entry.summons_id == summons.pk),
            told=tuple(summons.latenesses.all()),
            acts=tuple(acts_from(summons.state, by_whistler=False)) if summons.unit_id in own else (),
        )
        for summons in summonses
    )
    return WhistleSheet(whistle, tracks, tuple(entry for entry in entries if entry.summons_id is None), may_run)


def clocks_of(summons: Summons, *, at: datetime) -> tuple[Met, ...]:
    """The three clocks of a summoned unit as they stand at `at`."""
    return tuple(
        standing(
            clock, due=getattr(summons, DUE_AT[clock]), done_at=getattr(summons, DONE_AT[clock]),
            ended_at=summons.ended_at, at=at,
        )
        for clock in WhistleClock
    )  # fmt: skip


def units_answering(actor: Actor, whistle: Whistle) -> frozenset[UUID]:
    """The units for which `actor` may answer a whistle at its place: those on whose behalf they handle matters."""
    return frozenset(
        held.unit_id
        for held in actor.holding(Permission.MATTER_HANDLE)
        if held.unit_id is not None and whistle.matter.path.startswith(held.path)
    )


def summonses_of(actor: Actor) -> list[Summons]:
    """The running summonses of the actor's units, the most pressing first; one statement."""
    reach, answers = Q(pk__in=[]), False
    for held in actor.holding(Permission.MATTER_HANDLE):
        if held.unit_id is not None:
            reach |= under("whistle__matter__path", held.path) & Q(unit_id=held.unit_id)
            answers = True
    if not answers:
        return []
    rows = Summons.objects.filter(reach, ended_at__isnull=True, whistle__ended_at__isnull=True)
    rows = rows.select_related("whistle", "whistle__matter")
    return list(rows.order_by(F("arrived_at").asc(nulls_first=True), "arrive_due_at", "id")[:MOST_SUMMONSES])


def units_to_call(matter: Matter, *, but: Iterable[UUID] = ()) -> list[tuple[UnitRef, bool]]:
    """The units that may be summoned to the matter, nearest first, and of each whether the rules propose it.

    Proposed are the sections that the call rules name for the category or its group, else the unit that a dispatch
    would go to. One statement.
    """
    known = reference()
    left_out = set(but)
    group = known.categories[matter.category_id].parent_id if matter.category_id in known.categories else None
    rules = CallRule.objects.filter(category_id__in=[code for code in (matter.category_id, group) if code])
    sections = rules.order_by("position", "id").values_list("section", flat=True)
    named = [known.nearest(matter.path, section) for section in sections]
    proposed = [unit.id for unit in named if unit is not None]
    if not proposed and (handler := matter.handler_id or matter.suggested_id):
        proposed = [handler]
    found = [unit for unit in known.units.values() if matter.path.startswith(unit.path) and unit.id not in left_out]
    order = {pk: place for place, pk in enumerate(proposed)}
    found.sort(key=lambda unit: (order.get(unit.id, len(order)), -len(unit.path), unit.section))
    return [(unit, unit.id in order) for unit in found]


def can_whistle_now(actor: Actor, matter: Matter) -> bool:
    """Whether a whistle may be blown for the matter in its state, by `actor`."""
    return matter.status in WHISTLED_IN and may_whistle(actor, matter)
