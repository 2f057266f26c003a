"""A matter has gone the whole way; somebody with the database's password changes the record. It is found, by name."""

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection

from pingzhan.journal.models import Entry
from pingzhan.journal.operations import opened
from pingzhan.journal.queries import timeline
from pingzhan.matters.models import Matter
from tests.factories.world import World

pytestmark = [pytest.mark.django_db]


def journal(*words: str) -> str:
    out = StringIO()
    call_command("journal", *words, stdout=out)
    return out.getvalue()


def by_hand(statement: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1


@pytest.fixture
def archived(world: World) -> Matter:
    """A matter at the end of its way, with others around it, all of it sealed; the journal holds."""
    world.report(text="别家的事：楼道漏水")
    matter = world.matter(to="archived")
    opened(by=world.actor("secretary"), at=matter.status_at, subject_type="matter", subject_id=matter.pk,
           field="contact", purpose="回访")  # fmt: skip
    world.report(text="后来的事：楼道漏水")
    journal("seal")
    assert "holds" in journal("verify")
    return matter


def step_of(matter: Matter, step: str) -> Entry:
    return timeline("matter", matter.pk).get(verb=f"matter.{step}")


def assert_named(entry: Entry, kind: str) -> None:
    """`journal verify` ends with one line that names this entry."""
    with pytest.raises(CommandError) as failure:
        journal("verify")
    said = str(failure.value)
    assert said.startswith(f"journal verify: {kind} entry")
    assert f"id {entry.pk}, uid {entry.uid}" in said
    assert "\n" not in said


@pytest.mark.parametrize(
    ("step", "change"),
    [
        ("report", "place_path = '310107/'"),
        ("accept", "actor_name = '别人'"),
        ("dispatch", "data = '{}'"),
        ("complete", "at = '2026-03-01 00:00:00+00:00'"),
        ("rate", "data = '{\"stars\": 1}'"),
        ("publish", "actor_kind = 'system'"),
        ("archive", "to_state = 'withdrawn'"),
    ],
)
def test_a_step_changed_by_hand_is_named(archived: Matter, step: str, change: str) -> None:
    entry = step_of(archived, step)

    by_hand(f"UPDATE journal_entry SET {change} WHERE id = %s", entry.pk)

    assert_named(entry, "changed")


@pytest.mark.parametrize("step", ["report", "dispatch", "feed_back", "archive"])
def test_a_step_deleted_by_hand_is_named(archived: Matter, step: str) -> None:
    entry = step_of(archived, step)

    by_hand("DELETE FROM journal_entry WHERE id = %s", entry.pk)

    assert_named(entry, "missing")


@pytest.mark.parametrize("seal", [lambda: None, lambda: journal("seal")], ids=["before sealing", "after sealing"])
def test_a_step_made_up_by_hand_is_named(archived: Matter, seal: Callable[[], object]) -> None:
    """A second rating of five stars, copied from the first."""
    columns = [field.column for field in Entry._meta.concrete_fields if field.column not in {"id", "uid", "position"}]
    uid = "'00000000-0000-7000-8000-000000000001'"
    if connection.vendor == "sqlite":
        uid = uid.replace("-", "")
    by_hand(
        f"INSERT INTO journal_entry (uid, {', '.join(columns)}) SELECT {uid}, {', '.join(columns)} "
        "FROM journal_entry WHERE id = %s",
        step_of(archived, "rate").pk,
    )
    made_up = Entry.objects.get(uid="00000000-0000-7000-8000-000000000001")
    seal()

    assert_named(made_up, "added")


def test_of_several_the_first_is_named(archived: Matter) -> None:
    first, later = step_of(archived, "accept"), step_of(archived, "publish")
    by_hand("UPDATE journal_entry SET actor_name = '别人' WHERE id = %s", later.pk)
    by_hand("DELETE FROM journal_entry WHERE id = %s", first.pk)

    assert_named(first, "missing")


def test_a_purpose_of_an_opening_changed_by_hand_is_named(archived: Matter) -> None:
    entry = timeline("matter", archived.pk).get(verb="sealed.open")
    by_hand("UPDATE journal_opening SET purpose = '审计' WHERE entry_id = %s", entry.pk)

    assert_named(entry, "changed")


def test_put_back_as_it_was_it_holds_again(archived: Matter) -> None:
    entry = step_of(archived, "rate")
    by_hand("UPDATE journal_entry SET actor_name = '别人' WHERE id = %s", entry.pk)
    by_hand("UPDATE journal_entry SET actor_name = %s WHERE id = %s", entry.actor_name, entry.pk)

    assert "holds" in journal("verify")
