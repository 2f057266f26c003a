"""The outbox: messages to people are rows, written with what causes them and sent afterwards by an adapter.

A message whose transaction is undone is never sent. One may be sent twice, when a process dies between handing it over
and noting that it did; an adapter that can should pass on the message's id as the gateway's own idempotency key.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from pingzhan.core.db import insert_many, insert_row
from pingzhan.core.ids import uuid7
from pingzhan.core.models import Message
from pingzhan.core.paging import Page, page

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
MOST_COUNTED = 100
# For so long a message belongs to the process that took it; longer than any gateway is waited for.
_CLAIM = timedelta(minutes=5)
_BACKOFF = timedelta(minutes=1)
_FIELDS = [field.attname for field in Message._meta.concrete_fields]


@dataclass(frozen=True, slots=True)
class Letter:
    """A message opened: what an adapter sends and a reader sees. `to` is a phone number, or empty for the inbox."""

    id: UUID
    channel: str
    to: str
    to_user: UUID | None
    template: str
    text: str
    state: str
    created_at: datetime
    read_at: datetime | None = None


class Adapter(Protocol):
    """Carries letters of one channel out of the house."""

    def send(self, letter: Letter) -> None:
        """Hand over one letter; any exception means that it was not taken and will be tried again."""


class LocalAdapter:
    """Leaves a message where it is: it is read from the table, in the user's inbox or on the demo's page of codes."""

    def send(self, letter: Letter) -> None:
        """Nothing to carry."""


_adapters: dict[str, Adapter] = {Message.Channel.INBOX: LocalAdapter()}


def register(channel: str, adapter: Adapter) -> Callable[[], None]:
    """Let `adapter` carry `channel` in this process; returns a function that undoes it."""
    before = _adapters.get(channel)
    _adapters[channel] = adapter

    def undo() -> None:
        if before is None:
            _adapters.pop(channel, None)
        else:
            _adapters[channel] = before

    return undo


def adapters() -> dict[str, Adapter]:
    """The adapter of each channel that has one.

    Short messages are kept readable in a demo only. Elsewhere they wait until a gateway is registered: what nobody
    carries must not be noted as sent.
    """
    if settings.DEMO:
        return {Message.Channel.SMS: LocalAdapter(), **_adapters}
    return dict(_adapters)


@dataclass(frozen=True, slots=True)
class _Delay:
    by: timedelta
    made: list[UUID] = field(default_factory=list)


_delay: ContextVar[_Delay | None] = ContextVar("outbox_delay", default=None)


@contextmanager
def delayed(by: timedelta) -> Iterator[list[UUID]]:
    """Messages queued within wait so long before they go out; gives the list to which their ids are added.

    For what may be undone: until then `withdraw` takes them back.
    """
    delay = _Delay(by)
    token = _delay.set(delay)
    try:
        yield delay.made
    finally:
        _delay.reset(token)


def withdraw(ids: Iterable[UUID]) -> int:
    """Take back messages that nobody has begun to send; returns how many. In the caller's transaction."""
    rows = Message.objects.filter(pk__in=list(ids), state=Message.State.WAITING, attempts=0)
    return rows.update(state=Message.State.WITHDRAWN)


def queue(
    *, channel: str, to: str, text: str, at: datetime, to_user: UUID | None = None, template: str = ""
) -> Message:
    """Write one message in the caller's transaction; it goes out once that is committed. Returns its row."""
    delay = _delay.get()
    message = Message(
        id=uuid7(at),
        channel=Message.Channel(channel),
        to_sealed=to,
        to_user=to_user,
        template=template,
        text=text,
        not_before=at + delay.by if delay else at,
        created_at=at,
    )
    insert_row(message)
    if delay:
        delay.made.append(message.pk)
    return message


def queue_many(lines: Iterable[tuple[UUID, str]], *, at: datetime, template: str) -> int:
    """Write messages (user, text) to inboxes in the caller's transaction; a statement for some hundreds. How many.

    An inbox is read from the table, so they are noted as sent at once.
    """
    empty, state = Message(), Message.State.SENT.value
    fixed: dict[str, Any] = {"channel": Message.Channel.INBOX.value, "template": template, "state": state}
    fixed |= {"not_before": at, "created_at": at, "sent_at": at}
    given = fixed | {name: getattr(empty, name) for name in _FIELDS if name not in {*fixed, "id", "to_user", "text"}}
    names = ("id", "to_user", "text", *given)
    values = tuple(given.values())
    return insert_many(Message, names, ((uuid7(at), user, text, *values) for user, text in lines))


def send_due(*, at: datetime, limit: int = 100) -> int:
    """Send what is due, the longest due first, at most `limit`; returns how many were sent.

    Several processes may do this at once: each message is taken by a conditional update that only one of them wins. A
    failed one is tried again after 1, 2, 4 and 8 minutes and set aside at the fifth failure. Not to be called within a
    transaction.
    """
    carriers = adapters()
    due = Message.objects.filter(state=Message.State.WAITING, not_before__lte=at, channel__in=list(carriers))
    started = time.monotonic()
    sent = 0
    for message in due.order_by("not_before", "id")[:limit]:
        # A slow gateway makes a round long: a claim counts from when it is made.
        moment = at + timedelta(seconds=time.monotonic() - started)
        if _take(message, moment):
            sent += _send(message, carriers[message.channel], moment)
    return sent


def recent(*, limit: int = 50, channel: str | None = None) -> list[Letter]:
    """The newest messages, opened, whatever their state: for the demo's page of codes."""
    rows = Message.objects.order_by("-created_at", "-id")
    if channel is not None:
        rows = rows.filter(channel=channel)
    return [letter_of(row) for row in rows[:limit]]


def inbox(to_user: UUID, *, limit: int = 50) -> list[Letter]:
    """The newest messages to one user, opened; the caller has checked that it is the user who reads."""
    return [letter_of(row) for row in _inbox(to_user).order_by("-created_at", "-id")[:limit]]


def inbox_page(to_user: UUID, *, unread: bool = False, after: str | None = None, limit: int = 20) -> Page[Message]:
    """One page of the messages to one user, newest first, all or the unread; sealed still. One statement."""
    rows = _inbox(to_user).filter(read_at__isnull=True) if unread else _inbox(to_user)
    return page(rows, order=("-created_at", "-id"), after=after, limit=limit)


def inbox_letter(to_user: UUID, message_id: UUID) -> Letter | None:
    """One message to one user, opened; None where it is not theirs."""
    row = _inbox(to_user).filter(pk=message_id).first()
    return letter_of(row) if row else None


def unread_count(to_user: UUID) -> int:
    """How many messages one has not read, counted up to MOST_COUNTED; one statement."""
    return int(_inbox(to_user).filter(read_at__isnull=True)[:MOST_COUNTED].count())


def mark_read(to_user: UUID, *, at: datetime, ids: Iterable[UUID] | None = None) -> int:
    """Note that one has read these messages of one's own, or all that were there at `at`; how many were unread."""
    rows = _inbox(to_user).filter(read_at__isnull=True, created_at__lte=at)
    return int((rows if ids is None else rows.filter(pk__in=list(ids))).update(read_at=at))


def _inbox(to_user: UUID) -> QuerySet[Message]:
    # What was withdrawn before anybody could read it was never said.
    mine = Message.objects.filter(to_user=to_user, channel=Message.Channel.INBOX)
    return mine.exclude(state=Message.State.WITHDRAWN)


def _take(message: Message, at: datetime) -> bool:
    """Whether this process won the message. One that was taken five times and never came back is set aside."""
    unchanged = Message.objects.filter(pk=message.pk, state=Message.State.WAITING, attempts=message.attempts)
    if message.attempts >= MAX_ATTEMPTS:
        unchanged.update(state=Message.State.FAILED)
        return False
    won = unchanged.update(attempts=message.attempts + 1, not_before=at + _CLAIM)
    message.attempts += 1
    return won == 1


def _send(message: Message, carrier: Adapter, at: datetime) -> bool:
    # Only while it is still ours: another may have taken it when the claim ran out.
    ours = Message.objects.filter(pk=message.pk, state=Message.State.WAITING, attempts=message.attempts)
    try:
        carrier.send(letter_of(message))
    except Exception as error:
        kind = type(error).__name__
        log.warning("message %s (%s) not sent, attempt %d: %s", message.pk, message.channel, message.attempts, kind)
        if message.attempts >= MAX_ATTEMPTS:
            ours.update(state=Message.State.FAILED, error=kind[:80])
        else:
            wait = _BACKOFF * 2 ** (message.attempts - 1)
            ours.update(not_before=at + wait, error=kind[:80])
        return False
    return ours.update(state=Message.State.SENT, sent_at=at, error="") == 1


def letter_of(message: Message) -> Letter:
    """The message opened; raises SealError."""
    return Letter(
        id=message.pk,
        channel=message.channel,
        to=message.to_sealed.open(),
        to_user=message.to_user,
        template=message.template,
        text=message.text.open(),
        state=message.state,
        created_at=message.created_at,
        read_at=message.read_at,
    )
