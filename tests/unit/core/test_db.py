"""Paths as ranges, and numbering rows in one statement, on either database."""

from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection, connections, models, transaction
from django.db.models import Q
from django.db.utils import load_backend
from django.test.utils import isolate_apps
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.core.clock import now
from pingzhan.core.db import PathField, insert_row, number_rows, try_exclusive, under, update_many
from pingzhan.core.ids import uuid7
from pingzhan.core.models import Message
from pingzhan.journal.models import Entry
from tests.unit.journal.ledger import recorded

PATHS = ["", "31/", "310107/", "310107/310107005/", "310107/310107005/310107005001/", "310107/3101070051/", "310108/"]


@pytest.fixture
def places(db: None) -> Any:
    """The rows, by path, of a table made for this test only."""
    with isolate_apps("pingzhan.core"):

        class Place(models.Model):
            path = PathField(max_length=200)

            class Meta:
                app_label = "core"
                db_table = "test_path"
                indexes = [models.Index(fields=["path"], name="test_path_index")]

    with connection.schema_editor() as editor:
        editor.create_model(Place)
    Place.objects.bulk_create(Place(path=path) for path in PATHS)
    yield Place.objects.order_by("path")
    with connection.schema_editor() as editor:
        editor.delete_model(Place)


@pytest.mark.django_db(transaction=True)
def test_a_subtree_is_what_begins_with_its_path(places: Any) -> None:
    def below(path: str) -> list[str]:
        return list(places.filter(under("path", path)).values_list("path", flat=True))

    assert below("310107/310107005/") == ["310107/310107005/", "310107/310107005/310107005001/"]
    assert below("310107/") == [path for path in sorted(PATHS) if path.startswith("310107/")]
    assert below("") == sorted(PATHS)
    assert below("99/") == []
    assert list(places.filter(under("path", "") | Q(path="x")).values_list("path", flat=True)) == sorted(PATHS)


@pytest.mark.django_db(transaction=True)
def test_paths_sort_by_bytes_and_a_subtree_is_read_from_their_index(places: Any) -> None:
    for path in ("Z/", "a/", "é/", "路/"):
        places.create(path=path)
    assert list(places.values_list("path", flat=True))[-4:] == ["Z/", "a/", "é/", "路/"]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_indexes WHERE tablename = 'test_path'")
            assert cursor.fetchone()[0] == 2, "the key, and the path once"
            cursor.execute("SET enable_seqscan = off")
    try:
        plan = places.filter(under("path", "310107/")).explain()
    finally:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("RESET enable_seqscan")
    assert "test_path_index" in plan


@given(st.lists(st.text(st.sampled_from("019aZ"), min_size=1, max_size=3), max_size=4), st.text("019aZ/", max_size=12))
def test_the_range_holds_exactly_what_the_prefix_does(codes: list[str], other: str) -> None:
    path = "".join(f"{code}/" for code in codes)
    bounds = dict(under("path", path).children)  # type: ignore[arg-type]
    inside = other >= bounds["path__gte"] and (not path or other < bounds["path__lt"])
    assert inside == other.startswith(path)


def test_a_path_without_its_slash_is_refused() -> None:
    with pytest.raises(ValueError, match="slash"):
        under("path", "310107")


@pytest.mark.django_db
def test_rows_are_numbered_in_the_order_given_and_only_where_they_have_no_number(
    django_assert_num_queries: Any,
) -> None:

    ids = [entry.pk for entry in recorded(5)]
    with django_assert_num_queries(1):
        assert number_rows(table="journal_entry", column="position", ids=[ids[3], ids[0]], start=10) == 2
    assert number_rows(table="journal_entry", column="position", ids=[ids[0], ids[1]], start=20) == 1
    numbered = dict(Entry.objects.values_list("id", "position"))
    assert numbered == {ids[0]: 11, ids[1]: 21, ids[2]: None, ids[3]: 10, ids[4]: None}


@pytest.mark.django_db(transaction=True)
def test_an_exclusive_name_is_held_to_the_end_of_the_transaction(at_once: Any) -> None:
    if connection.vendor != "postgresql":
        assert try_exclusive("x")
        return
    held, asked = Event(), Event()

    def holder() -> bool:
        with transaction.atomic():
            got = try_exclusive("x")
            held.set()
            asked.wait(30)
        return got

    def asker() -> tuple[bool, bool]:
        held.wait(30)
        with transaction.atomic():
            answers = try_exclusive("x"), try_exclusive("y")
        asked.set()
        return answers

    assert at_once(holder, asker) == [True, (False, True)]


def test_a_row_inserted_quickly_is_the_row_that_the_orm_would_insert(db: None) -> None:
    at = now()
    values = {"channel": "sms", "to_sealed": "10012345678", "text": "您好\"'; --", "not_before": at, "created_at": at}
    quick, slow = Message(id=uuid7(at), **values), Message(id=uuid7(at), **values)
    insert_row(quick)
    slow.save(force_insert=True)
    rows, sealed = list(Message.objects.order_by("id")), ("to_sealed", "text")
    told = [
        {f.name: getattr(row, f.name) for f in Message._meta.concrete_fields if f.name not in ("id", *sealed)}
        for row in rows
    ]
    assert told[0] == told[1]
    assert [(row.to_sealed.open(), row.text.open()) for row in rows] == [("10012345678", values["text"])] * 2
    quick.text = "changed"
    quick.save()  # it knows that it is in the database
    assert Message.objects.count() == 2


def test_a_row_inserted_quickly_knows_the_number_that_it_got(db: None) -> None:
    entry = recorded(1)[0]
    assert entry.pk == Entry.objects.get().pk


def test_many_rows_get_each_its_own_values(db: None) -> None:
    at = now()
    rows = [
        Message(id=uuid7(at), channel="sms", to_sealed="1", text="x", not_before=at, created_at=at) for _ in range(3)
    ]
    Message.objects.bulk_create(rows)
    later = [at + timedelta(hours=hours) for hours in (1, 2)]
    update_many(Message, ("not_before", "channel"), [(rows[0].pk, later[0], "wecom"), (rows[2].pk, later[1], "letter")])
    update_many(Message, ("channel",), [])
    told = dict(Message.objects.order_by("id").values_list("pk", "not_before"))
    assert [told[row.pk] for row in rows] == [later[0], at, later[1]]
    assert set(Message.objects.order_by("id").values_list("channel", flat=True)) == {"wecom", "sms", "letter"}


@pytest.mark.django_db(transaction=True)
def test_writers_wait_for_their_turn_and_all_get_one(at_once: Any) -> None:
    def write() -> None:
        with transaction.atomic():
            at = now()
            Message.objects.create(channel="sms", to_sealed="1", text="x", not_before=at, created_at=at)

    assert at_once(*[write] * 12) == [None] * 12
    assert Message.objects.count() == 12


def sqlite_file(path: Path, *, timeout: float) -> Any:
    """A connection of our SQLite backend to a file of its own, whatever the suite runs on."""
    name = f"waiting-{path.stem}-{timeout}"
    given = connections.configure_settings(
        {"default": connections.settings["default"], name: {"ENGINE": "pingzhan.core.sqlite", "NAME": str(path)}}
    )[name]
    given["OPTIONS"] = {"timeout": timeout, "transaction_mode": "IMMEDIATE"}
    return load_backend("pingzhan.core.sqlite").DatabaseWrapper(given, alias=name)


def test_a_writer_of_sqlite_whose_turn_never_comes_is_told(db: None, tmp_path: Path) -> None:
    holds = sqlite_file(tmp_path / "a.sqlite3", timeout=5)
    waits = sqlite_file(tmp_path / "a.sqlite3", timeout=0.05)
    try:
        holds.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        with pytest.raises(OperationalError, match="locked"):
            waits.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        holds.commit()
        waits.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        # A statement outside of a transaction still waits as long as it was told to.
        assert waits.cursor().execute("PRAGMA busy_timeout").fetchone() == (50,)
        waits.rollback()
    finally:
        holds.close()
        waits.close()
