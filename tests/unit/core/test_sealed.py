"""Sealed fields: nothing leaks by being printed, nothing opens elsewhere, keys can change."""

import copy
import io
import json
import pickle
from datetime import UTC, datetime
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.core.management import CommandError, call_command
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.template import Context, Engine
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from pingzhan.core.models import Message
from pingzhan.core.sealed import (
    MASK,
    Sealed,
    SealError,
    blind_index,
    current_key_id,
    mask_name,
    mask_phone,
    normalise_phone,
)

AT = datetime(2026, 3, 2, 1, tzinfo=UTC)
PHONE = "10012345678"
WORDS = "您的登录验证码是 482913"


def message(to: str = PHONE, text: str = WORDS) -> Message:
    return Message.objects.create(channel="sms", to_sealed=to, text=text, not_before=AT, created_at=AT)


def stored(row: Message, column: str = "text") -> bytes:
    """What the database really holds."""
    with connection.cursor() as cursor:
        key = Message._meta.pk.get_db_prep_value(row.pk, connection)
        cursor.execute(f"SELECT {column} FROM core_message WHERE id = %s", [key])
        return bytes(cursor.fetchone()[0])


# --- one value ------------------------------------------------------------------------------------------------------


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    value = Sealed(context="a.b.c", text=text)
    again = Sealed(context="a.b.c", box=value.box)
    assert again.open() == text
    assert bool(again) == bool(value) == bool(text)


@given(st.data())
def test_a_changed_value_does_not_open(data: st.DataObject) -> None:
    box = bytearray(Sealed(context="a.b.c", text=WORDS).box)
    at = data.draw(st.integers(0, len(box) - 1))
    box[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(SealError):
        Sealed(context="a.b.c", box=bytes(box)).open()


@pytest.mark.parametrize("box", [b"\x01", b"\x01\x04test", b"plain text of former times"])
def test_what_was_never_sealed_is_told(box: bytes) -> None:
    value = Sealed(context="a.b.c", box=box, mask=mask_phone)
    with pytest.raises(SealError):
        value.open()
    assert str(value) == MASK


def test_a_value_moved_to_another_column_does_not_open() -> None:
    box = Sealed(context="people.person.phone", text=PHONE).box
    with pytest.raises(SealError, match=r"people\.person\.note"):
        Sealed(context="people.person.note", box=box).open()


def test_equal_texts_look_different() -> None:
    assert Sealed(context="a.b.c", text=PHONE).box != Sealed(context="a.b.c", text=PHONE).box


def test_a_value_opens_under_an_older_key_and_not_without_it(settings: Settings) -> None:
    settings.SEAL_KEYS = {"k1": b"1" * 32}
    box = Sealed(context="a.b.c", text=PHONE).box
    settings.SEAL_KEYS = {"k2": b"2" * 32, "k1": b"1" * 32}
    value = Sealed(context="a.b.c", box=box)
    assert value.open() == PHONE
    assert (value.key_id, value.resealed().key_id) == ("k1", "k2")
    settings.SEAL_KEYS = {"k2": b"2" * 32}
    with pytest.raises(SealError, match="'k1'"):
        Sealed(context="a.b.c", box=box).open()


def leaks(value: Sealed) -> str:
    """Everything that prints a value without meaning to."""
    engine = Engine()
    return "\n".join(
        [
            str(value),
            repr(value),
            f"{value} {value!r} {[value]}",
            "{}".format(value),  # noqa: UP032  the way of logging
            engine.from_string("{{ v }} {{ v.open }} {{ v|upper }}").render(Context({"v": value})),
            pickle.dumps(value).decode("latin-1"),
        ]
    )


def test_a_value_does_not_leak_by_being_printed() -> None:
    for value in (Sealed(context="a.b.c", text=WORDS), Sealed(context="a.b.c", text=PHONE, mask=mask_phone)):
        value.open()
        assert WORDS not in leaks(value)
        assert PHONE not in leaks(value)
        with pytest.raises(TypeError):
            json.dumps({"v": value}, cls=DjangoJSONEncoder)
    assert str(Sealed(context="a.b.c", text=WORDS)) == MASK
    assert str(Sealed(context="a.b.c", text=PHONE, mask=mask_phone)) == "100****5678"
    assert str(Sealed(context="a.b.c", text="", mask=mask_phone)) == ""


def test_copies_open_too() -> None:
    value = Sealed(context="a.b.c", text=WORDS, mask=mask_phone)
    for again in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert again.open() == WORDS
        assert str(again) == str(value)


# --- the field ------------------------------------------------------------------------------------------------------


def test_assigning_text_gives_a_sealed_value() -> None:
    row = Message(text=WORDS)
    assert isinstance(row.text, Sealed)
    assert row.text.open() == WORDS
    row.text = "另一段"
    assert row.text.open() == "另一段"
    assert row.to_sealed.open() == ""  # nothing given


def test_a_value_of_another_field_is_sealed_anew() -> None:
    row = Message(to_sealed=PHONE)
    row.text = row.to_sealed
    assert Sealed(context="core.message.text", box=row.text.box).open() == PHONE


def test_only_text_is_taken() -> None:
    with pytest.raises(TypeError):
        Message(text=b"bytes")
    with pytest.raises(TypeError):
        Message(text=5)


@pytest.mark.django_db
def test_the_database_holds_no_text() -> None:
    row = message()
    assert WORDS.encode() not in stored(row)
    assert PHONE.encode() not in stored(row, "to_sealed")
    read = Message.objects.get(pk=row.pk)
    assert (read.to_sealed.open(), read.text.open()) == (PHONE, WORDS)
    assert str(read.to_sealed) == "100****5678"
    values = Message.objects.values_list("text", flat=True).get()
    assert values.open() == WORDS


@pytest.mark.django_db
def test_saving_again_what_was_not_changed_writes_the_same_seal() -> None:
    row = message()
    before = stored(row)
    Message.objects.get().save()
    assert stored(row) == before


@pytest.mark.django_db
def test_update_and_bulk_writes_seal() -> None:
    row = message()
    Message.objects.update(text="改过的")
    assert Message.objects.get().text.open() == "改过的"
    row.text = "成批改的"
    Message.objects.bulk_update([row], ["text"])
    assert Message.objects.get().text.open() == "成批改的"
    Message.objects.bulk_create([Message(channel="sms", text="成批写的", not_before=AT, created_at=AT)])
    assert sorted(m.text.open() for m in Message.objects.all()) == ["成批写的", "成批改的"]
    assert "成批".encode() not in stored(row)


@pytest.mark.django_db
def test_a_deferred_value_is_read_when_asked() -> None:
    message()
    assert Message.objects.defer("text").get().text.open() == WORDS


@pytest.mark.django_db
def test_a_sealed_column_cannot_be_searched() -> None:
    for lookup in ("text", "text__contains", "text__in", "text__gt"):
        with pytest.raises(FieldError):
            Message.objects.filter(**{lookup: [WORDS] if lookup.endswith("in") else WORDS})
    assert not Message.objects.filter(text__isnull=True).exists()


@pytest.mark.django_db
def test_whether_a_sealed_column_is_empty_can_be_asked() -> None:
    to_inbox, to_phone = message(to=""), message()
    assert Message.objects.get(to_sealed="") == to_inbox
    assert Message.objects.exclude(to_sealed="").get() == to_phone
    assert not Message.objects.get(pk=to_inbox.pk).to_sealed
    assert stored(to_inbox, "to_sealed") == b""


@pytest.mark.django_db
def test_a_dump_holds_no_text_and_loads_again() -> None:
    row = message()
    dumped = serializers.serialize("json", Message.objects.all())
    assert PHONE not in dumped
    assert "482913" not in dumped
    Message.objects.all().delete()
    for item in serializers.deserialize("json", dumped):
        item.save()
    read = Message.objects.get(pk=row.pk)
    assert (read.to_sealed.open(), read.text.open()) == (PHONE, WORDS)


@pytest.mark.django_db
def test_a_row_validates() -> None:
    row = message()
    row.full_clean()
    assert Message.objects.get().text.open() == WORDS


# --- changing the key -----------------------------------------------------------------------------------------------


def rotate(**options: Any) -> str:
    out = io.StringIO()
    call_command("rotate_seals", stdout=out, **options)
    return out.getvalue()


@pytest.mark.django_db
def test_rotation_seals_everything_anew_and_may_be_repeated(settings: Settings) -> None:
    settings.SEAL_KEYS = {"k1": b"1" * 32}
    rows = [message(text=f"第 {n} 条") for n in range(7)]
    settings.SEAL_KEYS = {"k2": b"2" * 32, "k1": b"1" * 32}
    rows.append(message(text="第 7 条"))

    assert rotate(check=True).splitlines() == ["key k1: 14", "key k2: 2"]
    assert rotate(batch=3).splitlines()[-1] == "sealed anew under k2: 14"
    assert rotate(batch=3).splitlines() == ["key k2: 16", "sealed anew under k2: 0"]

    settings.SEAL_KEYS = {"k2": b"2" * 32}
    read = Message.objects.in_bulk()
    assert [read[row.pk].text.open() for row in rows] == [f"第 {n} 条" for n in range(8)]


@pytest.mark.django_db
def test_rotation_goes_on_where_it_was_stopped(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SEAL_KEYS = {"k1": b"1" * 32}
    for n in range(6):
        message(text=f"第 {n} 条")
    settings.SEAL_KEYS = {"k2": b"2" * 32, "k1": b"1" * 32}
    whole = models.query.QuerySet.bulk_update
    calls = []

    def stopped(self: Any, *args: Any, **kwargs: Any) -> int:
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return whole(self, *args, **kwargs)

    monkeypatch.setattr(models.query.QuerySet, "bulk_update", stopped)
    with pytest.raises(KeyboardInterrupt):
        rotate(batch=2)
    assert rotate(batch=2).splitlines() == ["key k1: 8", "key k2: 4", "sealed anew under k2: 8"]


@pytest.mark.django_db
def test_rotation_names_what_does_not_open_and_leaves_it(settings: Settings) -> None:
    settings.SEAL_KEYS = {"lost": b"0" * 32}
    broken = message()
    before = stored(broken)
    settings.SEAL_KEYS = {"k1": b"1" * 32}
    sound = message()
    settings.SEAL_KEYS = {"k2": b"2" * 32, "k1": b"1" * 32}
    with pytest.raises(CommandError, match=str(broken.pk)):
        rotate()
    assert stored(broken) == before
    assert Message.objects.get(pk=sound.pk).text.key_id == current_key_id()


# --- exact search, masks --------------------------------------------------------------------------------------------


def test_blind_index(settings: Settings) -> None:
    index = blind_index(PHONE, purpose="person.phone")
    assert len(index) == 64
    assert index == blind_index(PHONE, purpose="person.phone")
    assert index != blind_index(PHONE, purpose="matter.contact")
    assert index != blind_index("10012345679", purpose="person.phone")
    settings.SEAL_KEYS = {"k2": b"2" * 32}
    assert index == blind_index(PHONE, purpose="person.phone")  # survives a change of the sealing key
    settings.INDEX_KEY = "another"
    assert index != blind_index(PHONE, purpose="person.phone")


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("13812345678", "13812345678"),
        (" 138-1234 5678 ", "13812345678"),
        ("＋86 138 1234 5678", "13812345678"),
        ("0086-13812345678", "13812345678"),
        ("8613812345678", "13812345678"),
        ("013812345678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("10012345678", "10012345678"),
        ("(021) 6256-1234", "02162561234"),
        ("+86 21 6256 1234", "02162561234"),
        ("+86 (0)21 6256 1234", "02162561234"),
        ("+86 10 6512 3456", "01065123456"),
        ("010-65123456", "01065123456"),
        ("+86 400 123 4567", "4001234567"),
        ("+1 650 253 0000", "+16502530000"),
        ("0016502530000", "+16502530000"),
        ("12345", "12345"),
        ("漏水", "漏水"),
        ("", ""),
    ],
)
def test_one_number_has_one_spelling(written: str, number: str) -> None:
    assert normalise_phone(written) == number
    assert normalise_phone(number) == number


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13812345678", "138****5678"), ("02162561234", "021****1234"), ("62561234", "****34"), ("110", "****")],
)
def test_masked_phone(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王明", "王*"),
        ("王小明", "王**"),
        ("欧阳明", "欧阳*"),
        ("欧阳小明", "欧阳**"),
        ("司马", "司*"),
        ("买买提·艾力", "买**"),
        ("Smith", "S**"),
        ("王", "王*"),
        (" ", ""),
    ],
)
def test_masked_name(name: str, shown: str) -> None:
    assert mask_name(name) == shown
