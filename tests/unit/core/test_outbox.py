"""Messages: written with their cause, sent once, tried again, set aside."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from pytest_django import Settings

from pingzhan.core import outbox
from pingzhan.core.models import Message
from pingzhan.core.outbox import Letter, inbox, queue, recent, send_due

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
PHONE = "10012345678"
WORDS = "您的登录验证码是 482913"
State = Message.State

pytestmark = pytest.mark.django_db


class Gateway:
    """Remembers what it was handed; refuses as often as told."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.refuse = 0

    def send(self, letter: Letter) -> None:
        if self.refuse:
            self.refuse -= 1
            raise TimeoutError(f"no answer for {letter.to}")
        self.letters.append(letter)


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    undo = outbox.register("sms", made)
    yield made
    undo()


def write(text: str = WORDS, at: datetime = AT) -> Message:
    return queue(channel="sms", to=PHONE, text=text, at=at, template="login.code")


def test_a_message_is_sent_once(gateway: Gateway) -> None:
    row = write()
    assert send_due(at=AT, limit=10) == 1
    assert send_due(at=AT + timedelta(days=1), limit=10) == 0
    (letter,) = gateway.letters
    assert (letter.id, letter.to, letter.text, letter.template) == (row.pk, PHONE, WORDS, "login.code")
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.SENT, 1)
    assert row.sent_at is not None


def test_a_message_of_an_undone_transaction_is_never_sent(gateway: Gateway) -> None:
    with transaction.atomic():
        write()
        transaction.set_rollback(True)
    assert send_due(at=AT) == 0
    assert not gateway.letters


def test_longest_due_first_and_no_more_than_the_limit(gateway: Gateway) -> None:
    for minute in (3, 1, 2):
        write(f"第 {minute} 条", at=AT + timedelta(minutes=minute))
    write("以后的", at=AT + timedelta(hours=2))
    assert send_due(at=AT + timedelta(hours=1), limit=2) == 2
    assert send_due(at=AT + timedelta(hours=1), limit=2) == 1
    assert [letter.text for letter in gateway.letters] == ["第 1 条", "第 2 条", "第 3 条"]


def test_a_failed_message_is_tried_again_later_and_later(gateway: Gateway) -> None:
    row = write()
    gateway.refuse = 3
    waits = []
    for _ in range(3):
        row.refresh_from_db()
        due = row.not_before
        assert send_due(at=due) == 0
        row.refresh_from_db()
        waits.append(round((row.not_before - due).total_seconds() / 60))
        assert send_due(at=row.not_before - timedelta(seconds=1)) == 0
    assert waits == [1, 2, 4]
    assert row.error == "TimeoutError"
    assert send_due(at=row.not_before) == 1
    row.refresh_from_db()
    assert (row.state, row.error, len(gateway.letters)) == (State.SENT, "", 1)


def test_after_five_attempts_it_is_set_aside_and_holds_up_nobody(gateway: Gateway, caplog: Any) -> None:
    gateway.refuse = 5
    poisoned = write("送不出去的")
    for day in range(5):
        send_due(at=AT + timedelta(days=day))
    poisoned.refresh_from_db()
    assert (poisoned.state, poisoned.attempts, poisoned.sent_at) == (State.FAILED, 5, None)
    write("下一条", at=AT + timedelta(days=6))
    assert send_due(at=AT + timedelta(days=6)) == 1
    # What was to be said, and to whom, is in no log.
    assert PHONE not in caplog.text
    assert "送不出去的" not in caplog.text


def test_one_message_that_fails_does_not_stop_the_others(gateway: Gateway) -> None:
    gateway.refuse = 1
    write("一", at=AT)
    write("二", at=AT + timedelta(seconds=1))
    assert send_due(at=AT + timedelta(minutes=1)) == 1
    assert [letter.text for letter in gateway.letters] == ["二"]


def test_what_a_killed_process_had_taken_comes_back(gateway: Gateway) -> None:
    class Killed(BaseException):
        pass

    row = write()

    def die(letter: Letter) -> None:
        raise Killed

    gateway.send = die  # type: ignore[method-assign]
    with pytest.raises(Killed):
        send_due(at=AT)
    del gateway.send  # type: ignore[method-assign]
    assert send_due(at=AT + timedelta(minutes=4)) == 0  # still the dead one's
    assert send_due(at=AT + timedelta(minutes=6)) == 1
    row.refresh_from_db()
    assert row.attempts == 2


def test_a_message_that_kills_its_process_each_time_is_set_aside(gateway: Gateway) -> None:
    row = write()
    Message.objects.update(attempts=5)
    assert send_due(at=AT) == 0
    row.refresh_from_db()
    assert row.state == State.FAILED
    assert not gateway.letters


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_never_send_twice(gateway: Gateway, at_once: Callable[..., list[Any]]) -> None:
    for n in range(20):
        write(f"第 {n} 条")
    sent = at_once(*[lambda: send_due(at=AT, limit=20)] * 4)
    assert sum(sent) == 20
    assert sorted(letter.text for letter in gateway.letters) == sorted(f"第 {n} 条" for n in range(20))


def test_without_a_gateway_a_short_message_waits(settings: Settings) -> None:
    settings.DEMO = False
    row = write()
    assert send_due(at=AT) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.WAITING, 0)


def test_in_a_demo_the_code_can_be_read(settings: Settings) -> None:
    settings.DEMO = True
    write()
    assert recent(channel="sms")[0].text == WORDS
    assert send_due(at=AT) == 1
    (letter,) = recent()
    assert (letter.to, letter.text, letter.state) == (PHONE, WORDS, "sent")


def test_the_inbox_shows_each_user_their_own() -> None:
    me, other = uuid4(), uuid4()
    queue(channel="inbox", to="", text="您的事项已派单", at=AT, to_user=me, template="matter.dispatch")
    queue(channel="inbox", to="", text="别人的", at=AT, to_user=other)
    assert send_due(at=AT) == 2
    assert [letter.text for letter in inbox(me)] == ["您的事项已派单"]


def test_a_channel_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError):
        queue(channel="pigeon", to=PHONE, text=WORDS, at=AT)


def test_sent_without_a_time_cannot_be_stored() -> None:
    row = write()
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.filter(pk=row.pk).update(state=State.SENT)
