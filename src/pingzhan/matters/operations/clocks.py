"""What a step does to the clocks of a matter, and the clocks that a single unit owes."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F

from pingzhan.matters.choices import Basis, ClockKind, ClockState, PauseState
from pingzhan.matters.models import Clock, Matter, Pause
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.rules import (
    PAUSABLE,
    UNPRESSED,
    Allowance,
    ClockChange,
    Rung,
    Rungs,
    acts_at,
    allowance,
    due_at,
    ladder_for,
    moved_on,
)
from pingzhan.modes.choices import OverlayKind
from pingzhan.modes.queries import in_force_along

RUNS = (ClockState.RUNNING, ClockState.PAUSED)
_COLUMNS = ["state", "due_at", "paused_at", "stopped_at", "act_at"]


@dataclass(slots=True)
class Plan:
    """What becomes of a matter's clocks. `left` are those that go on, changed or not."""

    left: list[Clock] = field(default_factory=list)
    changed: list[Clock] = field(default_factory=list)
    starting: list[Clock] = field(default_factory=list)
    pause_ends: bool = False

    @property
    def is_empty(self) -> bool:
        return not (self.changed or self.starting)


def plan_clocks(
    matter: Matter, running: list[Clock], change: ClockChange, *, at: datetime, changes: dict[str, Any],
    resumed_at: datetime | None = None,
) -> Plan:  # fmt: skip
    """What `change` makes of the running clocks. One that runs already is never set back by starting it again.

    A clock that one unit owes (of a whistle) ends only with everything. `resumed_at`: until when a pause counts, where
    that is not `at`.
    """
    plan = Plan(pause_ends=(change.goes_on or change.stops_all) and matter.waiting)
    for clock in running:
        if clock.unit_id is None and clock.kind in change.stops:
            plan.changed.append(_stopped(clock, at=at))
        elif change.stops_all:
            clock.state, clock.stopped_at = ClockState.STOPPED, at
            plan.changed.append(clock)
        else:
            plan.left.append(clock)
            if change.stands and clock.unit_id is None and clock.kind in PAUSABLE and clock.state == ClockState.RUNNING:
                clock.state, clock.paused_at = ClockState.PAUSED, at
                plan.changed.append(clock)
            elif change.goes_on and clock.state == ClockState.PAUSED:
                go_on(clock, at=resumed_at or at)
                plan.changed.append(clock)
    kept = {clock.kind for clock in plan.left if clock.unit_id is None}
    for kind in sorted(change.revives - kept):
        _revive(matter, kind, plan, at=at)
    category = changes.get("category_id") or getattr(changes.get("category"), "code", None) or matter.category_id
    urgency = changes.get("urgency", matter.urgency)
    for kind in sorted(change.starts - kept):
        started = new_clock(matter, kind, category=category, urgency=urgency, at=at)
        if started is not None:
            plan.starting.append(started)
    return plan


def _stopped(clock: Clock, *, at: datetime) -> Clock:
    """Met, or late; what stood still is judged by when it stopped."""
    counted = clock.paused_at if clock.state == ClockState.PAUSED and clock.paused_at is not None else at
    clock.state = ClockState.MET if clock.due_at >= counted else ClockState.LATE
    clock.stopped_at = at
    return clock


def go_on(clock: Clock, *, at: datetime) -> None:
    """Let a clock that stood still run on with the time that was left; the next rung waits as much longer."""
    if clock.paused_at is None:
        return
    calendar = reference().calendar
    since = clock.paused_at
    clock.due_at = moved_on(clock.due_at, basis=clock.basis, paused_at=since, at=at, calendar=calendar)
    rungs = rungs_of(clock)
    if clock.act_at is not None and clock.rung:
        basis = rungs[clock.rung].basis
        clock.act_at = moved_on(clock.act_at, basis=basis, paused_at=since, at=at, calendar=calendar)
    elif clock.act_at is not None:
        clock.act_at = acts_at(rungs, climbed=0, since=clock.due_at, calendar=calendar)
    clock.state, clock.paused_at = ClockState.RUNNING, None


def _revive(matter: Matter, kind: ClockKind, plan: Plan, *, at: datetime) -> None:
    """Let the last clock of `kind` run on: the time since it stopped was not the handler's."""
    ended = (
        matter.clocks.filter(kind=kind, unit__isnull=True, state__in=[ClockState.MET, ClockState.LATE])
        .order_by("-stopped_at", "-id")
        .first()
    )
    if ended is None:
        return
    ended.paused_at, ended.stopped_at = ended.paused_at or ended.stopped_at, None
    go_on(ended, at=at)
    plan.changed.append(ended)
    plan.left.append(ended)


def rungs_of(clock: Clock) -> tuple[Rung, ...]:
    return reference().rungs(clock.ladder_id)


def next_due(plan: Plan, *, pause_until: datetime | None) -> datetime | None:
    """The one moment to look at next: the earliest deadline, or the end of a pause."""
    due = [clock.due_at for clock in plan.left if clock.state == ClockState.RUNNING]
    due += [clock.due_at for clock in plan.starting]
    return min(due + ([pause_until] if pause_until else []), default=None)


def new_clock(
    matter: Matter, kind: ClockKind, *, category: str, urgency: str, at: datetime, unit_id: UUID | None = None,
    due: datetime | None = None,
) -> Clock | None:  # fmt: skip
    """A clock of `kind` from `at` by the rules, or until `due`; None where no rule sets one and no `due` is given."""
    known = reference()
    group = known.categories[category].parent_id or "" if category in known.categories else ""
    allowed = allowance(known.allowances, kind=kind, category=category, group=group, urgency=urgency)
    if due is None and allowed is None:
        return None
    if due is None:
        allowed = _in_force(matter, kind, allowed, at=at)
    ladder: Rungs | None = None if kind in UNPRESSED else ladder_for(known.ladders, kind=kind, urgency=urgency)
    until = due if due is not None else due_at(allowed, start=at, calendar=known.calendar)  # type: ignore[arg-type]
    return Clock(
        matter=matter,
        kind=kind,
        unit_id=unit_id,
        basis=allowed.basis if allowed is not None else "calendar",
        started_at=at,
        due_at=until,
        ladder_id=ladder.id if ladder else None,
        act_at=acts_at(ladder.rungs, climbed=0, since=until, calendar=known.calendar) if ladder else None,
    )


def _in_force(matter: Matter, kind: ClockKind, allowed: Allowance | None, *, at: datetime) -> Allowance | None:
    """What a response in force at the matter's place allows, where that is sooner; no statement in peacetime.

    A response shortens deadlines and never lengthens them: what is critical anyway stays so. Clocks that run already
    keep theirs.
    """
    if allowed is None:
        return None
    change = in_force_along(OverlayKind.CLOCK, matter.path, at=at).get(kind)
    if change is None:
        return allowed
    calendar = reference().calendar
    said = Allowance(kind, change.payload.get("basis", Basis.CALENDAR), minutes=change.payload["minutes"])
    return min(said, allowed, key=lambda one: due_at(one, start=at, calendar=calendar))


def write_clocks(matter: Matter, plan: Plan, *, at: datetime) -> None:
    """Write what was planned; what ends is written before what starts, since there is one of a kind."""
    if plan.changed:
        Clock.objects.bulk_update(plan.changed, _COLUMNS)
    if plan.starting:
        Clock.objects.bulk_create(plan.starting)
    if plan.pause_ends:
        open_pauses(matter).filter(state=PauseState.APPROVED).update(state=PauseState.ENDED, ended_at=at)
        open_pauses(matter).filter(state=PauseState.REQUESTED).update(state=PauseState.LAPSED, ended_at=at)


def open_pauses(matter: Matter) -> Any:
    return Pause.objects.filter(matter=matter, state__in=[PauseState.REQUESTED, PauseState.APPROVED])


def start_clocks(*, matter: Matter, kinds: Iterable[ClockKind], unit_id: UUID, at: datetime) -> list[Clock]:
    """Clocks that `unit_id` alone owes, e.g. to be on the spot; in the caller's transaction. Returns those set."""
    found = [
        clock
        for kind in kinds
        for clock in [
            new_clock(matter, kind, category=matter.category_id, urgency=matter.urgency, at=at, unit_id=unit_id)
        ]
        if clock is not None
    ]
    _lock(matter)
    Clock.objects.bulk_create(found)
    look_again(matter)
    return found


def stop_clocks(
    *, matter: Matter, kinds: Iterable[ClockKind], unit_id: UUID, at: datetime, met: bool = True
) -> list[Clock]:
    """End the clocks of `kinds` that `unit_id` owes, met (or late) or without; in the caller's transaction."""
    _lock(matter)
    running = list(matter.clocks.filter(kind__in=list(kinds), unit_id=unit_id, state__in=RUNS).order_by("id"))
    for clock in running:
        if met:
            _stopped(clock, at=at)
        else:
            clock.state, clock.stopped_at = ClockState.STOPPED, at
    Clock.objects.bulk_update(running, _COLUMNS)
    look_again(matter)
    return running


def _lock(matter: Matter) -> None:
    """The matter's row before its clocks, as every step takes them: so nobody waits for somebody who waits for him."""
    Matter.objects.filter(pk=matter.pk).update(version=F("version") + 1)
    matter.version += 1


def look_again(matter: Matter) -> None:
    """Set the matter's next moment by its clocks as they stand."""
    left = list(matter.clocks.filter(state__in=RUNS).order_by("id"))
    pause = open_pauses(matter).first() if matter.waiting else None
    matter.next_due_at = next_due(Plan(left=left), pause_until=pause.until if pause else None)
    matter.escalated = max((clock.rung for clock in left), default=0)
    Matter.objects.filter(pk=matter.pk).update(next_due_at=matter.next_due_at, escalated=matter.escalated)
