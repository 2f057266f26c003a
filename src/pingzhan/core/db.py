"""Everything that differs between SQLite and PostgreSQL. No other module speaks the SQL of one engine.

Paths: subtrees as ranges over a column that sorts by bytes on both engines.
Indexes: adding them to tables that are in use.
One row: inserting it by a statement that is made once.
Many rows: loading them by the quickest way that each engine has.
Search: the token column, its index and the two ways of asking it; what a token is stands in core/search.py.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, connections, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddIndex
from django.db.models import BooleanField, Count, F, Func, OuterRef, Q, Subquery

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler

    _CharField = models.CharField[str, str]
    _Field = models.Field[str, str]
else:
    _CharField = models.CharField
    _Field = models.Field


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


def under(field: str, path: str) -> Q:
    """Rows whose `field` is `path` or below it, as a range that an index serves. The empty path is everything.

    Raises ValueError for a path without its closing slash, which would match the neighbour "3101070051" of "310107005".
    """
    if not path:
        # Not Q(): `Q() | other` is `other`, and a scope of everything joined with a small one would shrink to it.
        return Q(**{f"{field}__gte": ""})
    if not path.endswith("/"):
        raise ValueError(f"a path ends in a slash: {path!r}")
    return Q(**{f"{field}__gte": path, f"{field}__lt": path[:-1] + chr(ord("/") + 1)})


# --- numbering rows -------------------------------------------------------------------------------------------------


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


def insert_many(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Insert `rows` of values in the order of `fields` (a foreign key as "parent_id"); returns how many they were.

    For loads of hundreds of thousands of rows: several times quicker than bulk_create, since no objects are made and
    no SQL is put together; COPY on PostgreSQL. There are no defaults: every column that may not be null must be given.
    """
    columns: list[Any] = [model._meta.get_field(name) for name in fields]
    converters = [(at, _converter(field)) for at, field in enumerate(columns) if not _taken_as_is(field)]
    names = ", ".join(f'"{field.column}"' for field in columns)
    table = model._meta.db_table
    count = 0

    def prepared() -> Iterator[list[Any]]:
        nonlocal count
        for row in rows:
            values = list(row)
            for at, convert in converters:
                values[at] = convert(values[at])
            count += 1
            yield values

    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for values in prepared():
                    copy.write_row(values)
        else:
            marks = ", ".join(["%s"] * len(columns))
            iterated: Any = prepared()  # any iterable will do
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', iterated)  # noqa: S608
    return count


def _taken_as_is(field: Any) -> bool:
    return field.get_internal_type() in _TAKEN_AS_IS


def _converter(field: Any) -> Callable[[Any], Any]:
    """From a value to what the driver takes; remembers the last ones, since times and superiors repeat."""
    if field.get_internal_type() == "JSONField":  # whose values cannot be remembered
        return lambda value: field.get_db_prep_save(value, connection)
    if field.get_internal_type() == "JSONField":  # lists and mappings cannot be remembered

        def prepare(value: Any) -> Any:
            return field.get_db_prep_save(value, connection)

        return prepare

    @lru_cache(maxsize=256)
    def convert(value: Any) -> Any:
        return field.get_db_prep_save(value, connection)

    return convert


# --- search ---------------------------------------------------------------------------------------------------------

# A query is common if it matches this many of the newest documents: then a page of them is found quickest in the order
# of the list, asking of each thing in turn; otherwise by fetching all matches. The two cost the same near
# sqrt(20 rows a page / number of documents), half a percent at a million.
SAMPLE = 2000
COMMON = 10


class TokensField(_Field):
    """The tokens of one document: a tsvector on PostgreSQL, text " one two three " on SQLite. Written by put_tokens."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "tsvector" if connection.vendor == "postgresql" else "text"


class _HasTokens(Func):
    """Whether one document has all of `tokens`, asked of its own row."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, column: Any, tokens: Sequence[str]) -> None:
        super().__init__(column)
        self.tokens = tuple(tokens)

    def as_sql(self, compiler: "SQLCompiler", connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        column, parameters = compiler.compile(self.source_expressions[0])
        if connection.vendor == "postgresql":
            return f"{column} @@ %s::tsquery", [*parameters, _tsquery(self.tokens)]
        sql = " AND ".join(f"instr({column}, %s) > 0" for _ in self.tokens)
        values: list[Any] = []
        for token in self.tokens:
            values += [*parameters, f" {token} "]
        return f"({sql})", values

    @property
    def identity(self) -> tuple[Any, ...]:
        return (*super().identity, self.tokens)


class _AmongMatches(Func):
    """Whether the column is among the subjects that the search index finds, all of them fetched beforehand."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, column: Any, kind: str, tokens: Sequence[str]) -> None:
        super().__init__(column)
        self.kind = kind
        self.tokens = tuple(tokens)

    def as_sql(self, compiler: "SQLCompiler", connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        column, parameters = compiler.compile(self.source_expressions[0])
        found = "SELECT subject_id FROM core_searchdocument WHERE kind = %s AND "
        if connection.vendor == "postgresql":
            # An array, since of IN the planner may make a walk along the list's order, trusting a wrong estimate.
            found = f"{column} = ANY (ARRAY ({found} tokens @@ %s::tsquery))"
            return found, [*parameters, self.kind, _tsquery(self.tokens)]
        found = f"{column} IN ({found} id IN (SELECT rowid FROM core_searchindex WHERE core_searchindex MATCH %s))"  # noqa: S608
        return found, [*parameters, self.kind, " ".join(f'"{token}"' for token in self.tokens)]

    @property
    def identity(self) -> tuple[Any, ...]:
        return (*super().identity, self.kind, self.tokens)


def _tsquery(tokens: Sequence[str]) -> str:
    return " & ".join(f"'{token}'" for token in tokens)


def has_tokens(kind: str, tokens: Sequence[str], field: str) -> Q:
    """The subjects of `kind` whose document has all of `tokens` (letters and digits only), as a condition on `field`.

    Which of the two ways to take is settled by a look at the newest documents, one quick statement: neither engine
    knows how often words go together, and guessing wrong costs half a second at a million documents.
    """
    from pingzhan.core.models import SearchDocument  # the models need this module for their fields

    documents = SearchDocument.objects.annotate(hit=_HasTokens(F("tokens"), tokens))
    newest = documents.filter(kind=kind).order_by("-pk").values("hit")[:SAMPLE]
    if newest.aggregate(hits=Count("hit", filter=Q(hit=True)))["hits"] < COMMON:
        return Q(_AmongMatches(F(field), kind, tokens))
    # A scalar subquery, since EXISTS would be turned into a join that may start from the search index after all.
    return Q(Subquery(documents.filter(kind=kind, subject_id=OuterRef(field)).values("hit")[:1]))


def put_tokens(kind: str, documents: Iterable[tuple[UUID, Sequence[str]]]) -> None:
    """Write or replace the documents (subject, tokens) of `kind`; one whose tokens are unchanged is left alone."""
    rows = dict(documents)  # one statement cannot touch a row twice
    if not rows:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "INSERT INTO core_searchdocument (kind, subject_id, tokens) "
                "SELECT %s, d.subject_id, array_to_tsvector(string_to_array(d.tokens, ' ')) "
                "FROM unnest(%s::uuid[], %s::text[]) AS d(subject_id, tokens) "
                "ON CONFLICT (kind, subject_id) DO UPDATE SET tokens = excluded.tokens "
                "WHERE core_searchdocument.tokens IS DISTINCT FROM excluded.tokens",
                [kind, list(rows), [" ".join(tokens) for tokens in rows.values()]],
            )
        else:
            cursor.executemany(
                "INSERT INTO core_searchdocument (kind, subject_id, tokens) VALUES (%s, %s, %s) "
                "ON CONFLICT (kind, subject_id) DO UPDATE SET tokens = excluded.tokens "
                "WHERE tokens IS NOT excluded.tokens",
                [(kind, subject.hex, f" {' '.join(tokens)} ") for subject, tokens in rows.items()],
            )


# FTS5 keeps no copy of the text: triggers tell it every change of the table, whoever makes it. Tokens come ready, so
# the tokenizer only has to split at spaces ("ascii" takes every character beyond ASCII for part of a word). Neither
# positions (detail) nor lengths (columnsize) are asked for; without them the index is a third of the size.
_SQLITE_SEARCH = (
    "CREATE VIRTUAL TABLE core_searchindex USING fts5(tokens, content='core_searchdocument', content_rowid='id', "
    "tokenize='ascii', detail='none', columnsize=0)",
    "CREATE TRIGGER core_search_added AFTER INSERT ON core_searchdocument BEGIN "
    "INSERT INTO core_searchindex (rowid, tokens) VALUES (new.id, new.tokens); END",
    "CREATE TRIGGER core_search_removed AFTER DELETE ON core_searchdocument BEGIN "
    "INSERT INTO core_searchindex (core_searchindex, rowid, tokens) VALUES ('delete', old.id, old.tokens); END",
    "CREATE TRIGGER core_search_changed AFTER UPDATE OF tokens ON core_searchdocument BEGIN "
    "INSERT INTO core_searchindex (core_searchindex, rowid, tokens) VALUES ('delete', old.id, old.tokens); "
    "INSERT INTO core_searchindex (rowid, tokens) VALUES (new.id, new.tokens); END",
)
# The pending list is searched row by row, so it is kept short; 1,000 elements of statistics let the planner tell
# common words from rare ones.
_POSTGRES_SEARCH = (
    "CREATE INDEX core_searchindex ON core_searchdocument USING gin (tokens) WITH (gin_pending_list_limit = 512)",
    "ALTER TABLE core_searchdocument ALTER COLUMN tokens SET STATISTICS 1000",
)


def create_search(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """The index over SearchDocument.tokens; for RunPython in the migration after the table's own.

    A later migration that makes SQLite copy the table (it does so for most changes of a column) loses the triggers:
    let it run drop_search before and create_search after.
    """
    vendor = schema_editor.connection.vendor
    for statement in _POSTGRES_SEARCH if vendor == "postgresql" else _SQLITE_SEARCH:
        schema_editor.execute(statement)
    if vendor != "postgresql":
        schema_editor.execute("INSERT INTO core_searchindex (core_searchindex) VALUES ('rebuild')")


def drop_search(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Undo create_search; the documents stay."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP INDEX IF EXISTS core_searchindex")
        return
    for trigger in ("core_search_added", "core_search_removed", "core_search_changed"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {trigger}")
    schema_editor.execute("DROP TABLE IF EXISTS core_searchindex")


def tidy_search() -> None:
    """Merge the search index into one piece and refresh the statistics; after loading a great many documents."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT gin_clean_pending_list('core_searchindex')")
            cursor.execute("ANALYZE core_searchdocument")
        else:
            cursor.execute("INSERT INTO core_searchindex (core_searchindex) VALUES ('optimize')")
