"""Grab, assign, rotate (抢单、派给、轮派): which of a unit's people has a matter that the unit is in charge of.

Of two who grab one matter at once the database lets one through, and nobody gets beyond their unit's cap: both are
constraints of `Taking`. The steps of the matter stay what they were: whoever of the unit is there may take them.
"""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.journal.operations import record
from pingzhan.matters.choices import ClockKind, ClockState, Status
from pingzhan.matters.choices_taking import (
    SIGN_WITHIN,
    TAKEN_IN,
    TakingEnd,
    TakingWay,
    lowest_free,
    next_in_turn,
)
from pingzhan.matters.models import Clock, Matter, Taking, TeamRule
from pingzhan.matters.operations.advance import needed
from pingzhan.matters.queries.reference import UnitRef, reference
from pingzhan.matters.queries.takings import cap_of, holds_for, loads_of, may_assign
from pingzhan.people.queries import Colleague, colleagues_of

TRIES = 3  # when somebody else took the same slot in the same moment


def grab(*, matter: Matter, by: Actor, at: datetime) -> Taking:
    """I take it: of several who grab at once one wins. Raises NotAllowed, StateConflict."""
    unit = _unit(matter)
    if not holds_for(by, matter):
        raise NotAllowed(_("只有承办单位的经办人可以接这件事项。"))
    me = next((one for one in colleagues_of([unit.id]) if one.user_id == by.user_id and by.user_id is not None), None)
    if me is None:
        raise NotAllowed(_("您不在承办单位的人员名单里，不能接单；请联系单位管理员。"))
    return _take(matter, unit, me, way=TakingWay.GRABBED, by=by, at=at)


@transaction.atomic
def assign(*, matter: Matter, person: UUID, by: Actor, at: datetime) -> Taking:
    """Give it to one of the unit's people; who had it before has it no longer. Raises Invalid for somebody else."""
    unit = _unit(matter)
    _must_assign(by, matter)
    chosen = next((one for one in colleagues_of([unit.id]) if one.person_id == person), None)
    if chosen is None:
        message = _("请选择承办单位的人员")
        raise Invalid(message, errors=[{"loc": ["person"], "msg": message}])
    held = Taking.objects.filter(matter=matter, until__isnull=True).first()
    if held is not None and held.person_id == chosen.person_id:
        raise StateConflict(_("这件事项已经在%(name)s手上。") % {"name": chosen.name}, allowed=[], current="taken")
    if held is not None:
        _end(held, TakingEnd.PASSED_ON, at=at)
    return _take(matter, unit, chosen, way=TakingWay.ASSIGNED, by=by, at=at)


def rotate(*, matter: Matter, by: Actor, at: datetime) -> Taking:
    """Give it to whose turn it is: the least open matters, then who has waited longest."""
    unit = _unit(matter)
    _must_assign(by, matter)
    people = {one.person_id: one for one in colleagues_of([unit.id])}
    turn = next_in_turn(loads_of(unit.id, people), cap=cap_of(unit.id))
    if turn is None:
        raise StateConflict(_("本单位没有人可派：没有经办人，或都已到上限。"), allowed=[], current="full")
    return _take(matter, unit, people[turn.person_id], way=TakingWay.ROTATED, by=by, at=at)


@transaction.atomic
def hand_back(*, matter: Matter, by: Actor, at: datetime, reason: str = "") -> Taking:
    """Not me after all: the matter waits for another of the unit. By who has it, or who assigns there."""
    held = Taking.objects.filter(matter=matter, until__isnull=True).select_related("person").first()
    if held is None:
        if not (holds_for(by, matter) or may_assign(by, matter)):
            raise NotAllowed(_("只有接单的人，或能派单的人，可以交回。"))
        raise StateConflict(_("这件事项现在没有人接。"), allowed=["taken"], current="free")
    mine = by.user_id is not None and held.person.user_id == by.user_id
    if not mine and not may_assign(by, matter):
        raise NotAllowed(_("只有接单的人，或能派单的人，可以交回。"))
    if mine:
        reason = needed(reason, "reason", _("请写明交回的理由"))
    _end(held, TakingEnd.HANDED_BACK, at=at, reason=reason.strip()[:200])
    _write(matter, "hand_back", held, by=by, at=at)
    return held


@transaction.atomic
def set_cap(*, unit: str, cap: int | None, by: Actor, at: datetime) -> None:
    """At most `cap` (1 to 200) open matters a person of the unit; None: no limit. What is above it already stays."""
    ref = reference().unit(unit)
    if ref is None:
        raise Invalid(_("请选择单位"), errors=[{"loc": ["unit"], "msg": _("请选择单位")}])
    if not can(by, Permission.MATTER_ASSIGN, ref.path, unit_id=ref.id):
        raise NotAllowed(_("您不能设定这个单位的接单上限。"))
    if cap is not None and not 1 <= cap <= 200:
        message = _("上限为 1 至 200 件，留空为不限")
        raise Invalid(message, errors=[{"loc": ["cap"], "msg": message}])
    if cap is None:
        TeamRule.objects.filter(unit_id=ref.id).delete()
    else:
        TeamRule.objects.update_or_create(unit_id=ref.id, defaults={"cap": cap})
    record(
        verb="unit.cap", by=by, at=at, subject_type="unit", subject_id=ref.id, place_path=ref.path, cap=cap or 0
    )  # fmt: skip


@transaction.atomic
def note_no_show(*, taking: Taking, at: datetime) -> bool:
    """Taken and not signed by its time: recorded, and the matter is free for others. False where it was signed."""
    ended = Taking.objects.filter(
        pk=taking.pk, until__isnull=True, due_at__lt=at, matter__status=Status.DISPATCHED
    ).update(until=at, ending=TakingEnd.NO_SHOW, no_show_at=at)  # fmt: skip
    if not ended:
        return False
    taking.refresh_from_db()
    _write(taking.matter, "no_show", taking, by=SYSTEM, at=at)
    return True


def _unit(matter: Matter) -> UnitRef:
    """The unit in charge; raises StateConflict where the matter is in nobody's hands."""
    unit = reference().units.get(matter.handler_id) if matter.handler_id else None
    if unit is None or matter.status not in TAKEN_IN:
        raise StateConflict(
            _("这件事项现在是“%(status)s”，不能接单或派单。") % {"status": Status(matter.status).label},
            allowed=sorted(TAKEN_IN),
            current=matter.status,
        )
    return unit


def _must_assign(by: Actor, matter: Matter) -> None:
    if not may_assign(by, matter):
        raise NotAllowed(_("只有承办单位里能派单的人可以派单。"))


def _take(matter: Matter, unit: UnitRef, who: Colleague, *, way: TakingWay, by: Actor, at: datetime) -> Taking:
    cap = cap_of(unit.id)
    for _try in range(TRIES):
        mine = Taking.objects.filter(unit_id=unit.id, person_id=who.person_id, until__isnull=True)
        slot = lowest_free(set(mine.values_list("slot", flat=True)), cap=cap)
        if slot is None:
            raise StateConflict(
                _("%(name)s手上已有 %(cap)s 件，到了本单位的上限；先办完或交回一件。") % {"name": who.name, "cap": cap},
                allowed=[],
                current="full",
            )
        taking = Taking(
            matter=matter, unit_id=unit.id, person_id=who.person_id, way=way, slot=slot, since=at,
            due_at=_sign_by(matter, at=at),
        )  # fmt: skip
        try:
            with transaction.atomic():
                taking.save(force_insert=True)
                # The row's lock: a step that moves the matter on ends its takings, and must see this one.
                if not Matter.objects.filter(pk=matter.pk, handler_id=unit.id, status__in=TAKEN_IN).update(
                    status_at=F("status_at")
                ):
                    raise _moved(matter)
                _write(matter, "take", taking, by=by, at=at)
        except IntegrityError:
            if (held := _holder(matter)) is not None:
                raise StateConflict(
                    _("%(name)s刚刚接了这件事项。") % {"name": held}, allowed=["free"], current="taken"
                ) from None
            continue
        return taking
    raise StateConflict(_("刚刚有人同时接单，请再试一次。"), allowed=["free"], current="busy")


def _moved(matter: Matter) -> StateConflict:
    matter.refresh_from_db()
    return StateConflict(_("这件事项刚刚被他人更新，请刷新后再操作。"), allowed=sorted(TAKEN_IN), current=matter.status)


def _holder(matter: Matter) -> str | None:
    """The name of who has the matter now."""
    held = Taking.objects.filter(matter=matter, until__isnull=True).select_related("person").first()
    return held.person.name if held else None


def _sign_by(matter: Matter, *, at: datetime) -> datetime | None:
    """By when whoever takes it is to sign; None where the unit has signed already."""
    if matter.status != Status.DISPATCHED:
        return None
    clock = Clock.objects.filter(matter=matter, kind=ClockKind.SIGN, state=ClockState.RUNNING).first()
    return max(at + SIGN_WITHIN, clock.due_at) if clock else at + SIGN_WITHIN


def _end(taking: Taking, ending: TakingEnd, *, at: datetime, reason: str = "") -> None:
    Taking.objects.filter(pk=taking.pk).update(until=at, ending=ending, reason=reason)
    taking.until, taking.ending, taking.reason = at, ending, reason


def _write(matter: Matter, what: str, taking: Taking, *, by: Actor, at: datetime) -> None:
    record(
        verb=f"taking.{what}", by=by, at=at, subject_type="taking", subject_id=taking.pk, place_path=matter.path,
        from_state="" if what == "take" else "open", to_state=taking.ending or "open", matter=str(matter.pk),
        person=str(taking.person_id), unit=str(taking.unit_id), way=taking.way,
    )  # fmt: skip
