"""Reporting a matter: through the operation, through the API, and the same rows in bare SQL as the limit."""

import http.client
import json
import multiprocessing
import random
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from bench.ground import QUICK, lay_ground, quantile, row, statements
from pingzhan.access.actors import ANONYMOUS
from pingzhan.core.clock import now
from pingzhan.core.ids import uuid7
from pingzhan.matters.choices import Source
from pingzhan.matters.models import Matter
from pingzhan.matters.operations import Location, report
from pingzhan.places.models import Place

HEX = set("0123456789abcdef")
SECONDS = 2.0 if QUICK else 8.0
TEXTS = (
    "3号楼楼道灯坏了一个星期",
    "垃圾桶满了没人收，味道很大",
    "楼下广场舞音响太吵，孩子没法睡",
    "燃气表旁边有味道，麻烦来看看",
)


def points() -> list[tuple[float, float]]:
    rows = Place.objects.filter(level="grid", lon__isnull=False).order_by("path").values_list("lon", "lat")
    return [(lon, lat) for lon, lat in rows if lon is not None and lat is not None]


def one(spots: list[tuple[float, float]], rng: random.Random) -> Matter:
    lon, lat = rng.choice(spots)
    return report(
        text=rng.choice(TEXTS), location=Location(lon=lon, lat=lat), source=Source.API, by=ANONYMOUS, at=now(),
        contact_name="王女士", contact_phone=f"100{rng.randrange(10**8):08d}",
    )  # fmt: skip


def clients(number: int, make: Callable[[int], Callable[[], Any]]) -> tuple[float, list[float]]:
    """Let `number` processes act for some seconds; acts a second of all together, and each act's milliseconds."""
    context = multiprocessing.get_context("fork")
    queue: Any = context.Queue()
    connection.close()

    def work(index: int) -> None:
        try:
            queue.put(spend(index))
        except Exception as error:
            queue.put(repr(error))

    def spend(index: int) -> list[float]:
        act = make(index)
        act()
        spent: list[float] = []
        until = time.perf_counter() + SECONDS
        while (start := time.perf_counter()) < until:
            act()
            spent.append((time.perf_counter() - start) * 1000)
        return spent

    workers = [context.Process(target=work, args=(index,)) for index in range(number)]
    for worker in workers:
        worker.start()
    spent: list[float] = []
    for _ in workers:
        answer = queue.get(timeout=SECONDS * 4 + 30)
        if isinstance(answer, str):
            raise SystemExit(f"a client failed: {answer}")
        spent += answer
    for worker in workers:
        worker.join()
    return len(spent) / SECONDS, spent


def spread(spent: list[float]) -> str:
    return f"p50 {quantile(spent, 0.5):.1f} ms, p99 {quantile(spent, 0.99):.1f} ms"


def by_operation(spots: list[tuple[float, float]]) -> Callable[[int], Callable[[], Any]]:
    def make(index: int) -> Callable[[], Any]:
        rng = random.Random(index)
        return lambda: one(spots, rng)

    return make


def by_sql(spots: list[tuple[float, float]]) -> Callable[[int], Callable[[], Any]]:
    """The statements of one report, sent again with new keys and nothing computed in between."""
    sent: list[tuple[str, tuple[Any, ...]]] = []

    def recording(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("INSERT"):
            sent.append((sql, tuple(params)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(recording):
        matter = one(spots, random.Random(0))
    shared = {matter.place_id, matter.receiver_id, matter.suggested_id, None}
    own = {value for _, params in sent for value in params if _is_key(value) and _uuid(value) not in shared}

    def make(index: int) -> Callable[[], Any]:
        def act() -> None:
            tag = uuid7().hex[-20:]
            fresh: dict[uuid.UUID, uuid.UUID] = {}
            with transaction.atomic(), connection.cursor() as cursor:
                for sql, params in sent:
                    cursor.execute(sql, [_renewed(value, matter, own, fresh, tag) for value in params])

        return act

    return make


def _is_key(value: Any) -> bool:
    """UUIDs: as such on PostgreSQL, as 32 digits on SQLite."""
    return isinstance(value, uuid.UUID) or (isinstance(value, str) and len(value) == 32 and set(value) <= HEX)


def _uuid(value: Any) -> uuid.UUID:
    return value if isinstance(value, uuid.UUID) else uuid.UUID(value)


def _renewed(value: Any, matter: Matter, own: set[Any], fresh: dict[uuid.UUID, uuid.UUID], tag: str) -> Any:
    """The value with every key of its own replaced, the same one by the same."""
    if value == matter.number:
        return f"{matter.number[:12]}-{tag}"
    if not _is_key(value) or value not in own:
        return value
    made = fresh.setdefault(_uuid(value), uuid7())
    return made if isinstance(value, uuid.UUID) else made.hex


def by_api(port: int, spots: list[tuple[float, float]]) -> Callable[[int], Callable[[], Any]]:
    def make(index: int) -> Callable[[], Any]:
        rng = random.Random(index)
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

        def act() -> None:
            lon, lat = rng.choice(spots)
            body = {
                "text": rng.choice(TEXTS),
                "location": {"lon": lon, "lat": lat},
                "contact": {"name": "王", "phone": f"100{rng.randrange(10**8):08d}"},
            }
            headers = {"Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
            wire.request("POST", "/api/v1/matters", json.dumps(body), headers)
            answer = wire.getresponse()
            content = answer.read()
            if answer.status != 201:
                raise RuntimeError(f"{answer.status} {content[:300]!r}")

        return act

    return make


def main() -> None:
    lay_ground()
    spots = points()
    one(spots, random.Random(1))  # warm
    count = statements(lambda: one(spots, random.Random(2)))
    row("statements of a report", str(count), target="≤ 12")
    postgres = connection.vendor == "postgresql"
    limit = {}
    for number in (1, 8):
        limit[number], _ = clients(number, by_sql(spots))
        row(f"the same rows in bare SQL, {number} clients", f"{limit[number]:.0f}/s", detail="the limit")
    for number in (1, 8):
        rate, spent = clients(number, by_operation(spots))
        target = ("≥ 300/s, p99 ≤ 100 ms" if postgres else "≥ 150/s") if number == 8 else ""
        row(
            f"report, operation, {number} clients", f"{rate:.0f}/s", target=target,
            detail=f"{spread(spent)}, {rate / limit[number]:.2f} of the limit",
        )  # fmt: skip
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "pingzhan.cli", "serve", "--port", str(port)])
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        for number in (1, 8):
            rate, spent = clients(number, by_api(port, spots))
            row(
                f"report, HTTP API, {number} clients", f"{rate:.0f}/s",
                detail=f"{spread(spent)}; load generator on the same cores",
            )  # fmt: skip
    finally:
        server.terminate()
        server.wait(20)


main()
