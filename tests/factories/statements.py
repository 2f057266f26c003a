"""How the database goes about what a query asks."""

from collections.abc import Callable
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext


def ways_of(act: Callable[[], Any]) -> list[str]:
    """The plan of each SELECT that `act` sends. PostgreSQL simply reads tables as small as those of tests."""
    with CaptureQueriesContext(connection) as asked:
        act()
    explain = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
    ways = []
    with connection.cursor() as cursor:
        for query in asked.captured_queries:
            cursor.execute(explain + query["sql"].replace("%", "%%"))
            ways.append("\n".join(str(row[-1]) for row in cursor.fetchall()))
    return ways


def count(act: Callable[[], Any]) -> int:
    """How many statements `act` sends, once what a process keeps in memory for some seconds is there."""
    act()
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)
