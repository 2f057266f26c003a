"""What gets into the journal, and what does not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import models, transaction
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.journal.keys import journal_key
from pingzhan.journal.models import AppendOnly, Entry
from pingzhan.journal.operations import digest_of, draft, opened, record, record_many
from pingzhan.journal.queries import last_at, openings_by, openings_of, openings_of_person, timeline
from pingzhan.journal.rules import FIELDS, check_data, mac_of, message, time_of

AT = datetime(2026, 3, 2, 1, 2, 3, 456789, tzinfo=UTC)


@dataclass(frozen=True)
class Somebody:
    kind: str = "user"
    user_id: UUID | None = UUID(int=7)
    name: str = "王小明"


BY = Somebody()


def dispatch(matter: UUID, at: datetime = AT, **more: Any) -> Entry:
    with transaction.atomic():
        return record(verb="matter.dispatch", by=BY, at=at, subject_type="matter", subject_id=matter, **more)


@pytest.mark.django_db
def test_an_entry_tells_who_what_on_what_where_when_and_from_which_state(django_assert_num_queries: Any) -> None:
    matter = uuid4()
    with transaction.atomic(), django_assert_num_queries(1):
        record(
            verb="matter.dispatch", by=BY, at=AT, subject_type="matter", subject_id=matter, place_path="310107/",
            from_state="accepted", to_state="dispatched", unit="street-office", by_rule=True, parts=3,
        )  # fmt: skip

    entry = timeline("matter", matter).get()
    assert (entry.verb, entry.at, entry.actor_id, entry.actor_name) == ("matter.dispatch", AT, UUID(int=7), "王小明")
    assert (entry.place_path, entry.from_state, entry.to_state) == ("310107/", "accepted", "dispatched")
    assert entry.data == {"unit": "street-office", "by_rule": True, "parts": 3}
    assert entry.position is None
    assert abs(time_of(entry.uid) - AT) < timedelta(milliseconds=1)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["anonymous", "reporter"])
def test_nothing_that_could_tell_who_is_kept_of_the_anonymous(kind: str) -> None:
    matter = uuid4()
    with transaction.atomic():
        record(verb="matter.report", by=Somebody(kind=kind), at=AT, subject_type="matter", subject_id=matter)

    entry = timeline("matter", matter).get()
    assert (entry.actor_kind, entry.actor_id, entry.actor_name) == (kind, None, "")


@pytest.mark.django_db
def test_what_comes_back_from_the_database_says_the_same_byte_for_byte() -> None:
    matter = uuid4()
    elsewhere = AT.astimezone(timezone(timedelta(hours=8)))
    dispatch(
        matter, elsewhere, big=2**62, small=-5, none=None, yes=True, when=elsewhere, day=date(2026, 3, 2), id=uuid4(),
        price=Decimal("12.50"), nested={"b": [1, "x"], "a": {}}, empty="", text_digest=digest_of("楼道漏水"),
    )  # fmt: skip

    values = timeline("matter", matter).values_list("mac", *FIELDS).get()
    assert mac_of(message(values[1:]), journal_key()) == bytes(values[0])


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.text(st.characters(min_codepoint=33, max_codepoint=126)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True), inner)
    ),
    max_leaves=8,
)


@pytest.mark.django_db
@given(json_values)
def test_any_data_comes_back_the_same(value: Any) -> None:
    with transaction.atomic():
        entry = record(verb="test.any", by=BY, at=AT, subject_type="test", subject_id=UUID(int=1), value=value)
    values = Entry.objects.filter(pk=entry.pk).values_list(*FIELDS).get()
    assert mac_of(message(values), journal_key()) == entry.mac


class Step(models.TextChoices):
    SIGN = "sign", "签收"


def test_data_takes_codes_numbers_ids_and_digests() -> None:
    assert check_data({"step": Step.SIGN, "id": UUID(int=1), "n": 3}) == {
        "step": "sign",
        "id": str(UUID(int=1)),
        "n": 3,
    }


@pytest.mark.parametrize(
    "value", ["楼道漏水", "Mr Wang", "call 13800000000 now", "a\nb", ["ok", "不"], {"ok": "不"}, "x" * 201, 2**63]
)
def test_words_of_people_are_refused(value: Any) -> None:
    with pytest.raises(ValueError):
        check_data({"note": value})


@pytest.mark.parametrize("value", [1.5, b"bytes", object(), {1, 2}])
def test_what_two_databases_do_not_give_back_alike_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        check_data({"value": value})


@pytest.mark.parametrize(
    "wrong", [{"verb": "派单"}, {"verb": ""}, {"to_state": "two words"}, {"at": AT.replace(tzinfo=None)}, {"Unit": "x"}]
)
def test_mistakes_of_the_program_are_told_at_once(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "verb": "matter.dispatch",
        "by": BY,
        "at": AT,
        "subject_type": "matter",
        "subject_id": uuid4(),
    }
    with pytest.raises(ValueError):
        draft(**(right | wrong))


@pytest.mark.django_db(transaction=True)
def test_an_entry_cannot_be_recorded_beside_its_operation() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        record(verb="matter.dispatch", by=BY, at=AT, subject_type="matter", subject_id=uuid4())
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_undone_with_its_operation() -> None:
    with transaction.atomic():
        dispatch(uuid4())
        transaction.set_rollback(True)
    assert not Entry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: Entry.objects.filter(pk=entry.pk).update(verb="x"),
        lambda entry: Entry.objects.all().delete(),
        lambda entry: Entry.objects.bulk_update([entry], ["verb"]),
    ],
)
def test_the_program_itself_cannot_change_or_remove_an_entry(change: Callable[[Entry], object]) -> None:
    entry = dispatch(uuid4())
    with pytest.raises(AppendOnly):
        change(entry)
    assert Entry.objects.filter(pk=entry.pk, verb="matter.dispatch").exists()


@pytest.mark.django_db
def test_a_timeline_is_the_story_of_one_thing_in_order(django_assert_num_queries: Any) -> None:
    mine, other = uuid4(), uuid4()
    dispatch(mine)
    dispatch(other)
    with transaction.atomic():
        # Entered later, though it happened before: a phone that was without a network.
        record(verb="matter.sign", by=BY, at=AT - timedelta(hours=1), subject_type="matter", subject_id=mine)
        record(verb="place.rename", by=BY, at=AT, subject_type="place", subject_id=mine)

    with django_assert_num_queries(1):
        assert [entry.verb for entry in timeline("matter", mine)] == ["matter.dispatch", "matter.sign"]
    assert last_at(subject_type="matter", subject_id=mine, verb="matter.dispatch") == AT
    assert last_at(subject_type="matter", subject_id=mine, verb="matter.urge") is None


@pytest.mark.django_db
def test_many_entries_keep_their_order_and_cost_few_statements(django_assert_max_num_queries: Any) -> None:
    matter = uuid4()
    drafts = [
        draft(verb="matter.note", by=BY, at=AT, subject_type="matter", subject_id=matter, n=n) for n in range(300)
    ]
    with transaction.atomic(), django_assert_max_num_queries(2 + 300 // 40):
        record_many(drafts)
    assert [entry.data["n"] for entry in timeline("matter", matter)] == list(range(300))


@pytest.mark.django_db
def test_who_opened_what_of_mine() -> None:
    matter, person = uuid4(), uuid4()
    other = Somebody(user_id=UUID(int=8), name="李四")
    contact: dict[str, Any] = {"at": AT, "subject_type": "matter", "subject_id": matter, "field": "contact"}
    opened(by=BY, purpose="回访", person_id=person, **contact)
    opened(by=other, purpose="核实地址", person_id=person, **contact)
    opened(by=BY, at=AT, subject_type="person", subject_id=uuid4(), field="phone", purpose="联系")

    mine = list(openings_of_person(person))
    assert [(o.entry.actor_name, o.field, o.purpose, o.entry.at) for o in mine] == [
        ("李四", "contact", "核实地址", AT), ("王小明", "contact", "回访", AT)
    ]  # fmt: skip
    assert openings_of("matter", matter).count() == 2
    assert [o.purpose for o in openings_by(UUID(int=7))] == ["联系", "回访"]
    assert all("回访" not in str(entry.data) for entry in Entry.objects.all())


@pytest.mark.django_db
def test_lists_of_openings_take_one_statement(django_assert_num_queries: Any) -> None:
    person = uuid4()
    for _ in range(3):
        opened(
            by=BY, at=AT, subject_type="matter", subject_id=uuid4(), field="contact", purpose="回访", person_id=person
        )
    with django_assert_num_queries(1):
        assert {o.entry.actor_name for o in openings_of_person(person)} == {"王小明"}
