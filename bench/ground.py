"""What the benchmarks share: an installation with the demo's places, units and people, and a row of the table."""

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import django

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402

from pingzhan.core.clock import now  # noqa: E402
from pingzhan.core.db import is_postgres, refresh_statistics  # noqa: E402
from pingzhan.demo.load import load_demo  # noqa: E402

QUICK = "--quick" in sys.argv


def lay_ground(*, matters: int = 0) -> None:
    """Migrate and load the demo district without, or with some, matters."""
    call_command("migrate", verbosity=0)
    load_demo(city="putuo", scale="small", now=now(), say=lambda line: None, matters=matters)


def settle() -> None:
    """Give the planner the figures that it has in operation: on PostgreSQL by autovacuum, on SQLite once a day."""
    if is_postgres():
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
    refresh_statistics()


def row(what: str, figure: str, *, target: str = "", detail: str = "", **values: Any) -> None:
    """One line of the table, for the parent process to read."""
    print(json.dumps({"what": what, "figure": figure, "target": target, "detail": detail} | values, ensure_ascii=False))
    sys.stdout.flush()


def timed(act: Callable[[], Any], *, times: int) -> list[float]:
    """Milliseconds of each of `times` calls."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        found.append((time.perf_counter() - start) * 1000)
    return found


def quantile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)


def statements(act: Callable[[], Any]) -> int:
    """How many statements `act` sends, BEGIN and COMMIT aside."""
    count = 0

    def counting(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        if not sql.upper().startswith(("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")):
            count += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counting):
        act()
    return count


def messages_folder() -> Path | None:
    """Where the real messages lie that some benchmarks read (`--messages DIR`); None when they are not at hand."""
    named = os.environ.get("PZ_BENCH_MESSAGES", "")
    folder = Path(named) if named else Path("..", "shared", "data", "messages")
    return folder if (folder / "messages.csv").exists() else None
