"""Search in the two engines: the token column, its index and the two ways of asking it.

What a token is stands in core/search.py.
"""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import connection, models, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import BooleanField, Count, F, Func, OuterRef, Q, Subquery

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler

    _Field = models.Field[str, str]
else:
    _Field = models.Field

# A query is common if it matches this many of the newest documents: then a page of them is found quickest in the order
# of the list, asking of each thing in turn; otherwise by fetching all matches. Where the two cost the same was measured
# at a million (`./pz bench lists`): SQLite asks slowly, and of the matches it fetches the subjects only.
SAMPLE = 2000
COMMON = {"postgresql": 26, "sqlite": 50}
# The same where marks leave a part of the documents only.
COMMON_MARKED = {"postgresql": 100, "sqlite": 100}


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
        if connection.vendor == "postgresql":
            # An array, since of IN the planner may make a walk along the list's order, trusting a wrong estimate.
            found = "SELECT subject_id FROM core_searchdocument WHERE kind = %s AND tokens @@ %s::tsquery"
            return f"{column} = ANY (ARRAY ({found}))", [*parameters, self.kind, _tsquery(self.tokens)]
        found = (
            f"{column} IN (SELECT subject_id FROM core_searchdocument INDEXED BY core_search_subject WHERE kind = %s "  # noqa: S608
            "AND id IN (SELECT rowid FROM core_searchindex WHERE core_searchindex MATCH %s))"
        )
        return found, [*parameters, self.kind, " ".join(f'"{token}"' for token in self.tokens)]

    @property
    def identity(self) -> tuple[Any, ...]:
        return (*super().identity, self.kind, self.tokens)


def _tsquery(tokens: Sequence[str]) -> str:
    return " & ".join(f"'{token}'" for token in tokens)


def has_tokens(
    kind: str, tokens: Sequence[str], field: str, *, newest_first: bool = True, marks: Sequence[str] = ()
) -> Q:
    """The subjects of `kind` whose document has all of `tokens` (without quotes and spaces), as a condition on `field`.

    marks: tokens that narrow the matches where all are fetched; those that have them are told by other conditions too.

    A list in an order of its own fetches all matches, of which marks should leave few: its rows lie scattered. Else
    which of the two ways to take is settled by a look at the newest documents, one quick statement: neither engine
    knows how often words go together, and guessing wrong costs half a second at a million documents.
    """
    from pingzhan.core.models import SearchDocument  # the models need this module for their fields

    among_matches = Q(_AmongMatches(F(field), kind, [*tokens, *marks]))
    if not newest_first:
        return among_matches
    documents = SearchDocument.objects.annotate(hit=_HasTokens(F("tokens"), tokens))
    newest = documents.filter(kind=kind).order_by("-pk").values("hit")[:SAMPLE]
    enough = (COMMON_MARKED if marks else COMMON)[connection.vendor]
    if newest.aggregate(hits=Count("hit", filter=Q(hit=True)))["hits"] < enough:
        return among_matches
    # A scalar subquery, since EXISTS would be turned into a join that may start from the search index after all.
    return Q(Subquery(documents.filter(kind=kind, subject_id=OuterRef(field)).values("hit")[:1]))


def put_tokens(kind: str, documents: Iterable[tuple[UUID, Sequence[str]]]) -> None:
    """Write or replace the documents (subject, tokens) of `kind`; one whose tokens are unchanged is left alone."""
    rows = dict(documents)  # one statement cannot touch a row twice
    if not rows:
        return
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:  # see insert_many
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


def create_subject_index(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """From the documents found to their subjects without reading the documents, on SQLite; for RunPython."""
    if schema_editor.connection.vendor != "postgresql":
        schema_editor.execute("CREATE INDEX core_search_subject ON core_searchdocument (id, kind, subject_id)")


def drop_subject_index(apps: Any, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Undo create_subject_index."""
    schema_editor.execute("DROP INDEX IF EXISTS core_search_subject")


def tidy_search() -> None:
    """Merge the search index into one piece and refresh the statistics; after loading a great many documents."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT gin_clean_pending_list('core_searchindex')")
            cursor.execute("ANALYZE core_searchdocument")
        else:
            cursor.execute("INSERT INTO core_searchindex (core_searchindex) VALUES ('optimize')")
