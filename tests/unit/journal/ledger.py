"""Journals to test with, and hands that change them behind the program's back."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from pingzhan.journal.models import Entry
from pingzhan.journal.operations import draft, record_many, seal

AT = datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)


@dataclass(frozen=True)
class Somebody:
    kind: str = "user"
    user_id: UUID | None = UUID(int=7)
    name: str = "王小明"


BY = Somebody()


def note(number: int, **more: Any) -> Entry:
    """A draft of the entry with this number."""
    told: dict[str, Any] = {"verb": "matter.note", "by": BY, "at": AT, "subject_type": "matter", "n": number}
    return draft(subject_id=UUID(int=number), **(told | more))


def recorded(count: int, *, first: int = 0) -> list[Entry]:
    """Record so many entries, numbered from `first`."""
    with transaction.atomic():
        return record_many([note(number) for number in range(first, first + count)])


def sealed(count: int, *, first: int = 0, batch: int = 100) -> list[Entry]:
    """Record and seal so many entries."""
    entries = recorded(count, first=first)
    seal_all(batch=batch)
    return entries


def seal_all(*, batch: int = 100) -> int:
    """Seal whatever waits."""
    total = 0
    while taken := seal(at=AT, batch=batch):
        total += taken
    return total


def by_hand(statement: str, *values: Any) -> None:
    """What somebody with the database's password can do."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def copy_by_hand(entry: Entry, **changes: Any) -> None:
    """Insert a row made up after `entry`, MAC and all; what `changes` names is an SQL expression."""
    columns = [field.column for field in Entry._meta.concrete_fields if field.column not in {"id", "position"}]
    made = [changes.get(column, column) for column in columns]
    by_hand(
        f"INSERT INTO journal_entry ({', '.join(columns)}) SELECT {', '.join(made)} FROM journal_entry WHERE id = %s",
        entry.pk,
    )


def uid_sql(number: int) -> str:
    """A UUID as this database writes it."""
    return f"'{UUID(int=number)}'" if connection.vendor == "postgresql" else f"'{UUID(int=number).hex}'"
