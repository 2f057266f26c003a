"""Everything that differs between SQLite and PostgreSQL. No other module speaks the SQL of one engine.

Paths: a column that sorts by bytes on both engines, so that a subtree is a range of it.
Conditions: asking so that the planner of either engine takes the right way (db/conditions.py).
Indexes: adding them to tables that are in use.
One row: inserting it by a statement that is made once.
Many rows: loading them by the quickest way that each engine has.
Search: the token column, its index and the two ways of asking it (db/search.py).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex, RemoveIndex

from pingzhan.core.db.conditions import among_any, is_one_of, is_set, is_so, under, under_by_size, under_wide
from pingzhan.core.db.search import (
    TokensField,
    create_search,
    create_subject_index,
    drop_search,
    drop_subject_index,
    has_tokens,
    put_tokens,
    tidy_search,
)

if TYPE_CHECKING:
    _CharField = models.CharField[str, str]
else:
    _CharField = models.CharField

__all__ = [
    "AddIndexBeside", "PathField", "RemoveIndexBeside", "TokensField", "among_any", "create_job_index",
    "create_search", "create_subject_index", "drop_job_index", "drop_search", "drop_subject_index", "has_tokens",
    "insert_many", "insert_row", "is_one_of", "is_postgres", "is_set", "is_so", "number_rows", "put_tokens",
    "refresh_statistics", "tidy_search", "try_exclusive", "under", "under_by_size", "under_wide", "update_many",
]  # fmt: skip


def is_postgres(using: str = "default") -> bool:
    """Whether this database is PostgreSQL; otherwise it is SQLite."""
    return connections[using].vendor == "postgresql"


# --- paths ----------------------------------------------------------------------------------------------------------


class PathField(_CharField):
    """A materialised path of codes, "310107/310107005/", compared byte by byte on both engines.

    SQLite compares bytes anyway. PostgreSQL compares by the database's language unless told, and then neither a range
    over a prefix nor the index under it would be right; so the column has the C collation there.
    """

    def db_type(self, connection: BaseDatabaseWrapper) -> str | None:
        if connection.vendor == "postgresql":
            # The long name of varchar: to "varchar" Django adds a second index for LIKE, of no use here.
            return f"character varying({self.max_length})"
        return super().db_type(connection)

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, Any]:
        parameters: dict[str, Any] = super().db_parameters(connection)
        if connection.vendor == "postgresql":
            parameters["collation"] = "C"
        return parameters


# --- ranges and numbers of rows --------------------------------------------------------------------------------------


def in_ranges(
    *, table: str, column: str, value: str, ranges: Sequence[tuple[int, int]], only: Mapping[str, int] | None = None
) -> list[tuple[int, Any]]:
    """(`column`, `value`) of the rows with `column` in one of many ranges [first, end); one statement, however many.

    `only`: columns that must have these values. Each range is looked up by the index of the column.
    """
    fixed = "".join(f' AND t."{name}" = %s' for name in only or {})
    if is_postgres():
        source = 'unnest(%s::bigint[], %s::bigint[]) AS r(first, "end")'
        first, end = "r.first", 'r."end"'
        given: list[Any] = [[one for one, _ in ranges], [one for _, one in ranges]]
    else:
        source = "json_each(%s) AS r"
        first, end = "json_extract(r.value, '$[0]')", "json_extract(r.value, '$[1]')"
        given = [json.dumps(ranges)]
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT t."{column}", t."{value}" FROM {source} CROSS JOIN "{table}" AS t '  # noqa: S608 (names of our own)
            f'WHERE t."{column}" >= {first} AND t."{column}" < {end}{fixed}',
            [*given, *(only or {}).values()],
        )
        return list(cursor.fetchall())


def number_rows(*, table: str, column: str, ids: Sequence[int], start: int) -> int:
    """Set `column` of the rows `ids` to start, start + 1, … in their order, where it is still null; returns how many.

    One statement. Fewer than len(ids) means that somebody else was quicker with some of them.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                f'UPDATE "{table}" AS r SET "{column}" = %s + n.nth - 1 '  # noqa: S608 (names come from models)
                f'FROM unnest(%s::bigint[]) WITH ORDINALITY AS n(id, nth) WHERE r.id = n.id AND r."{column}" IS NULL',
                [start, list(ids)],
            )
        else:
            # json_each numbers the elements of a list from 0 in "key".
            cursor.execute(
                f'UPDATE "{table}" SET "{column}" = %s + n.key '  # noqa: S608
                f'FROM json_each(%s) AS n WHERE "{table}".id = n.value AND "{table}"."{column}" IS NULL',
                [start, "[" + ",".join(map(str, ids)) + "]"],
            )
        return int(cursor.rowcount)


def try_exclusive(name: str) -> bool:
    """Take the advisory lock `name` until the end of this transaction; False at once if another holds it.

    On SQLite always True: whoever writes there is alone anyway. It saves work; correctness must not rest on it.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [name])
        return bool(cursor.fetchone()[0])


# --- jobs -----------------------------------------------------------------------------------------------------------


def create_job_index(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """An index on the state of jobs; the library has one for those that are ready only. For RunPython in a migration
    that depends on ("django_tasks_database", "0021_conditional_partial_index_ordering").
    """
    schema_editor.execute(
        "CREATE INDEX core_job_status ON django_tasks_database_dbtaskresult (status, finished_at, started_at)"
    )


def drop_job_index(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Undo create_job_index."""
    schema_editor.execute("DROP INDEX IF EXISTS core_job_status")


# --- indexes on tables that are in use ------------------------------------------------------------------------------


class AddIndexBeside(AddIndex):
    """Add an index while others go on writing, CONCURRENTLY on PostgreSQL. Its migration has `atomic = False`.

    SQLite has no such way: there its building is one writer's turn.
    """

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.add_index(model, self.index, concurrently=True)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_backwards(app_label, schema_editor, from_state, to_state)
            return
        model = from_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.remove_index(model, self.index, concurrently=True)


class RemoveIndexBeside(RemoveIndex):
    """Remove an index while others go on writing; as AddIndexBeside, the other way round."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._added(app_label, from_state).database_backwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        self._added(app_label, to_state).database_forwards(app_label, schema_editor, from_state, to_state)

    def _added(self, app_label: str, state: Any) -> AddIndexBeside:
        index = state.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        return AddIndexBeside(self.model_name, index)


# --- statistics -----------------------------------------------------------------------------------------------------

# Entries of an index that SQLite looks at for its statistics (https://sqlite.org/lang_analyze.html#approx): enough to
# read the indexes of what is open whole, of which a thousand entries tell too little.
_SAMPLED = 100_000


def refresh_statistics() -> None:
    """Let the planner know what the indexes hold; without it SQLite guesses, and takes one that holds one value.

    PostgreSQL does so by itself. Takes some seconds at most, since of long indexes only a part is looked at.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA analysis_limit = {_SAMPLED}")
            cursor.execute("ANALYZE")


# --- one row --------------------------------------------------------------------------------------------------------


def insert_row(thing: models.Model) -> None:
    """Insert one new object; its number is set where the database gives it.

    As `save(force_insert=True)` does, but the statement is put together once for each model instead of each time, which
    is a third of what a report costs in Python. No signals are sent.
    """
    sql, fields, numbered = _insertion(type(thing), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(field.pre_save(thing, True), connection) for field in fields])
        if numbered:
            thing.pk = cursor.fetchone()[0]
    thing._state.adding = False
    thing._state.db = connection.alias


@lru_cache(maxsize=64)
def _insertion(model: type[models.Model], vendor: str) -> tuple[str, tuple[Any, ...], bool]:
    """The INSERT of a model, the fields that it takes in order, and whether it answers the number of the row."""
    key: Any = model._meta.pk
    numbered = isinstance(key, models.AutoField)
    fields = tuple(field for field in model._meta.concrete_fields if not (numbered and field is key))
    columns = ", ".join(f'"{field.column}"' for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    returning = f' RETURNING "{key.column}"' if numbered else ""
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({marks}){returning}', fields, numbered  # noqa: S608


# --- many rows ------------------------------------------------------------------------------------------------------

# Kinds of fields whose values both drivers take as they are.
_TAKEN_AS_IS = {
    "CharField", "TextField", "BooleanField", "FloatField", "IntegerField", "BigIntegerField", "PositiveIntegerField",
    "PositiveSmallIntegerField",
}  # fmt: skip
_NUMBERS = {"AutoField", "BigAutoField", "IntegerField"}  # keys of other tables that are taken as they are


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows as the driver takes them, for a transaction that is to be short: see `prepare_many`."""

    model: type[models.Model]
    columns: tuple[str, ...]
    rows: list[list[Any]]


def insert_many(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert `rows` of values in the order of `fields` (a foreign key as "parent_id"); returns how many they were.

    For loads of hundreds of thousands of rows: several times quicker than bulk_create, since no objects are made and
    no SQL is put together; COPY on PostgreSQL. There are no defaults: every column that may not be null must be given.
    A row that cannot be inserted fails the transaction around it: within a savepoint SQLite would walk all pages
    changed so far after each row.
    """
    return _insert(model, _columns(model, fields), _converted(model, fields, rows))


def prepare_many(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> Prepared:
    """The same rows, converted beforehand: nothing is left to compute while `insert_prepared` holds its locks."""
    return Prepared(model, _columns(model, fields), list(_converted(model, fields, rows)))


def insert_prepared(prepared: Prepared) -> int:
    """Insert what was prepared; returns how many rows they were."""
    return _insert(prepared.model, prepared.columns, prepared.rows)


def _columns(model: type[models.Model], fields: Sequence[str]) -> tuple[str, ...]:
    columns: list[Any] = [model._meta.get_field(name) for name in fields]
    return tuple(field.column for field in columns)


def _converted(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
    known: list[Any] = [model._meta.get_field(name) for name in fields]
    converters = [(at, _converter(field)) for at, field in enumerate(known) if not _taken_as_is(field)]
    for row in rows:
        values = list(row)
        for at, convert in converters:
            values[at] = convert(values[at])
        yield values


def _insert(model: type[models.Model], columns: Sequence[str], rows: Iterable[list[Any]]) -> int:
    names = ", ".join(f'"{column}"' for column in columns)
    table = model._meta.db_table
    count = 0

    def counted() -> Iterator[list[Any]]:
        nonlocal count
        for values in rows:
            count += 1
            yield values

    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for values in counted():
                    copy.write_row(values)
        else:
            marks = ", ".join(["%s"] * len(columns))
            iterated: Any = counted()  # any iterable will do
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', iterated)  # noqa: S608
    return count


def update_many(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Give many rows other values: each of `rows` is the primary key, then values in the order of `fields`.

    One statement that is sent with all values at once, where bulk_update puts together one as long as all of them.
    """
    key: Any = model._meta.pk
    values = list(_converted(model, (*fields, key.name), ((*rest, pk) for pk, *rest in rows)))
    if not values:
        return
    changes = ", ".join(f'"{column}" = %s' for column in _columns(model, fields))
    with connection.cursor() as cursor:
        cursor.executemany(f'UPDATE "{model._meta.db_table}" SET {changes} WHERE "{key.column}" = %s', values)  # noqa: S608


def _taken_as_is(field: Any) -> bool:
    return _kind(field.target_field) in _NUMBERS if field.is_relation else _kind(field) in _TAKEN_AS_IS


def _kind(field: Any) -> str:
    return str(field.get_internal_type())


def _converter(field: Any) -> Callable[[Any], Any]:
    """From a value to what the driver takes; remembers the last ones, since times repeat."""
    if _kind(field.target_field if field.is_relation else field) == "UUIDField":
        return _uuid_on_postgres if is_postgres() else _uuid_on_sqlite
    if _kind(field) == "JSONField":  # lists and mappings cannot be remembered
        # As text, which COPY and SQLite take: written here and not by the driver in the middle of the load.
        encode = (field.encoder or json.JSONEncoder)().encode
        return lambda value: None if value is None else encode(value)

    @lru_cache(maxsize=256)
    def convert(value: Any) -> Any:
        return field.get_db_prep_save(value, connection)

    return convert


def _uuid_on_sqlite(value: Any) -> Any:
    return None if value is None else value.hex if isinstance(value, UUID) else UUID(value).hex


def _uuid_on_postgres(value: Any) -> Any:
    return value if value is None or isinstance(value, UUID) else UUID(value)
