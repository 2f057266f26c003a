"""From the result to the archive: verify, feed back, rate, publish, archive, reopen."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.journal.operations import record
from pingzhan.matters.choices import Status, Step
from pingzhan.matters.models import Matter, Notice, Rating
from pingzhan.matters.operations.advance import Move, Words, advance, needed
from pingzhan.matters.rules import REOPEN_WITHIN, SENT_BACK


def verify(
    *, matter: Matter, by: Actor, at: datetime, ok: bool = True, note: str = "", version: int | None = None
) -> Matter:
    """The receiver has looked: done indeed, or sent back to the unit in charge."""
    if ok:
        return advance(
            Move(
                matter,
                Step.VERIFY,
                by,
                at,
                Words(note=note.strip()),
                {"verified_at": at},
                version=version,
                data={"ok": True},
            )
        )
    note = needed(note, "note", _("请写明哪里还没有办好"))
    return advance(
        Move(
            matter, Step.VERIFY, by, at, Words(note=note), {"completed_at": None, "verified_at": None},
            clocks=SENT_BACK, target=Status.IN_PROGRESS, version=version, data={"ok": False},
        )
    )  # fmt: skip


def feed_back(*, matter: Matter, by: Actor, at: datetime, reply: str, version: int | None = None) -> Matter:
    """Tell the reporter the result, in words meant for them."""
    reply = needed(reply, "reply", _("请写下给居民的答复"))
    tell = _("您反映的事项 %(number)s 已有办理结果，可凭查询码查看并评价。") % {"number": matter.number}
    return advance(Move(matter, Step.FEED_BACK, by, at, Words(reply=reply), version=version, tell=tell))


@transaction.atomic
def rate(
    *, matter: Matter, by: Actor, at: datetime, stars: int, comment: str = "", version: int | None = None
) -> Matter:
    """What the reporter says of the handling, 1 to 5 stars; staff may note it when told by phone or at the door."""
    if not 1 <= stars <= 5:
        raise Invalid(_("请选择 1 至 5 星"), errors=[{"loc": ["stars"], "msg": _("请选择 1 至 5 星")}])
    comment = comment.strip()
    if len(comment) > 500:
        raise Invalid(_("评价最多 500 字"), errors=[{"loc": ["comment"], "msg": _("评价最多 500 字")}])
    matter = advance(Move(matter, Step.RATE, by, at, version=version, data={"stars": stars}))
    _keep_rating(matter, stars=stars, comment=comment, at=at)
    return matter


@transaction.atomic
def lapse_rating(*, matter: Matter, at: datetime) -> Matter:
    """The time to rate is over: the loop goes on, and no satisfaction is made up."""
    matter = advance(Move(matter, Step.RATE, SYSTEM, at, data={"lapsed": True}))
    _keep_rating(matter, stars=None, comment="", at=at)
    return matter


def _keep_rating(matter: Matter, *, stars: int | None, comment: str, at: datetime) -> None:
    try:
        with transaction.atomic():
            Rating.objects.create(matter=matter, round=matter.reopens, stars=stars, comment=comment, at=at)
    except IntegrityError as error:
        raise StateConflict(_("这件事项已经评价过了"), allowed=[Status.FED_BACK], current=matter.status) from error


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


def archive(*, matter: Matter, by: Actor, at: datetime, reason: str = "", version: int | None = None) -> Matter:
    """The last step: the number is closed. Without a notice the reason for not publishing is kept."""
    if matter.status == Status.RATED:
        reason = needed(reason, "reason", _("未公示即归档，请写明不公示的理由"))
    return advance(Move(matter, Step.ARCHIVE, by, at, Words(note=reason.strip()), version=version))


@transaction.atomic
def reopen(*, matter: Matter, by: Actor, at: datetime, reason: str, version: int | None = None) -> Matter:
    """Not settled after all: back to dispatching, with new clocks. A notice is taken down meanwhile."""
    reason = needed(reason, "reason", _("请写明哪里没有解决"))
    if matter.completed_at is not None and at > matter.completed_at + REOPEN_WITHIN:
        raise StateConflict(_("办结已超过 90 天，请重新上报一件事项"), allowed=[], current=matter.status)
    matter = advance(
        Move(
            matter, Step.REOPEN, by, at, Words(reply=reason),
            {"reopens": F("reopens") + 1, "handler": None, "completed_at": None, "verified_at": None},
            version=version,
        )
    )  # fmt: skip
    matter.refresh_from_db(fields=["reopens"])
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
