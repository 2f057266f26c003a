"""Whoever started a response is told a day before it ends, so that renewing it is a decision and not an accident."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from pingzhan.access.queries import get_user
from pingzhan.core.errors import NotFound
from pingzhan.core.outbox import queue
from pingzhan.core.wording import for_others
from pingzhan.modes.queries import ending_within
from pingzhan.response.models import Activation

BEFORE = timedelta(days=1)


def warn_of_end(*, at: datetime) -> int:
    """Tell it once for each response that ends within a day; returns how many were told of."""
    told = 0
    for response in ending_within(BEFORE, at=at):
        with transaction.atomic():
            rows = Activation.objects.filter(response_id=response.pk, warned_at__isnull=True)
            row = rows.first()
            if row is None or not rows.update(warned_at=at):
                continue
            told += 1
            try:
                user = get_user(row.actor_id) if row.actor_id else None
            except NotFound:
                user = None
            if user is None or not user.phone:
                continue
            exercise = for_others("【演练】") if response.exercise else ""
            text = for_others(
                "%(exercise)s“%(plan)s”响应将于 %(until)s 到期自动解除。需要延长的，请登录说明理由后延长。",
                exercise=exercise,
                plan=response.plan,
                until=timezone.localtime(response.until).strftime("%m-%d %H:%M"),
            )
            queue(channel="sms", to=user.phone.open(), text=text, at=at, to_user=user.pk, template="response_ends")
    return told
