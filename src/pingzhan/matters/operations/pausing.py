"""Standing still: asked for by the unit in charge, decided by the receiver or a superior, within a cap."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.core.errors import DomainError, Invalid, StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.core.wording import for_others
from pingzhan.matters.choices import LimitKind, PauseCause, PauseState, Status, Step
from pingzhan.matters.models import Matter, Pause
from pingzhan.matters.operations.advance import Move, Words, advance, needed
from pingzhan.matters.operations.clocks import open_pauses
from pingzhan.matters.operations.telling import Line, tell_units
from pingzhan.matters.queries.pauses import paused_time, time_to_pause
from pingzhan.matters.queries.reference import UnitRef, reference
from pingzhan.matters.rules import ClockChange

STANDS = ClockChange(stands=True)


@transaction.atomic
def hold(
    *, matter: Matter, by: Actor, at: datetime, reason: str, until: datetime, version: int | None = None
) -> Matter:
    """Waiting for something outside. The finish clock runs until the receiver, or a superior, has approved it.

    Where nobody stands above the unit in charge, nobody has to. Raises Invalid beyond what may still be paused.
    """
    reason = needed(reason, "reason", _("请写明暂缓的理由，居民会看到"))
    if matter.waiting:
        raise Invalid(
            _("计时已经暂停或正在等待审批，请先恢复办理"), errors=[{"loc": ["until"], "msg": _("请先恢复办理")}]
        )
    _check_until(matter, until, at=at)
    approver = approver_of(matter)
    matter = advance(
        Move(
            matter, Step.HOLD, by, at, Words(reply=reason),
            {"waiting": True, "awaits_id": approver.id if approver else None},
            clocks=None if approver else STANDS, until=None if approver else until, version=version,
            data={"until": until.isoformat()} | ({"asks": approver.code} if approver else {}),
        )
    )  # fmt: skip
    if approver:
        line = for_others("事项 %(number)s 申请暂缓到 %(until)s，请审批。", number=matter.number, until=day_of(until))
        tell_units({approver.id: Line(line, matter.path)}, at=at, template="matter.hold", cause=by.user_id)
    begin_pause(matter=matter, cause=PauseCause.HOLD, until=until, at=at, approved=approver is None)
    return matter


@transaction.atomic
def decide_pause(
    *,
    matter: Matter,
    by: Actor,
    at: datetime,
    ok: bool = True,
    until: datetime | None = None,
    note: str = "",
    version: int | None = None,
) -> Matter:
    """Approve a pause, for as long as was asked or for less, or refuse it with the reason: then handling goes on."""
    pause = open_pauses(matter).filter(state=PauseState.REQUESTED).first()
    if not ok:
        note = needed(note, "note", _("请写明不批准的理由"))
    elif pause is not None and until is not None and not at < until <= pause.until:
        message = _("可以缩短，不能超过申请的时间，且须晚于现在")
        raise Invalid(message, errors=[{"loc": ["until"], "msg": message}])
    ends = until or (pause.until if pause else at)
    if ok and pause is not None and ends <= at:
        message = _("申请的暂缓时间已过，不能再批准；请不批准，或由承办单位重新申请")
        raise Invalid(message, errors=[{"loc": ["until"], "msg": message}])
    move = Move(
        matter, Step.DECIDE_PAUSE, by, at, Words(note=note.strip()), {"awaits_id": None}, version=version,
        data={"ok": ok} | ({"until": ends.isoformat()} if ok else {}),
    )  # fmt: skip
    if ok:
        move.clocks, move.until = STANDS, ends
    else:
        move.target = Status.IN_PROGRESS
        move.changes["waiting"] = False
    matter = advance(move)
    if pause is not None:
        pause.decided_at, pause.decided_by = at, by.user_id
        pause.state = PauseState.APPROVED if ok else PauseState.REFUSED
        if ok:
            pause.until = ends
        else:
            pause.ended_at = at
        pause.save(update_fields=["state", "until", "decided_at", "decided_by", "ended_at"])
    if matter.handler_id:
        words = (
            for_others("事项 %(number)s 的暂缓已批准，计时暂停。")
            if ok
            else for_others("事项 %(number)s 的暂缓没有批准，请继续办理。")
        )
        line = words % {"number": matter.number}
        tell_units(
            {matter.handler_id: Line(line, matter.path)}, at=at, template="matter.decide_pause", cause=by.user_id
        )
    return matter


def resume(*, matter: Matter, by: Actor, at: datetime, note: str = "", version: int | None = None) -> Matter:
    """On again: the finish clock runs on with the time that was left. A pause not yet decided on is taken back."""
    return advance(Move(matter, Step.RESUME, by, at, Words(note=note.strip()), version=version))


@transaction.atomic
def expire_pause(*, pause: Pause, at: datetime) -> Matter:
    """The agreed end, or the cap, has come: handling goes on by itself; the clock counts from that end, not from `at`.

    Whoever has it is told. Raises a DomainError when somebody was quicker.
    """
    ended = min(at, pause.until)
    matter = advance(
        Move(
            pause.matter, Step.RESUME, SYSTEM, at, version=pause.matter.version, resumed_at=ended, data={"lapsed": True}
        )
    )
    words = {
        PauseState.REQUESTED: for_others("事项 %(number)s 申请的暂缓没有人审批，时间已过，请继续办理。"),
        PauseState.APPROVED: for_others("事项 %(number)s 的暂停已到期，计时继续，请接着办理。"),
    }[PauseState(pause.state)]
    if pause.cause == PauseCause.ASKED:
        words = for_others("事项 %(number)s 的居民没有在期限前补充情况，计时继续，请接着办理。")
    has_it = matter.handler_id or matter.awaits_id or matter.receiver_id
    tell_units({has_it: Line(words % {"number": matter.number}, matter.path)}, at=at, template="matter.resume")
    return matter


def begin_pause(*, matter: Matter, cause: PauseCause, until: datetime, at: datetime, approved: bool) -> Pause:
    """Keep the pause that begins with a step, in its transaction; `approved`: it needs no decision (any more).

    For a step that lets the clock stand still by itself (the resident is asked), give its Move `clocks=STANDS`,
    `until=` and the change `waiting=True`; a step with ClockChange(goes_on=True) ends it, and it ends by itself.
    """
    try:
        with transaction.atomic():
            return Pause.objects.create(
                id=uuid7(at), matter=matter, cause=cause, until=until, requested_at=at,
                state=PauseState.APPROVED if approved else PauseState.REQUESTED, decided_at=at if approved else None,
            )  # fmt: skip
    except IntegrityError as error:
        raise StateConflict(_("这件事项的计时已经暂停"), allowed=[Status.IN_PROGRESS], current=matter.status) from error


def day_of(moment: datetime) -> str:
    """A moment in a message, by the wall clock of the installation."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"


def approver_of(matter: Matter) -> UnitRef | None:
    """Who decides on a pause: the receiver, or where it handles the matter itself, its superior. None: nobody above."""
    known = reference()
    if matter.handler_id != matter.receiver_id:
        return known.units.get(matter.receiver_id)
    present = known.units.get(matter.receiver_id)
    return known.units.get(present.superior_id) if present and present.superior_id else None


def most_until(matter: Matter, *, at: datetime) -> datetime:
    """The latest end of a pause that begins at `at`."""
    return at + time_to_pause(matter, at=at)


def _check_until(matter: Matter, until: datetime, *, at: datetime) -> None:
    left = time_to_pause(matter, at=at)
    if at < until <= at + left:
        return
    cap = reference().limit(LimitKind.PAUSE_DAYS, category=matter.category_id, urgency=matter.urgency)
    if left <= timedelta(minutes=1):
        message = _("这件事项累计暂停已满 %(cap)s 天，不能再暂缓") % {"cap": cap}
    else:
        message = _("暂缓须晚于现在，累计不超过 %(cap)s 天；已用 %(used)s 天") % {
            "cap": cap,
            "used": paused_time(matter, at=at).days,
        }
    raise Invalid(message, errors=[{"loc": ["until"], "msg": message}])


def expire_pauses(*, at: datetime, batch: int = 200) -> int:
    """End the pauses whose time has come; several workers may do so at once. Returns how many."""
    due: Any = (
        Pause.objects.filter(state__in=[PauseState.REQUESTED, PauseState.APPROVED], until__lte=at)
        .select_related("matter")
        .order_by("until", "id")[:batch]
    )
    done = 0
    for pause in due:
        try:
            expire_pause(pause=pause, at=at)
            done += 1
        except DomainError:  # resumed, decided or ended by somebody else meanwhile
            continue
    return done
