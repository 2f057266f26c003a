"""Pressing on: urge, supervise, answer, release."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import Invalid, TooMany
from pingzhan.core.ids import uuid7
from pingzhan.core.outbox import queue_many
from pingzhan.core.wording import for_others
from pingzhan.journal.queries import last_at
from pingzhan.matters.choices import ClockKind, LimitKind, Step
from pingzhan.matters.models import Matter, Supervision
from pingzhan.matters.operations.advance import Move, Words, advance, needed
from pingzhan.matters.operations.clocks import new_clock
from pingzhan.matters.operations.telling import Line, tell_units
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.rights import is_reporter
from pingzhan.matters.rules import URGE_EVERY


@transaction.atomic
def urge(*, matter: Matter, by: Actor, at: datetime, note: str = "", version: int | None = None) -> Matter:
    """Ask for haste; the reporter once a day."""
    words = Words(note=note.strip())
    if is_reporter(by, matter):
        last = last_at(subject_type="matter", subject_id=matter.pk, verb="matter.urge")
        if last is not None and at < last + URGE_EVERY:
            wait = int((last + URGE_EVERY - at).total_seconds())
            raise TooMany(_("今天已经催办过了，承办单位已收到，请明天再看。"), retry_after=max(1, wait))
        words = Words(reply=note.strip())
    matter = advance(Move(matter, Step.URGE, by, at, words, version=version))
    line = for_others("事项 %(number)s 有人催办，请抓紧。", number=matter.number)
    tell_units({asked_of(matter): Line(line, matter.path)}, at=at, template="matter.urge", cause=by.user_id)
    return matter


def asked_of(matter: Matter) -> UUID:
    """Who is asked when a matter is pressed on: whose decision it waits for, who handles it, or who was asked first."""
    return matter.awaits_id or matter.handler_id or matter.receiver_id


@transaction.atomic
def supervise(
    *, matter: Matter, by: Actor, at: datetime, note: str, due: datetime | None = None, version: int | None = None
) -> Matter:
    """Put the matter under supervision: what is demanded, to be answered until `due`; a newer demand takes its place.

    Without `due` as many working days as the installation sets. It is marked until it is released or closed.
    """
    note = needed(note, "note", _("请写明督办要求"))
    known = reference()
    if due is None:
        days = known.limit(LimitKind.SUPERVISION_DAYS, category=matter.category_id, urgency=matter.urgency)
        due = known.calendar.working_days_later(at, days)
    if due <= at:
        message = _("督办期限须晚于现在")
        raise Invalid(message, errors=[{"loc": ["due"], "msg": message}])
    unit = asked_of(matter)
    clock = new_clock(
        matter, ClockKind.SUPERVISION, category=matter.category_id, urgency=matter.urgency, at=at, due=due
    )
    matter = advance(
        Move(
            matter, Step.SUPERVISE, by, at, Words(note=note), {"supervised": True}, version=version,
            extra=[clock] if clock else [], data={"due": due.isoformat(), "asks": known.units[unit].code}
            if unit in known.units else {"due": due.isoformat()},
        )
    )  # fmt: skip
    Supervision.objects.filter(matter=matter, released_at__isnull=True).update(released_at=at)
    Supervision.objects.create(
        id=uuid7(at), matter=matter, path=matter.path, unit_id=unit, requirement=note, due_at=due, ordered_at=at,
        ordered_by=by.user_id,
    )  # fmt: skip
    line = for_others("事项 %(number)s 列入督办，请在期限前回复。", number=matter.number)
    tell_units({unit: Line(line, matter.path)}, at=at, template="matter.supervise", cause=by.user_id)
    return matter


@transaction.atomic
def report_back(*, matter: Matter, by: Actor, at: datetime, reply: str, version: int | None = None) -> Matter:
    """Answer a supervised case: what was done about the demand. Whoever demanded it is told, and releases it."""
    reply = needed(reply, "reply", _("请写下对督办要求的回复"))
    matter = advance(Move(matter, Step.REPORT_BACK, by, at, Words(note=reply), version=version))
    open_one = Supervision.objects.filter(matter=matter, released_at__isnull=True).first()
    if open_one is not None:
        open_one.answer, open_one.answered_at = reply, at
        open_one.save(update_fields=["answer", "answered_at"])
        if open_one.ordered_by and open_one.ordered_by != by.user_id:
            line = for_others("督办事项 %(number)s 已有回复，请查看并决定是否解除。", number=matter.number)
            queue_many([(open_one.ordered_by, line)], at=at, template="matter.report_back")
    return matter


@transaction.atomic
def release(*, matter: Matter, by: Actor, at: datetime, note: str = "", version: int | None = None) -> Matter:
    """The demand is met, or given up: no longer under supervision."""
    matter = advance(
        Move(matter, Step.RELEASE, by, at, Words(note=note.strip()), {"supervised": False}, version=version)
    )
    Supervision.objects.filter(matter=matter, released_at__isnull=True).update(released_at=at)
    return matter
