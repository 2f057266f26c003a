"""The one way in which a matter takes a step: right, state, clocks, words, journal, message; all or nothing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import Invalid, NotAllowed, Stale, StateConflict
from pingzhan.core.outbox import queue
from pingzhan.journal.operations import digest_of, record
from pingzhan.matters.choices import ClockKind, ClockState, Status, Step
from pingzhan.matters.models import Attachment, Clock, Matter, Remark
from pingzhan.matters.operations.pictures import StoredPicture
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.rights import has_right, is_reporter
from pingzhan.matters.rules import CLOCKS, ClockChange, allowance, allowed_sources, due_at
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
    target: Status | None = None  # only where it differs from the table
    version: int | None = None  # what the caller last saw, if they said so
    pictures: tuple[StoredPicture, ...] = ()
    tell: str = ""  # a line to the reporter's phone, if there is one
    data: dict[str, Any] = field(default_factory=dict)


def check(move: Move) -> None:
    """Raise what stands in the way: NotAllowed, StateConflict, Stale or Invalid."""
    row = TABLE[move.step]
    matter = move.matter
    if not has_right(move.by, move.step, matter):
        raise NotAllowed(_("您没有对这件事项进行“%(step)s”的权限。") % {"step": move.step.label})
    if matter.status not in row.sources:
        raise conflict(matter, move.step)
    if move.version is not None and move.version != matter.version:
        raise Stale(_("这件事项刚刚被他人更新，请刷新后再操作；您填写的内容没有提交。"))
    for text in (move.words.note, move.words.reply):
        if len(text) > MOST_WORDS:
            raise Invalid(_("文字过长，最多 %(most)s 字") % {"most": MOST_WORDS})


def conflict(matter: Matter, step: Step) -> StateConflict:
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
    after = move.target or TABLE[move.step].target or Status(before)
    change = move.clocks or CLOCKS.get(move.step, ClockChange())
    with transaction.atomic():
        running = list(matter.clocks.filter(state__in=[ClockState.RUNNING, ClockState.PAUSED]).order_by("id"))
        ending, starting = plan_clocks(matter, running, change, at=at, changes=move.changes)
        changes: dict[str, Any] = dict(move.changes)
        if ending or starting:
            left = [clock.due_at for clock in running if clock not in ending and clock.state == ClockState.RUNNING]
            changes["next_due_at"] = min(left + [clock.due_at for clock in starting], default=None)
        if after != before:
            changes |= {"status": after, "status_at": at, "is_open": after not in CLOSED}
        _claim(move, changes)
        _write_clocks(ending, starting, at=at)
        said: dict[str, Any] = _digests(move.words) | move.data
        entry = record(
            verb=f"matter.{move.step.value}", by=recorded(move.by, matter), at=at, subject_type="matter",
            subject_id=matter.pk, place_path=matter.path, from_state=before, to_state=after, **said,
        )  # fmt: skip
        _write_words(move, entry.uid)
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
    if changes.get("status") or move.version is not None:
        claimed = claimed.filter(version=matter.version)
    if not claimed.update(**changes, version=F("version") + 1):
        matter.refresh_from_db()
        if matter.status not in TABLE[move.step].sources:
            raise conflict(matter, move.step)
        raise Stale(_("这件事项刚刚被他人更新，请刷新后再操作；您填写的内容没有提交。"))
    for name, value in changes.items():
        setattr(matter, name, value)
    matter.version += 1


def plan_clocks(
    matter: Matter, running: list[Clock], change: ClockChange, *, at: datetime, changes: dict[str, Any]
) -> tuple[list[Clock], list[Clock]]:
    """Which running clocks end and which new ones start; a clock that runs already is never set back."""
    ending = [clock for clock in running if change.stops_all or clock.kind in change.stops]
    kept = {clock.kind for clock in running if clock not in ending}
    category = changes.get("category_id") or getattr(changes.get("category"), "code", None) or matter.category_id
    starting = [
        clock
        for kind in sorted(change.starts)
        if kind not in kept
        for clock in [new_clock(matter, kind, category=category, urgency=changes.get("urgency", matter.urgency), at=at)]
        if clock is not None
    ]
    return ending, starting


def new_clock(matter: Matter, kind: ClockKind, *, category: str, urgency: str, at: datetime) -> Clock | None:
    """A clock of `kind` from `at` by the rules; None where no rule sets one."""
    known = reference()
    group = known.categories[category].parent_id or "" if category in known.categories else ""
    allowed = allowance(known.allowances, kind=kind, category=category, group=group, urgency=urgency)
    if allowed is None:
        return None
    return Clock(
        matter=matter,
        kind=kind,
        basis=allowed.basis,
        started_at=at,
        due_at=due_at(allowed, start=at, calendar=known.calendar),
    )


def _write_clocks(ending: list[Clock], starting: list[Clock], *, at: datetime) -> None:
    met = [clock.pk for clock in ending if clock.due_at >= at]
    late = [clock.pk for clock in ending if clock.due_at < at]
    for ids, state in ((met, ClockState.MET), (late, ClockState.LATE)):
        if ids:
            Clock.objects.filter(pk__in=ids).update(state=state, stopped_at=at)
    if starting:
        Clock.objects.bulk_create(starting)


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
