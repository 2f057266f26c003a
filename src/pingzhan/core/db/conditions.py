"""Conditions that are asked so that the planner of either engine takes the right way at a million rows."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func, Lookup, Q
from django.db.models.lookups import GreaterThanOrEqual, In, IsNull, LessThan

if TYPE_CHECKING:
    from django.db.models.sql.compiler import SQLCompiler


def under(field: str, path: str) -> Q:
    """Rows whose `field` is `path` or below it, as a range that an index serves. The empty path is everything.

    Raises ValueError for a path without its closing slash, which would match the neighbour "3101070051" of "310107005".
    """
    if not path:
        # Not Q(): `Q() | other` is `other`, and a scope of everything joined with a small one would shrink to it.
        return Q(**{f"{field}__gte": ""})
    return Q(**{f"{field}__gte": path, f"{field}__lt": _end(path)})


def _end(path: str) -> str:
    """The first text beyond all paths at or below `path`."""
    if not path.endswith("/"):
        raise ValueError(f"a path ends in a slash: {path!r}")
    return path[:-1] + chr(ord("/") + 1)


class _Unindexed(Func):
    """The column as a value that SQLite looks up in no index; elsewhere the planner is left to know better."""

    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="+%(expressions)s", **extra)


class _Tested(_Unindexed):
    """A yes or no as a value that no planner reckons with."""

    output_field = BooleanField()
    conditional = True

    def as_postgresql(self, compiler: Any, connection: BaseDatabaseWrapper, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template="COALESCE(%(expressions)s, FALSE)", **extra)


def is_so(field: str | Lookup[Any]) -> Q:
    """Rows whose `field`, or of which what is said, is true, each asked while a list is walked in its order.

    PostgreSQL takes conditions for independent: where this one goes without saying it would expect far fewer rows, and
    collect and sort all of them.
    """
    return Q(_Tested(F(field) if isinstance(field, str) else field))


def is_set(field: str) -> Q:
    """Rows whose `field` is not null, where SQLite shall not walk that field's index: other conditions leave few."""
    return Q(IsNull(_Unindexed(F(field)), False))


def is_one_of(field: str, values: Iterable[Any]) -> Q:
    """Rows whose `field` is one of `values`, where SQLite shall not look these up in an index: most rows have one."""
    return Q(In(_Unindexed(F(field)), list(values)))


def under_wide(field: str, path: str) -> Q:
    """As `under`, for an area that holds much of the table: SQLite tests the rows of a list while it walks it in order.

    Without statistics of its values SQLite would take the range for narrow, collect it whole and sort it.
    """
    column = _Unindexed(F(field))
    from_here = Q(GreaterThanOrEqual(column, path))
    return from_here & Q(LessThan(column, _end(path))) if path else from_here


def under_by_size(field: str, path: str, *, wide: int = 2) -> Q:
    """As `under`: of a small area its few rows are collected, of one with at most `wide` codes each row is asked."""
    return under_wide(field, path) if path.count("/") <= wide else under(field, path)


class _AmongAny(Func):
    """Whether the column is among the rows of one of several queries, each with an order and a limit of its own."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, column: Any, queries: Sequence[models.QuerySet[Any, Any]]) -> None:
        super().__init__(column)
        self.queries = tuple(queries)

    def as_sql(self, compiler: "SQLCompiler", connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        column, parameters = compiler.compile(self.source_expressions[0])
        found = [rows.query.get_compiler(connection=connection).as_sql() for rows in self.queries]
        # Each in brackets of its own, since SQLite takes a limit only behind the whole of a UNION.
        sql = " UNION ALL ".join(f"SELECT * FROM ({part}) AS lane" for part, _ in found)  # noqa: S608
        return f"{column} IN ({sql})", [*parameters, *(value for _, values in found for value in values)]

    @property
    def identity(self) -> tuple[Any, ...]:
        return (*super().identity, *(id(rows) for rows in self.queries))


def among_any(field: str, queries: Sequence[models.QuerySet[Any, Any]]) -> Q:
    """Rows whose `field` is in the one column of any of `queries`, which may be sliced; for filter(), not exclude()."""
    return Q(_AmongAny(F(field), queries))
