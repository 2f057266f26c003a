"""A command that arrives twice takes effect once: the second time it gets the first answer.

The record is written in the transaction of the command. Of two that arrive at the same moment the database lets one
insert; the other waits for it, finds its answer, and undoes its own work.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from pingzhan.core.errors import Invalid, KeyReused
from pingzhan.core.models import IdempotencyRecord

KEPT = timedelta(days=7)
MAX_KEY = 200


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    repeated: bool


def once(
    *,
    key: str | None,
    owner: str,
    route: str,
    body: bytes,
    at: datetime,
    work: Callable[[], tuple[int, Any]],
    before: Callable[[], None] | None = None,
) -> Answer:
    """Run `work` inside a transaction and keep its (status, JSON body) under (`owner`, `route`, `key`).

    Without a key the work just runs. The same key with the same body returns the kept answer; with another body raises
    KeyReused. Errors of `work` are not kept: nothing happened, so it may be tried again. `before` runs first, outside
    of the transaction (slow preparation that must not hold it open), and not when the answer is known already.
    """
    if not key:
        if before is not None:
            before()
        with transaction.atomic():
            status, answer = work()
        return Answer(status, answer, repeated=False)
    if len(key) > MAX_KEY:
        raise Invalid(_("请求编号过长"), errors=[{"loc": ["header", "Idempotency-Key"], "msg": _("最多 200 个字符")}])
    digest = hashlib.sha256("\x00".join((owner, route, key)).encode()).digest()
    body_digest = hashlib.sha256(body).digest()
    kept = _kept(digest, body_digest)
    if kept is not None:
        return kept
    if before is not None:
        before()
    try:
        with transaction.atomic():
            status, answer = work()
            _keep(digest, body_digest, status, answer, at)
    except IntegrityError:
        kept = _kept(digest, body_digest)
        if kept is None:
            raise
        return kept
    return Answer(status, answer, repeated=False)


# In words that both engines share: every write of the API comes through here, and putting the statement together anew
# each time would cost more than sending it.


def _keep(digest: bytes, body_digest: bytes, status: int, answer: Any, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_idempotencyrecord (digest, body_digest, status, answer, created_at) "
            "VALUES (%s, %s, %s, %s, %s)",
            [
                digest,
                body_digest,
                status,
                json.dumps(answer, ensure_ascii=False),
                connection.ops.adapt_datetimefield_value(at),
            ],
        )


def _kept(digest: bytes, body_digest: bytes) -> Answer | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT body_digest, status, answer FROM core_idempotencyrecord WHERE digest = %s",
            [digest],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    body_kept, status, answer = row
    if bytes(body_kept) != body_digest:
        raise KeyReused(_("同一个请求编号已用于不同的内容；请换一个编号再提交"))
    return Answer(status, json.loads(answer), repeated=True)


def forget_old(*, at: datetime) -> int:
    """Drop the records older than a week; returns how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=at - KEPT).delete()[0]
