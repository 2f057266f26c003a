"""The sweep of overdue clocks: urges who owes it, then tells one level after another. Shared by several workers.

Each pass locks its matters first, as every step does, and skips those that somebody is just working on; whatever it
finds on the clocks after that is true. So a rung is climbed once, and nobody waits for the sweep.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pingzhan.access.actors import SYSTEM
from pingzhan.core.ids import uuid7
from pingzhan.journal.operations import draft, record_many
from pingzhan.matters.choices import ClockState, Tier
from pingzhan.matters.models import Clock, Escalation, Matter
from pingzhan.matters.operations.clocks import rungs_of
from pingzhan.matters.operations.telling import tell_units
from pingzhan.matters.queries.reference import ORDER, Reference, UnitRef, reference
from pingzhan.matters.rules import acts_at, owed_by

NAMED = 3  # numbers of matters in one message; the rest as a count


@dataclass(frozen=True, slots=True)
class Climb:
    """What one overdue clock is to do now. `told` None: no level is left, nothing more happens to it."""

    clock: Clock
    matter: Matter
    rung: int  # reached, from 1
    tier: Tier
    owed_by: UUID
    told: UUID | None
    act_at: datetime | None  # when the next one is due


def climb_due(*, at: datetime, batch: int = 500) -> int:
    """One pass over at most `batch` overdue clocks; returns how many were dealt with, 0 when none is left for us."""
    with transaction.atomic():
        claimed = (
            Clock.objects.filter(state=ClockState.RUNNING, act_at__lte=at)
            .select_related("matter")
            .defer("matter__text", "matter__contact_name", "matter__contact_phone")
            .order_by("act_at", "id")
            .select_for_update(skip_locked=True, of=("matter",))[:batch]
        )
        matters = {clock.pk: clock.matter for clock in claimed}
        # A step that was under way when we looked may have ended a clock before its matter was ours: look again.
        due = Clock.objects.filter(pk__in=list(matters), state=ClockState.RUNNING, act_at__lte=at).order_by("id")
        known = reference()
        climbs = [_climb(clock, matters[clock.pk], known, at=at) for clock in due]
        if climbs:
            _write(climbs, at=at)
            _tell(climbs, at=at)
    return len(climbs)


def _climb(clock: Clock, matter: Matter, known: Reference, *, at: datetime) -> Climb:
    """The next rung at which there is somebody to tell: a level at or below the one that owes it is passed over."""
    rungs = rungs_of(clock)
    owing = clock.unit_id or owed_by(
        clock.kind, handler=matter.handler_id, receiver=matter.receiver_id, awaits=matter.awaits_id
    )
    unit = known.units.get(owing)
    for index in range(clock.rung, len(rungs)):
        told = _told(rungs[index].tier, unit, matter.path, known)
        if told is not None:
            following = acts_at(rungs, climbed=index + 1, since=at, calendar=known.calendar)
            return Climb(clock, matter, index + 1, rungs[index].tier, owing, told.id, following)
    return Climb(clock, matter, len(rungs), Tier.UNIT, owing, None, None)


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
    for one in climbs:
        steps[one.rung, one.act_at].append(one.clock.pk)
        if one.told is None:
            continue
        if one.rung > one.matter.escalated:
            reached[one.rung].append(one.matter.pk)
        late = max(0, int((at - one.clock.due_at).total_seconds() // 60))
        rows.append(
            Escalation(
                id=uuid7(at), clock=one.clock, matter=one.matter, rung=one.rung, tier=one.tier, unit_id=one.told,
                owed_by_id=one.owed_by, late_minutes=late, at=at,
            )
        )  # fmt: skip
        entries.append(
            draft(
                verb="matter.escalate", by=SYSTEM, at=at, subject_type="matter", subject_id=one.matter.pk,
                place_path=one.matter.path, from_state=one.matter.status, to_state=one.matter.status,
                clock=one.clock.kind, tier=one.tier.value, unit_id=str(one.told), owed_by=str(one.owed_by),
                late_minutes=late,
            )
        )  # fmt: skip
    # Rungs of the same ladder have the same next moment: a handful of statements for the whole batch.
    for (rung, act_at), clocks in steps.items():
        Clock.objects.filter(pk__in=clocks).update(rung=rung, act_at=act_at)
    for rung in sorted(reached):
        Matter.objects.filter(pk__in=reached[rung], escalated__lt=rung).update(escalated=rung)
    Escalation.objects.bulk_create(rows)
    record_many(entries)


def _tell(climbs: Sequence[Climb], *, at: datetime) -> None:
    """One message a unit and kind of call, however many clocks it is about."""
    numbers: dict[tuple[UUID, bool], list[str]] = defaultdict(list)
    for one in climbs:
        if one.told is not None:
            numbers[one.told, one.tier is Tier.UNIT].append(one.matter.number)
    said: dict[UUID, list[str]] = defaultdict(list)
    for (unit, urged), found in numbers.items():
        said[unit].append(_line(list(dict.fromkeys(found)), urged=urged))
    tell_units(said, at=at, template="matter.escalate")


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
