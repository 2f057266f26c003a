"""The one way in which a matter takes a step: right, state, clocks, words, journal, message; all or nothing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import Invalid, NotAllowed, Stale, StateConflict
from pingzhan.core.outbox import queue
from pingzhan.journal.operations import digest_of, record
from pingzhan.matters.choices import Status, Step
from pingzhan.matters.models import Attachment, Clock, Matter, Remark, Supervision
from pingzhan.matters.operations.clocks import RUNS, next_due, open_pauses, plan_clocks, write_clocks
from pingzhan.matters.operations.pictures import StoredPicture
from pingzhan.matters.operations.taking_ends import end_takings
from pingzhan.matters.queries.rights import has_right, is_open_to, is_reporter
from pingzhan.matters.rules import CLOCKS, ClockChange, allowed_sources
from pingzhan.matters.workflow import CLOSED, TABLE

MOST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Words:
    """What is said with a step: `note` among staff, `reply` also to the reporter."""

    note: str = ""
    reply: str = ""


@dataclass(slots=True)
class Move:
    """One step about to be taken."""

    matter: Matter
    step: Step
    by: Actor
    at: datetime
    words: Words = field(default_factory=Words)
    changes: dict[str, Any] = field(default_factory=dict)
    clocks: ClockChange | None = None
    extra: list[Clock] = field(default_factory=list)  # clocks that start beside those of the table
    revived: list[Clock] = field(default_factory=list)  # clocks that had ended and run again
    target: Status | None = None  # only where it differs from the table
    until: datetime | None = None  # of a pause that begins with this step
    resumed_at: datetime | None = None  # until when a pause counts, where that is not `at`
    version: int | None = None  # what the caller last saw, if they said so
    pictures: tuple[StoredPicture, ...] = ()
    tell: str = ""  # a line to the reporter's phone, if there is one
    data: dict[str, Any] = field(default_factory=dict)
    entry: UUID | None = None  # of the journal, once the step is taken


def check(move: Move) -> None:
    """Raise what stands in the way: NotAllowed, StateConflict, Stale or Invalid."""
    matter = move.matter
    if not has_right(move.by, move.step, matter):
        raise NotAllowed(_("您没有对这件事项进行“%(step)s”的权限。") % {"step": move.step.label})
    if not is_open_to(move.step, matter):
        raise conflict(matter, move.step)
    if move.version is not None and move.version != matter.version:
        raise Stale(_("这件事项刚刚被他人更新，请刷新后再操作；您填写的内容没有提交。"))
    for text in (move.words.note, move.words.reply):
        if len(text) > MOST_WORDS:
            raise Invalid(_("文字过长，最多 %(most)s 字") % {"most": MOST_WORDS})


def conflict(matter: Matter, step: Step) -> StateConflict:
    row = TABLE[step]
    if matter.status in row.sources and row.unless and getattr(matter, row.unless):
        why = {
            "binding": _("上级已裁定由您的单位承办，不能再退回；超出职权的请上呈。"),
            "supervised": _("督办中的事项不能并入另一件：请把另一件并入它，或先解除督办。"),
        }[row.unless]
        return StateConflict(why, allowed=allowed_sources(step), current=matter.status)
    return StateConflict(
        _("这件事项现在是“%(status)s”，不能“%(step)s”；可能刚刚由他人处理过，请刷新查看。")
        % {"status": Status(matter.status).label, "step": step.label},
        allowed=allowed_sources(step),
        current=matter.status,
    )


def advance(move: Move) -> Matter:
    """Take the step. Of two at once the database lets one through; the other gets StateConflict or Stale."""
    check(move)
    matter, at = move.matter, move.at
    before = matter.status
    after = move.target or TABLE[move.step].in_state(before).target or Status(before)
    change = move.clocks or CLOCKS.get(move.step, ClockChange())
    with transaction.atomic():
        running = list(matter.clocks.filter(state__in=RUNS).order_by("id"))
        resumed_at = move.resumed_at or _pause_over(matter, change, at=at)
        plan = plan_clocks(matter, running, change, at=at, changes=move.changes, resumed_at=resumed_at)
        plan.starting += move.extra
        plan.changed += move.revived
        plan.left += move.revived
        changes: dict[str, Any] = dict(move.changes)
        if plan.pause_ends:
            changes["waiting"] = False
        if not plan.is_empty:
            until = None if plan.pause_ends else move.until or _pause_until(matter, change)
            changes["next_due_at"] = next_due(plan, pause_until=until)
            # Also one that runs again may have climbed before.
            if (rung := max((clock.rung for clock in plan.left), default=0)) != matter.escalated:
                changes["escalated"] = rung
        if matter.awaits_id is not None and after != before:
            changes.setdefault("awaits_id", None)
        if after != before:
            changes |= {"status": after, "status_at": at, "is_open": after not in CLOSED}
        unit_before = matter.handler_id
        _claim(move, changes)
        end_takings(matter, before=before, unit_before=unit_before, at=at)
        write_clocks(matter, plan, at=at)
        said: dict[str, Any] = _digests(move.words) | move.data
        entry = record(
            verb=f"matter.{move.step.value}", by=recorded(move.by, matter), at=at, subject_type="matter",
            subject_id=matter.pk, place_path=matter.path, from_state=before, to_state=after, **said,
        )  # fmt: skip
        move.entry = entry.uid
        _write_words(move, entry.uid)
        if matter.supervised and after in CLOSED:
            Supervision.objects.filter(matter=matter, released_at__isnull=True).update(released_at=at)
        if move.tell and matter.contact_index:
            queue(channel="sms", to=matter.contact_phone.open(), text=move.tell, at=at, template=f"matter.{move.step}")
    return matter


def recorded(by: Actor, matter: Matter) -> Actor:
    """Who the journal says it was: staff by name, the reporter without."""
    return by.as_resident() if is_reporter(by, matter) else by


def _claim(move: Move, changes: dict[str, Any]) -> None:
    """Write the matter's row if it is still as it was read; the row's lock settles who was first."""
    matter = move.matter
    claimed = Matter.objects.filter(pk=matter.pk, status=matter.status)
    if changes.get("status") or "awaits_id" in changes or move.version is not None:
        claimed = claimed.filter(version=matter.version)
    if not claimed.update(**changes, version=F("version") + 1):
        matter.refresh_from_db()
        if not is_open_to(move.step, matter):
            raise conflict(matter, move.step)
        raise Stale(_("这件事项刚刚被他人更新，请刷新后再操作；您填写的内容没有提交。"))
    for name, value in changes.items():
        setattr(matter, name, value)
    matter.version += 1


def _pause_until(matter: Matter, change: ClockChange) -> datetime | None:
    """Until when the matter's pause lasts, as long as there is one."""
    if not matter.waiting or change.stops_all:
        return None
    pause = open_pauses(matter).first()
    return pause.until if pause and pause.decided_at else None


def _pause_over(matter: Matter, change: ClockChange, *, at: datetime) -> datetime | None:
    """Until when the pause counts that this step ends: not beyond its agreed end, whoever notices that first."""
    if not matter.waiting or not change.goes_on:
        return None
    pause = open_pauses(matter).first()
    return min(at, pause.until) if pause else None


def _digests(words: Words) -> dict[str, str]:
    """The journal holds no words, only what proves that they were not changed."""
    found = {"note": words.note, "reply": words.reply}
    return {f"{name}_digest": digest_of(text) for name, text in found.items() if text}


def _write_words(move: Move, entry_uid: Any) -> None:
    rows = [
        Remark(matter=move.matter, entry_uid=entry_uid, step=move.step, text=text, is_public=public, at=move.at)
        for text, public in ((move.words.note, False), (move.words.reply, True))
        if text
    ]
    if rows:
        Remark.objects.bulk_create(rows)
    if move.pictures:
        Attachment.objects.bulk_create(
            [picture.attach(matter=move.matter, step=move.step, at=move.at) for picture in move.pictures]
        )


def needed(text: str, field_name: str, message: str) -> str:
    """`text` stripped; raises Invalid naming the field when there is none."""
    text = text.strip()
    if not text:
        raise Invalid(message, errors=[{"loc": [field_name], "msg": message}])
    return text


def worded(text: str, field_name: str, message: str) -> str:
    """The same, of at most MOST_WORDS characters."""
    text = needed(text, field_name, message)
    if len(text) > MOST_WORDS:
        most = _("文字过长，最多 %(most)s 字") % {"most": MOST_WORDS}
        raise Invalid(most, errors=[{"loc": [field_name], "msg": most}])
    return text
