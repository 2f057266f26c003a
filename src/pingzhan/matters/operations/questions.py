"""Asking the resident on the way: the clock stands still until the answer, or until the time to answer is over."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import Invalid
from pingzhan.core.ids import uuid7
from pingzhan.core.wording import for_others
from pingzhan.matters.choices import LimitKind, PauseCause, Step
from pingzhan.matters.models import Matter, Question
from pingzhan.matters.operations.advance import Move, Words, advance, needed
from pingzhan.matters.operations.pausing import STANDS, begin_pause, day_of, most_until
from pingzhan.matters.operations.telling import Line, tell_units
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.rules import ClockChange

GOES_ON = ClockChange(goes_on=True)
MOST_DAYS = 15


@transaction.atomic
def ask(*, matter: Matter, by: Actor, at: datetime, text: str, days: int = 0, version: int | None = None) -> Matter:
    """Ask who reported it for what is missing, with `days` to answer (0: what the installation sets).

    By who was asked first, until a unit is in charge; then by that unit. The finish clock and that of the step stand
    still meanwhile, within the cap of all pauses; when that is used up the question is put all the same. An
    anonymous reporter reads and answers it with the query code.
    """
    text = needed(text, "text", _("请写明需要居民补充什么"))
    if not 0 <= days <= MOST_DAYS:
        message = _("等待居民补充最多 %(most)s 天") % {"most": MOST_DAYS}
        raise Invalid(message, errors=[{"loc": ["days"], "msg": message}])
    if matter.waiting:
        raise Invalid(_("计时已经暂停，请先恢复办理"), errors=[{"loc": ["text"], "msg": _("请先恢复办理")}])
    days = days or reference().limit(LimitKind.ASK_DAYS, category=matter.category_id, urgency=matter.urgency)
    until = min(at + timedelta(days=days), most_until(matter, at=at))
    stands = until > at + timedelta(minutes=1)
    tell = for_others(
        "办理事项 %(number)s 需要您补充情况，请于 %(until)s 前凭查询码查看并回答。",
        number=matter.number,
        until=day_of(until if stands else at + timedelta(days=days)),
    )
    changes: dict[str, object] = {"asked": True}
    if stands:
        changes["waiting"] = True
    matter = advance(
        Move(
            matter, Step.ASK, by, at, Words(reply=text), changes, clocks=STANDS if stands else None,
            until=until if stands else None, version=version, tell=tell, data={"until": until.isoformat()},
        )
    )  # fmt: skip
    if stands:
        begin_pause(matter=matter, cause=PauseCause.ASKED, until=until, at=at, approved=True)
    Question.objects.filter(matter=matter, closed_at__isnull=True).update(closed_at=at)
    Question.objects.create(
        id=uuid7(at), matter=matter, text=text, asked_at=at, until=until if stands else at + timedelta(days=days)
    )
    return matter


@transaction.atomic
def answer(*, matter: Matter, by: Actor, at: datetime, text: str, version: int | None = None) -> Matter:
    """The reporter's answer, or who has the matter noting what they were told by phone; the clock runs on.

    Also late, and also after a later step, as long as the matter is on its way: it still helps.
    """
    text = needed(text, "text", _("请写下您的补充"))
    matter = advance(
        Move(matter, Step.ANSWER, by, at, Words(reply=text), {"asked": False}, clocks=GOES_ON, version=version)
    )
    Question.objects.filter(matter=matter, closed_at__isnull=True).update(answer=text, answered_at=at, closed_at=at)
    line = for_others("事项 %(number)s 的居民已补充情况，请继续办理。", number=matter.number)
    has_it = matter.handler_id or matter.awaits_id or matter.receiver_id
    tell_units({has_it: Line(line, matter.path)}, at=at, template="matter.answer", cause=by.user_id)
    return matter
