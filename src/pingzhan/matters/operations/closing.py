"""From the result to the archive: verify, feed back, rate, publish, archive, reopen."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.core.wording import for_others
from pingzhan.journal.operations import digest_of, record
from pingzhan.matters.choices import CallResult, Status, Step
from pingzhan.matters.models import CallBack, Matter, Notice, Question, Rating, RatingReason
from pingzhan.matters.operations.advance import Move, Words, advance, needed
from pingzhan.matters.operations.merging import end_merger, tell_joined
from pingzhan.matters.operations.referring import confirm, unconfirm
from pingzhan.matters.operations.telling import Line, tell_units
from pingzhan.matters.queries.levels import awaited_after, open_parts
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.talking import CLOSED_FOR_CALL
from pingzhan.matters.rules import REOPEN_WITHIN, SENT_BACK
from pingzhan.matters.workflow import CLOSED, TABLE

MOST_REASONS = 8
REOPENED_FROM = TABLE[Step.REOPEN].sources


@transaction.atomic
def verify(
    *, matter: Matter, by: Actor, at: datetime, ok: bool = True, note: str = "", version: int | None = None
) -> Matter:
    """Somebody has looked: done indeed, or sent back to the unit in charge.

    What was referred up comes back down so: each level that it passed confirms the result, the receiver as the last.
    """
    if not ok:
        note = needed(note, "note", _("请写明哪里还没有办好"))
        matter = advance(
            Move(
                matter, Step.VERIFY, by, at, Words(note=note), {"completed_at": None, "verified_at": None},
                clocks=SENT_BACK, target=Status.IN_PROGRESS, version=version, data={"ok": False},
            )
        )  # fmt: skip
        unconfirm(matter)
        return matter
    level = matter.awaits_id
    following = awaited_after(matter, level=level)
    changes: dict[str, Any] = {"awaits_id": following} if level else {"verified_at": at}
    unit = reference().units.get(level) if level else None
    matter = advance(
        Move(
            matter, Step.VERIFY, by, at, Words(note=note.strip()), changes, version=version,
            data={"ok": True} | ({"level": unit.code} if unit else {}),
        )
    )  # fmt: skip
    confirm(matter, unit_id=level or matter.receiver_id, by=by, at=at)
    if level:
        line = for_others("事项 %(number)s 的结果已由上级确认，请接着确认。", number=matter.number)
        tell_units(
            {following or matter.receiver_id: Line(line, matter.path)},
            at=at,
            template="matter.verify",
            cause=by.user_id,
        )
    return matter


@transaction.atomic
def feed_back(*, matter: Matter, by: Actor, at: datetime, reply: str, version: int | None = None) -> Matter:
    """Tell the reporter the result, in words meant for them; and all whose reports were merged into this one."""
    reply = needed(reply, "reply", _("请写下给居民的答复"))
    tell = for_others("您反映的事项 %(number)s 已有办理结果，可凭查询码查看并评价。", number=matter.number)
    if matter.status == Status.COMPLETED and matter.awaits_id is not None:
        unit = reference().units.get(matter.awaits_id)
        raise StateConflict(
            _("结果还没有逐级确认，等待%(unit)s确认后才能答复居民。") % {"unit": unit.name if unit else ""},
            allowed=[Status.COMPLETED],
            current=matter.status,
        )
    matter = advance(Move(matter, Step.FEED_BACK, by, at, Words(reply=reply), version=version, tell=tell))
    confirm(matter, unit_id=None, by=by, at=at)
    tell_joined(matter, reply=reply, by=by, at=at)
    return matter


@transaction.atomic
def rate(
    *,
    matter: Matter,
    by: Actor,
    at: datetime,
    stars: int,
    comment: str = "",
    reasons: Sequence[str] = (),
    version: int | None = None,
) -> Matter:
    """What the reporter says of the handling, 1 to 5 stars, with `reasons` (codes of the catalogue) if they like.

    Staff may note it when told by phone or at the door.
    """
    if not 1 <= stars <= 5:
        raise Invalid(_("请选择 1 至 5 星"), errors=[{"loc": ["stars"], "msg": _("请选择 1 至 5 星")}])
    comment = comment.strip()
    if len(comment) > 500:
        raise Invalid(_("评价最多 500 字"), errors=[{"loc": ["comment"], "msg": _("评价最多 500 字")}])
    chosen = sorted(set(reasons))[:MOST_REASONS]
    if chosen and RatingReason.objects.filter(code__in=chosen, until__isnull=True).count() != len(chosen):
        raise Invalid(_("没有这个评价理由"), errors=[{"loc": ["reasons"], "msg": _("请从列出的理由里选择")}])
    data: dict[str, object] = {"stars": stars} | ({"reasons": chosen} if chosen else {})
    matter = advance(Move(matter, Step.RATE, by, at, version=version, data=data))
    _keep_rating(matter, stars=stars, comment=comment, reasons=chosen, at=at)
    return matter


@transaction.atomic
def lapse_rating(*, matter: Matter, at: datetime) -> Matter:
    """The time to rate is over: the loop goes on, and no satisfaction is made up."""
    matter = advance(Move(matter, Step.RATE, SYSTEM, at, data={"lapsed": True}))
    _keep_rating(matter, stars=None, comment="", at=at)
    return matter


def _keep_rating(matter: Matter, *, stars: int | None, comment: str, at: datetime, reasons: Sequence[str] = ()) -> None:
    try:
        with transaction.atomic():
            Rating.objects.create(
                matter=matter, round=matter.reopens, stars=stars, comment=comment, reasons=list(reasons), at=at
            )
    except IntegrityError as error:
        raise StateConflict(_("这件事项已经评价过了"), allowed=[Status.FED_BACK], current=matter.status) from error


@transaction.atomic
def reply_to_rating(*, matter: Matter, by: Actor, at: datetime, reply: str) -> Rating:
    """Answer what the reporter said of the handling, once; they read it where they gave the rating."""
    require(by, Permission.MATTER_VERIFY, matter.path)
    reply = needed(reply, "reply", _("请写下给居民的回复"))
    if len(reply) > 500:
        raise Invalid(_("回复最多 500 字"), errors=[{"loc": ["reply"], "msg": _("回复最多 500 字")}])
    rating = Rating.objects.filter(matter=matter, stars__isnull=False).order_by("-round").first()
    if rating is None:
        raise StateConflict(_("居民还没有评价，不能回复"), allowed=[Status.RATED], current=matter.status)
    if not Rating.objects.filter(pk=rating.pk, replied_at__isnull=True).update(reply=reply, replied_at=at):
        raise StateConflict(_("这次评价已经回复过了"), allowed=[], current=matter.status)
    record(
        verb="matter.reply_rating", by=by, at=at, subject_type="matter", subject_id=matter.pk, place_path=matter.path,
        said_digest=digest_of(reply),
    )  # fmt: skip
    rating.reply, rating.replied_at = reply, at
    return rating


@transaction.atomic
def call_back(
    *, matter: Matter, by: Actor, at: datetime, result: str, note: str = "", reopens: bool = False
) -> CallBack:
    """Note a call after closing (回访). With `reopens` an unsettled matter is reopened, by its own step."""
    require(by, Permission.MATTER_VERIFY, matter.path)
    if result not in CallResult.values:
        raise Invalid(_("请选择回访结果"), errors=[{"loc": ["result"], "msg": _("请选择回访结果")}])
    if matter.status not in CLOSED_FOR_CALL:
        raise StateConflict(
            _("只有已反馈的事项可以回访"), allowed=[str(one) for one in CLOSED_FOR_CALL], current=matter.status
        )
    note = note.strip()
    if len(note) > 500:
        raise Invalid(_("备注最多 500 字"), errors=[{"loc": ["note"], "msg": _("备注最多 500 字")}])
    if result == CallResult.UNSETTLED:
        note = needed(note, "note", _("请写明居民说哪里没有解决"))
    call = CallBack.objects.create(
        id=uuid7(at), matter=matter, round=matter.reopens, result=result, note=note, at=at, by_id=by.user_id
    )
    record(
        verb="matter.call_back", by=by, at=at, subject_type="matter", subject_id=matter.pk, place_path=matter.path,
        result=result, said_digest=digest_of(note),
    )  # fmt: skip
    if reopens and result == CallResult.UNSETTLED:
        reopen(matter=matter, by=by, at=at, reason=note)
    return call


@transaction.atomic
def publish(
    *, matter: Matter, by: Actor, at: datetime, title: str, text: str, result: str, version: int | None = None
) -> Matter:
    """Publish the notice in the words that a person has read and approved."""
    if by.user_id is None:
        raise NotAllowed(_("公示须由登录的工作人员审定"))
    title = needed(title, "title", _("请填写公示标题"))[:80]
    text = needed(text, "text", _("请填写反映内容"))
    result = needed(result, "result", _("请填写办理结果"))
    matter = advance(Move(matter, Step.PUBLISH, by, at, version=version))
    Notice.objects.update_or_create(
        matter=matter,
        defaults={
            "path": matter.path,
            "category_id": matter.category_id,
            "title": title,
            "text": text,
            "result": result,
            "approved_by_id": by.user_id,
            "approved_at": at,
            "until": None,
        },
    )
    return matter


@transaction.atomic
def archive(*, matter: Matter, by: Actor, at: datetime, reason: str = "", version: int | None = None) -> Matter:
    """The last step: the number is closed. Without a notice the reason for not publishing is kept."""
    if open_parts(matter):
        raise StateConflict(
            _("拆分出的事项还没有办好，不能归档"), allowed=[Status.RATED, Status.PUBLISHED], current=matter.status
        )
    if matter.status == Status.RATED:
        reason = needed(reason, "reason", _("未公示即归档，请写明不公示的理由"))
    return advance(Move(matter, Step.ARCHIVE, by, at, Words(note=reason.strip()), version=version))


@transaction.atomic
def reopen(*, matter: Matter, by: Actor, at: datetime, reason: str, version: int | None = None) -> Matter:
    """Not settled after all: back to dispatching, with new clocks. A notice is taken down meanwhile.

    The unit that handled it is proposed again, and told together with the one that dispatches.
    """
    reason = needed(reason, "reason", _("请写明哪里没有解决"))
    # What was never finished ended when it came to where it is: rejected, or filed away.
    if matter.status in REOPENED_FROM and at > (matter.completed_at or matter.status_at) + REOPEN_WITHIN:
        raise StateConflict(_("办结已超过 90 天，请重新上报一件事项"), allowed=[], current=matter.status)
    handler = matter.handler_id
    matter = advance(
        Move(
            matter, Step.REOPEN, by, at, Words(reply=reason),
            {
                "reopens": F("reopens") + 1, "handler": None, "completed_at": None, "verified_at": None, "asked": False,
                "returns": 0, "binding": False,
            }
            | ({"suggested_id": handler} if handler else {})
            | ({"merged_into": None} if matter.merged_into_id else {})  # filed away as merged: on its own again
            | ({"supervised": False} if matter.status in CLOSED else {}),  # what was demanded ended with it
            version=version,
        )
    )  # fmt: skip
    matter.refresh_from_db(fields=["reopens"])
    end_merger(matter, at=at)
    Question.objects.filter(matter=matter, closed_at__isnull=True).update(closed_at=at)
    line = for_others("事项 %(number)s 居民要求重新办理：%(reason)s", number=matter.number, reason=reason[:60])
    units = {unit: Line(line, matter.path) for unit in (matter.receiver_id, handler) if unit}
    tell_units(units, at=at, template="matter.reopen", cause=by.user_id)
    Notice.objects.filter(matter=matter, until__isnull=True).update(until=at)
    return matter


@transaction.atomic
def take_down(*, notice: Notice, by: Actor, at: datetime, reason: str) -> Notice:
    """Take a notice off the public page (a name overlooked, an objection)."""
    require(by, Permission.MATTER_PUBLISH, notice.path)
    reason = needed(reason, "reason", _("请写明撤下的理由"))
    if Notice.objects.filter(pk=notice.pk, until__isnull=True).update(until=at):
        record(
            verb="matter.take_down", by=by, at=at, subject_type="matter", subject_id=notice.matter_id,
            place_path=notice.path,
        )  # fmt: skip
        notice.until = at
    return notice
