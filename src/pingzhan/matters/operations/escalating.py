"""The sweep of overdue clocks: urges who owes it, then tells one level after another. Shared by several workers.

Each pass locks its matters first, as every step does, and skips those that somebody is just working on; whatever it
finds on the clocks after that is true. So a rung is climbed once, and nobody waits for the sweep.
"""

import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pingzhan.access.actors import SYSTEM
from pingzhan.core.db import insert_many, is_postgres
from pingzhan.core.ids import uuid7
from pingzhan.core.outbox import queue_many
from pingzhan.journal.operations import draft, record_load
from pingzhan.matters.choices import ClockKind, ClockState, Tier
from pingzhan.matters.models import Clock, Escalation, Matter
from pingzhan.matters.operations.telling import readers_of
from pingzhan.matters.queries.reference import ORDER, Reference, UnitRef, reference
from pingzhan.matters.rules import acts_at, owed_by

GAP = 0.01  # seconds: whoever waits asks every millisecond
NAMED = 3  # numbers of matters in one message; the rest as a count
# What a pass reads of each clock and its matter. Rows of matters and no plain values, with which Django would lock the
# clocks as well.
_OF_CLOCK = {f"clock_{name}": F(f"clocks__{name}") for name in ("id", "kind", "unit_id", "ladder_id", "rung", "due_at")}
_OF_MATTER = ("id", "number", "path", "status", "receiver_id", "handler_id", "awaits_id", "escalated")
_READ = attrgetter(*_OF_CLOCK, *_OF_MATTER)
_ESCALATION = ("id", "clock_id", "matter_id", "rung", "tier", "unit_id", "owed_by_id", "late_minutes", "at")


class Due(NamedTuple):
    """One overdue clock with what counts of its matter; what `_READ` reads, in its order."""

    clock: int
    kind: str
    unit: UUID | None
    ladder: int | None
    climbed: int
    due_at: datetime
    matter: UUID
    number: str
    path: str
    status: str
    receiver: UUID
    handler: UUID | None
    awaits: UUID | None
    escalated: int


class Climb(NamedTuple):
    """What one overdue clock is to do now. `told` None: no level is left, nothing more happens to it."""

    due: Due
    rung: int  # reached, from 1
    tier: Tier
    owed_by: UUID
    told: UUID | None
    act_at: datetime | None  # when the next one is due


def give_way() -> None:
    """Between two passes: where one writes at a time and the others wait by polling (SQLite), let them have a turn."""
    if not is_postgres():
        time.sleep(GAP)


def climb_due(*, at: datetime, batch: int = 500) -> int:
    """One pass over at most `batch` overdue clocks; returns how many were dealt with, 0 when none is left for us."""
    with transaction.atomic():
        overdue = Matter.objects.filter(clocks__state=ClockState.RUNNING, clocks__act_at__lte=at)
        claimed = overdue.order_by("clocks__act_at", "clocks__id").select_for_update(skip_locked=True, of=("self",))
        found = [Due(*_READ(row)) for row in claimed.only(*_OF_MATTER).annotate(**_OF_CLOCK)[:batch]]
        # A step that was under way when we looked may have ended a clock before its matter was ours: look again.
        again = Clock.objects.filter(pk__in=[one.clock for one in found], state=ClockState.RUNNING, act_at__lte=at)
        still = set(again.values_list("pk", "rung"))
        known = reference()

        @cache  # whatever climbs now climbs at one moment
        def after(ladder: int | None, climbed: int) -> datetime | None:
            return acts_at(known.rungs(ladder), climbed=climbed, since=at, calendar=known.calendar)

        climbs = [_climb(one, known, after) for one in found if (one.clock, one.climbed) in still]
        if climbs:
            _write(climbs, at=at)
            _tell(climbs, at=at)
    return len(climbs)


def _climb(due: Due, known: Reference, after: Callable[[int | None, int], datetime | None]) -> Climb:
    """The next rung at which there is somebody to tell: a level at or below the one that owes it is passed over."""
    rungs = known.rungs(due.ladder)
    owing = due.unit or owed_by(ClockKind(due.kind), handler=due.handler, receiver=due.receiver, awaits=due.awaits)
    unit = known.units.get(owing)
    for index in range(due.climbed, len(rungs)):
        told = _told(rungs[index].tier, unit, due.path, known)
        if told is not None:
            return Climb(due, index + 1, rungs[index].tier, owing, told.id, after(due.ladder, index + 1))
    return Climb(due, len(rungs), Tier.UNIT, owing, None, None)


def _told(tier: Tier, owing: UnitRef | None, path: str, known: Reference) -> UnitRef | None:
    if tier is Tier.UNIT:
        return owing
    if owing is not None and ORDER.index(tier) < ORDER.index(owing.tier):
        return None
    found = known.hub(path, tier)
    return found if found is not None and found != owing else None


def _write(climbs: Sequence[Climb], *, at: datetime) -> None:
    steps: dict[tuple[int, datetime | None], list[int]] = defaultdict(list)
    reached: dict[int, list[UUID]] = defaultdict(list)
    rows, entries = [], []
    for due, rung, tier, owing, told, act_at in climbs:
        steps[rung, act_at].append(due.clock)
        if told is None:
            continue
        if rung > due.escalated:
            reached[rung].append(due.matter)
        late = max(0, int((at - due.due_at).total_seconds() // 60))
        rows.append((uuid7(at), due.clock, due.matter, rung, tier.value, told, owing, late, at))
        entries.append(
            draft(
                verb="matter.escalate", by=SYSTEM, at=at, subject_type="matter", subject_id=due.matter,
                place_path=due.path, from_state=due.status, to_state=due.status,
                clock=due.kind, tier=tier.value, unit_id=str(told), owed_by=str(owing), late_minutes=late,
            )
        )  # fmt: skip
    # Rungs of the same ladder have the same next moment: a handful of statements for the whole batch.
    for (rung, act_at), clocks in steps.items():
        Clock.objects.filter(pk__in=clocks).update(rung=rung, act_at=act_at)
    for rung in sorted(reached):
        Matter.objects.filter(pk__in=reached[rung], escalated__lt=rung).update(escalated=rung)
    insert_many(Escalation, _ESCALATION, rows)
    record_load(entries)


def _tell(climbs: Sequence[Climb], *, at: datetime) -> None:
    """One message to each who is told, and kind of call, however many clocks it is about: of those of their area."""
    calls: dict[tuple[UUID, bool], dict[str, str]] = defaultdict(dict)  # path by number
    for one in climbs:
        if one.told is not None:
            calls[one.told, one.tier is Tier.UNIT][one.due.number] = one.due.path
    readers = readers_of({unit for unit, _urged in calls}, at=at)
    said = [
        (user, _line(numbers, urged=urged))
        for (unit, urged), found in calls.items()
        for user, paths in readers.get(unit, {}).items()
        if (numbers := [number for number, path in found.items() if path.startswith(paths)])
    ]
    queue_many(said, at=at, template="matter.escalate")


def _line(numbers: list[str], *, urged: bool) -> str:
    some: dict[str, Any] = {"count": len(numbers), "numbers": _("、").join(numbers[:NAMED])}
    if urged:
        text = ngettext(
            "逾期提醒：%(count)s 件事项已到时限，请尽快办理。编号 %(numbers)s",
            "逾期提醒：%(count)s 件事项已到时限，请尽快办理。编号 %(numbers)s",
            len(numbers),
        )
    else:
        text = ngettext(
            "逾期升级：%(count)s 件事项逾期未办，已报到您这里，请督促。编号 %(numbers)s",
            "逾期升级：%(count)s 件事项逾期未办，已报到您这里，请督促。编号 %(numbers)s",
            len(numbers),
        )
    return text % some + ("" if len(numbers) <= NAMED else _(" 等"))
