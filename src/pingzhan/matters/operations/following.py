"""Following a matter that was reported already, and telling those who follow how it ends."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pingzhan.access.actors import ANONYMOUS, Actor
from pingzhan.core.errors import Invalid
from pingzhan.core.ids import uuid7
from pingzhan.core.outbox import queue
from pingzhan.core.sealed import blind_index, normalise_phone
from pingzhan.core.wording import for_others
from pingzhan.journal.operations import record
from pingzhan.matters.models import Following, Matter

PURPOSE = "matter.following"


def follow_matter(*, matter: Matter, by: Actor, at: datetime, phone: str = "") -> bool:
    """The same trouble as `matter`: count, and tell the result by the phone or account given, if any.

    False where this phone or account follows already. Raises Invalid for a phone that is none.
    """
    plain = normalise_phone(phone) if phone.strip() else ""
    if plain and not 7 <= len(plain.lstrip("+")) <= 15:
        message = _("电话号码不正确，请检查位数")
        raise Invalid(message, errors=[{"loc": ["contact"], "msg": message}])
    try:
        with transaction.atomic():
            Following.objects.create(
                id=uuid7(at), matter=matter, user_id=by.user_id, phone=plain,
                phone_index=blind_index(plain, purpose=PURPOSE) if plain else None, at=at,
            )  # fmt: skip
            # Who follows is not on record: it says no more than that one more has the same trouble.
            record(
                verb="matter.follow", by=ANONYMOUS, at=at, subject_type="matter", subject_id=matter.pk,
                place_path=matter.path,
            )  # fmt: skip
    except IntegrityError:
        return False
    return True


def tell_followers(*, matters: Iterable[UUID], at: datetime, ended: bool = False) -> int:
    """Tell those who follow that there is a result, or with `ended` that there will be none; how many were told."""
    words = (
        for_others("您关注的事项（%(day)s 上报）不再办理；问题还在的话，请您自己上报一次。")
        if ended
        else for_others("您关注的事项（%(day)s 上报）已有办理结果，处理情况可在公示中查看。")
    )
    rows = Following.objects.filter(matter__in=list(matters)).select_related("matter").order_by("id")
    told = 0
    for row in rows:
        text = words % {"day": f"{timezone.localtime(row.matter.reported_at):%m-%d}"}
        if row.phone_index:
            queue(channel="sms", to=row.phone.open(), text=text, at=at, template="matter.followed")
            told += 1
        elif row.user_id:
            queue(channel="inbox", to="", to_user=row.user_id, text=text, at=at, template="matter.followed")
            told += 1
    return told


def hand_on_followers(*, merged: Iterable[Matter], at: datetime) -> None:
    """Who followed a matter follows the one that it was merged into."""
    into = {matter.pk: matter.merged_into_id for matter in merged if matter.merged_into_id}
    rows = Following.objects.filter(matter__in=list(into)).order_by("id")
    Following.objects.bulk_create(
        [
            Following(
                id=uuid7(at), matter_id=into[row.matter_id], user_id=row.user_id, phone=row.phone,
                phone_index=row.phone_index, at=row.at,
            )
            for row in rows
        ],
        ignore_conflicts=True,
    )  # fmt: skip
