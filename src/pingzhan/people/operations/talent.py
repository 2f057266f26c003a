"""Asking people of the talent pool, and their answers."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.core.outbox import queue
from pingzhan.core.wording import for_others
from pingzhan.journal.operations import digest_of, record
from pingzhan.people.choices import AskState, CheckInKind, Slot
from pingzhan.people.models import CheckIn, Skill, TalentAsk, TalentRequest
from pingzhan.people.queries.talent import ASKABLE

if TYPE_CHECKING:
    from pingzhan.places.models import Place

MOST_ASKED = 50
LONGEST = timedelta(days=14)


@transaction.atomic
def ask_talents(
    *, text: str, place: "Place", check_ins: Collection[UUID], due_at: datetime, by: Actor, at: datetime,
    skill: str = "", slot: str = "",
) -> TalentRequest:  # fmt: skip
    """Ask the chosen members for help at `place`; each is told by a message and answers by `due_at`, or not at all."""
    require(by, Permission.TALENT_ASK, place.path)
    if not text.strip() or "\x00" in text:
        raise _invalid("text", _("请写明要帮什么忙、什么时间、在哪里"))
    if not at < due_at <= at + LONGEST:
        raise _invalid("hours", _("答复时限须在两周以内"))
    if not 1 <= len(check_ins) <= MOST_ASKED:
        raise _invalid("chosen", _("请勾选要问的人，一次最多 %(most)s 人") % {"most": MOST_ASKED})
    rows = CheckIn.objects.filter(
        scope(by, Permission.TALENT_ASK), pk__in=list(check_ins), kind=CheckInKind.MEMBER, state__in=ASKABLE
    )
    chosen = list(rows.select_related("person").order_by("pk"))
    if len(chosen) != len(set(check_ins)):
        raise _invalid("chosen", _("有人已暂停、退出或不在您的区域里，请重新搜索后再选"))
    request = TalentRequest.objects.create(
        text=text.strip()[:300], skill=Skill.objects.filter(pk=skill).first() if skill else None,
        slot=slot if slot in Slot.values else "", place=place, path=place.path, by_name=by.name[:80], at=at,
        due_at=due_at,
    )  # fmt: skip
    TalentAsk.objects.bulk_create([TalentAsk(request=request, person=row.person) for row in chosen])
    until = timezone.localtime(due_at).strftime("%m-%d %H:%M")
    words = for_others("请您帮忙：%(text)s。去不去由您定，请在 %(until)s 前登录“我的队伍”答复。")
    for row in chosen:
        told = words % {"text": request.text, "until": until}
        queue(channel="sms", to=row.phone.open(), text=told, at=at, template="talent.ask")
    record(
        verb="talent.ask", by=by, at=at, subject_type="talent_request", subject_id=request.pk, place_path=place.path,
        skill=skill or None, asked=len(chosen), text_digest=digest_of(request.text),
    )  # fmt: skip
    return request


@transaction.atomic
def answer_ask(*, ask: TalentAsk, accept: bool, by: Actor, at: datetime, note: str = "") -> TalentAsk:
    """Accept or decline, until the answer is due; a changed mind counts until then."""
    if by.user_id is None or ask.person.user_id != by.user_id:
        raise NotAllowed(_("只有本人可以答复。"))
    if at >= ask.request.due_at or ask.state == AskState.LAPSED:
        raise StateConflict(_("已过答复时限；还想帮忙的，请直接打电话给居委会。"), current=ask.state)
    if "\x00" in note:
        raise _invalid("note", _("含有无法识别的字符"))
    before, after = ask.state, AskState.ACCEPTED if accept else AskState.DECLINED
    done = TalentAsk.objects.filter(pk=ask.pk, state=before).update(
        state=after, answered_at=at, note=note.strip()[:200]
    )
    if not done:
        raise StateConflict(_("刚刚已经答复过了，请刷新查看。"))
    ask.state, ask.answered_at, ask.note = after, at, note.strip()[:200]
    record(
        verb="talent.answer", by=by.as_resident(), at=at, subject_type="talent_request", subject_id=ask.request_id,
        place_path=ask.request.path, from_state=before, to_state=after, ask=ask.pk,
    )  # fmt: skip
    return ask


def lapse_asks(*, at: datetime) -> int:
    """Note that those whose time is over did not answer; nothing else follows from it. Returns how many."""
    return TalentAsk.objects.filter(state=AskState.ASKED, request__due_at__lte=at).update(state=AskState.LAPSED)


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
