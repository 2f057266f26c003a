"""Running numbers without gaps in the order of commits."""

from django.db import connection


def next_number(scope: str) -> int:
    """The next number of `scope`, from 1, in one statement; concurrent callers of one scope wait for each other."""
    with connection.cursor() as cursor:
        # The same words on SQLite (since 3.35) and PostgreSQL.
        cursor.execute(
            "INSERT INTO core_counter (scope, value) VALUES (%s, 1) "
            "ON CONFLICT (scope) DO UPDATE SET value = core_counter.value + 1 RETURNING value",
            [scope],
        )
        return int(cursor.fetchone()[0])
