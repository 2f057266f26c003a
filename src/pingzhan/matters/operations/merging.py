"""The same trouble reported more than once: one sheet goes on, all who reported follow it."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.core.outbox import queue
from pingzhan.core.personal_data import hide_personal
from pingzhan.core.wording import for_others
from pingzhan.journal.operations import digest_of, record
from pingzhan.journal.queries import timeline
from pingzhan.matters.choices import ClockKind, ClockState, LimitKind, Status, Step
from pingzhan.matters.models import Clock, Matter, Merger, Remark
from pingzhan.matters.operations.advance import Move, Words, advance, check
from pingzhan.matters.operations.clocks import RUNS, go_on, look_again, rungs_of
from pingzhan.matters.queries.levels import joined_to
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.sheet import UNDONE
from pingzhan.matters.rules import acts_at
from pingzhan.matters.workflow import IN_HAND

# What has begun to run for the older reporter goes on for the sheet that stays.
_CARRIED = frozenset({ClockKind.FIRST_FEEDBACK, ClockKind.FINISH})


@transaction.atomic
def merge(
    *,
    matter: Matter,
    into: Matter,
    by: Actor,
    at: datetime,
    note: str = "",
    reply: str = "",
    version: int | None = None,
) -> Matter:
    """The same trouble was reported before: this sheet ends, its reporter follows the other one.

    `reply`: more words to the reporter, beside where it went. Of the deadlines of the two the earlier ones count.
    Undone by `unmerge` within some days.
    """
    if into.pk == matter.pk:
        raise Invalid(_("不能合并到自己"), errors=[{"loc": ["into"], "msg": _("请选择另一件事项")}])
    # Both rows in one order, so that two merging crosswise do not wait for each other.
    list(Matter.objects.select_for_update().filter(pk__in=[matter.pk, into.pk]).order_by("pk").only("pk"))
    into.refresh_from_db(fields=["status", "is_open", "merged_into", "next_due_at", "escalated", "version", "waiting"])
    # Where the result was told already nobody would tell it to the reporter of this one.
    if into.status not in IN_HAND or into.merged_into_id:
        raise Invalid(
            _("目标事项已经答复或结束，不能合并进去"), errors=[{"loc": ["into"], "msg": _("请选择办理中的事项")}]
        )
    own = list(matter.clocks.filter(state__in=RUNS).order_by("id"))
    came_from = matter.status
    merged = for_others("与事项 %(number)s 反映同一问题，已合并办理。", number=into.number)
    matter = advance(
        Move(
            matter, Step.MERGE, by, at, Words(note=note, reply=merged + reply),
            {"merged_into": into, "next_due_at": None}, version=version, tell=merged, data={"into": into.number},
        )
    )  # fmt: skip
    Matter.objects.filter(merged_into=matter).update(merged_into=into)
    Merger.objects.create(
        id=uuid7(at), matter=matter, into=into, came_from=came_from, clocks=[clock.pk for clock in own],
        lent=_lend(own, into, at=at), at=at,
    )  # fmt: skip
    look_again(into)
    return matter


def _lend(own: list[Clock], into: Matter, *, at: datetime) -> list[dict[str, Any]]:
    """Let the earlier deadlines count for `into`; what its clocks were before, to be able to undo it.

    What stood still counts with the time that is left to it.
    """
    theirs = {clock.kind: clock for clock in into.clocks.filter(state__in=RUNS, unit__isnull=True).order_by("id")}
    lent: list[dict[str, Any]] = []
    calendar = reference().calendar
    for clock in own:
        other = theirs.get(clock.kind)
        if clock.unit_id is not None:
            continue
        go_on(clock, at=at)
        if other is None and clock.kind in _CARRIED and into.status in (Status.SUBMITTED, Status.ACCEPTED):
            copy = Clock(
                matter=into, kind=clock.kind, basis=clock.basis, started_at=clock.started_at, due_at=clock.due_at,
                ladder_id=clock.ladder_id, rung=clock.rung, act_at=clock.act_at,
            )  # fmt: skip
            copy.save(force_insert=True)
            lent.append({"id": copy.pk})
        elif other is not None and clock.due_at < other.due_at:
            lent.append(
                {"id": other.pk, "started_at": other.started_at.isoformat(), "due_at": other.due_at.isoformat()}
            )
            other.started_at, other.due_at = min(clock.started_at, other.started_at), clock.due_at
            if not other.rung:
                other.act_at = acts_at(rungs_of(other), climbed=0, since=other.due_at, calendar=calendar)
            other.save(update_fields=["started_at", "due_at", "act_at"])
    return lent


@transaction.atomic
def unmerge(*, matter: Matter, by: Actor, at: datetime, note: str = "", version: int | None = None) -> Matter:
    """It was another trouble after all: the sheet goes on where it was, with the deadlines that it had."""
    check(Move(matter, Step.UNMERGE, by, at, version=version))
    merger = Merger.objects.filter(matter=matter, undone_at__isnull=True).select_related("into").first()
    days = reference().limit(LimitKind.UNMERGE_DAYS, category=matter.category_id, urgency=matter.urgency)
    if merger is None or at > merger.at + timedelta(days=days):
        raise StateConflict(
            _("合并已超过 %(days)s 天，不能撤销，请另报一件事项") % {"days": days}, allowed=[], current=matter.status
        )
    list(Matter.objects.select_for_update().filter(pk__in=[matter.pk, merger.into_id]).order_by("pk").only("pk"))
    return _go_alone(matter, merger, by=by, at=at, note=note.strip(), version=version)


def _go_alone(
    matter: Matter, merger: Merger, *, by: Actor, at: datetime, note: str = "", version: int | None = None
) -> Matter:
    clocks = list(Clock.objects.filter(pk__in=merger.clocks, matter=matter).order_by("id"))
    for clock in clocks:
        go_on(clock, at=merger.at)
        clock.state, clock.stopped_at = ClockState.RUNNING, None
    tell = for_others("您反映的事项 %(number)s 恢复单独办理。", number=matter.number)
    matter = advance(
        Move(
            matter, Step.UNMERGE, by, at, Words(note=note, reply=tell), {"merged_into": None},
            target=Status(merger.came_from), revived=clocks, version=version, tell=tell,
            data={"into": merger.into.number},
        )
    )  # fmt: skip
    end_merger(matter, at=at)
    return matter


def let_go(matter: Matter, *, at: datetime) -> int:
    """Nobody goes on with this sheet: those that were merged into it go on by themselves; returns how many.

    In the caller's transaction. One that was filed away meanwhile stays so; its reporter may have it reopened.
    """
    mergers = Merger.objects.filter(
        undone_at__isnull=True, matter__merged_into=matter, matter__status=Status.MERGED
    ).select_related("matter")
    gone = 0
    for merger in mergers.order_by("-at", "-id"):  # the latest first: what was merged into that one stays with it
        merger.matter.refresh_from_db(fields=["merged_into"])
        if merger.matter.merged_into_id == matter.pk:
            _go_alone(merger.matter, merger, by=SYSTEM, at=at)
            gone += 1
    return gone


def end_merger(matter: Matter, *, at: datetime) -> None:
    """The sheet is on its own again: the other one's clocks are its own too. In the caller's transaction.

    Who was merged into it before it was merged itself follows it again.
    """
    merger = Merger.objects.filter(matter=matter, undone_at__isnull=True).select_related("into").first()
    if merger is not None:
        Merger.objects.filter(pk=merger.pk).update(undone_at=at)
        _give_back(merger, at=at)
        earlier = Merger.objects.filter(into=matter, undone_at__isnull=True).values("matter_id")
        Matter.objects.filter(pk__in=earlier, merged_into=merger.into_id).update(merged_into=matter)


def _give_back(merger: Merger, *, at: datetime) -> None:
    """The other sheet's clocks are its own again, those that still run."""
    into = merger.into
    before = {lent["id"]: lent for lent in merger.lent}
    calendar = reference().calendar
    for clock in Clock.objects.filter(pk__in=list(before), matter=into, state__in=RUNS).order_by("id"):
        lent = before[clock.pk]
        if "due_at" not in lent:
            clock.state, clock.stopped_at = ClockState.STOPPED, at
        else:
            clock.started_at = datetime.fromisoformat(lent["started_at"])
            clock.due_at = datetime.fromisoformat(lent["due_at"])
            if not clock.rung:
                clock.act_at = acts_at(rungs_of(clock), climbed=0, since=clock.due_at, calendar=calendar)
        clock.save(update_fields=["state", "stopped_at", "started_at", "due_at", "act_at"])
    look_again(into)


def tell_joined(matter: Matter, *, step: Step = Step.FEED_BACK, reply: str, by: Actor, at: datetime) -> int:
    """The result, or why it is not taken on, goes to all whose reports were merged into this one, on their own sheets.

    What names the one reporter, or how to reach them, is hidden from the others. Returns how many.
    """
    others = joined_to(matter)
    if others:
        reply = hide_personal(reply).text
    text = (
        for_others("您反映的事项 %(number)s 不予受理，理由可凭查询码查看。")
        if step is Step.REJECT
        else for_others("您反映的事项 %(number)s 已有办理结果，可凭查询码查看。")
    )
    for other in others:
        entry = record(
            verb=f"matter.{step.value}", by=by, at=at, subject_type="matter", subject_id=other.pk,
            place_path=other.path, from_state=other.status, to_state=other.status, of=matter.number,
            reply_digest=digest_of(reply),
        )  # fmt: skip
        Remark.objects.create(
            id=uuid7(at), matter=other, entry_uid=entry.uid, step=step, text=reply, is_public=True, at=at
        )
        if other.contact_index:
            line = text % {"number": other.number}
            queue(channel="sms", to=other.contact_phone.open(), text=line, at=at, template=f"matter.{step.value}")
    return len(others)


def untell_joined(matter: Matter, *, by: Actor, at: datetime) -> None:
    """What `tell_joined` said of a rejection was taken back: for the reporters it did not happen."""
    for other in joined_to(matter):
        said = timeline("matter", other.pk).filter(verb=f"matter.{Step.REJECT.value}").last()
        if said is not None and said.data.get("of") == matter.number:
            record(
                verb=UNDONE, by=by, at=at, subject_type="matter", subject_id=other.pk, place_path=other.path,
                from_state=other.status, to_state=other.status, entries=[str(said.uid)],
            )  # fmt: skip
