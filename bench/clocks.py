"""100,000 overdue clocks swept while residents go on reporting."""

import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from bench.ground import QUICK, lay_ground, quantile, row, settle
from pingzhan.access.actors import ANONYMOUS
from pingzhan.core.clock import now
from pingzhan.core.db import is_postgres
from pingzhan.core.ids import random_code, uuid7
from pingzhan.matters.choices import Basis, ClockKind, Source, Status
from pingzhan.matters.models import Category, Clock, Escalation, Matter
from pingzhan.matters.operations import Location, report
from pingzhan.matters.operations.escalating import climb_due, give_way
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.rules import ladder_for
from pingzhan.places.models import Place

# How long what falls due now had: of matters of several kinds those reported at the same few times.
TERMS = [timedelta(hours=2), timedelta(days=1), timedelta(days=5), timedelta(days=15)]
# BENCH_CLOCKS=10000 measures another number.
CLOCKS = int(os.environ.get("BENCH_CLOCKS", "2000" if QUICK else "100000"))
# On SQLite one writes at a time: a second worker would only wait for the first.
WORKERS = 2 if is_postgres() else 1
CLIENTS, PACE = 2, 0.1  # seconds between two reports of a client


def fill(at: datetime) -> None:
    """Matters in hand whose finish clock was due some minutes ago, entered in the order of their reports."""
    rng = random.Random(3)
    known = reference()
    grids = list(Place.objects.filter(level="grid").order_by("path"))
    kind = Category.objects.get(code="property.repair")
    ladder = ladder_for(known.ladders, kind=ClockKind.FINISH, urgency="routine")
    assert ladder is not None
    terms = [(at - timedelta(seconds=600 * rng.random()), rng.choice(TERMS)) for _ in range(CLOCKS)]
    terms.sort(key=lambda one: one[0] - one[1])
    for batch in _batches(list(enumerate(terms)), 2000):
        matters, clocks = [], []
        for number, (due, term) in batch:
            grid, reported = rng.choice(grids), due - term
            handler, receiver = known.handler_for(grid.path, kind.code), known.receiver_for(grid.path)
            assert handler is not None
            assert receiver is not None
            parts = grid.path.split("/")
            matter = Matter(
                id=uuid7(reported), number=f"{parts[2]}-{at:%Y%m%d}-C{number}", query_code=random_code(8),
                title="报修无人处理", text="楼道灯坏了没人修", category=kind, source=Source.PORTAL, place=grid,
                path=grid.path, street=parts[1], community=parts[2], status=Status.IN_PROGRESS,
                receiver_id=receiver.id, handler_id=handler.id,
                reported_at=reported, status_at=reported, next_due_at=due,
            )  # fmt: skip
            matters.append(matter)
            clocks.append(
                Clock(
                    matter=matter, kind=ClockKind.FINISH, basis=Basis.WORKING, started_at=reported, due_at=due,
                    ladder_id=ladder.id, act_at=due,
                )
            )  # fmt: skip
        Matter.objects.bulk_create(matters)
        Clock.objects.bulk_create(clocks)
    settle()


def _batches(items: list[Any], size: int) -> Iterator[list[Any]]:
    return (items[start : start + size] for start in range(0, len(items), size))


def spots() -> list[tuple[float, float]]:
    rows = Place.objects.filter(level="grid", lon__isnull=False).order_by("path").values_list("lon", "lat")
    return [(lon, lat) for lon, lat in rows if lon is not None and lat is not None]


def reporting(points: list[tuple[float, float]], stop: Any, seed: int) -> list[float]:
    """Milliseconds of each report, one every `PACE` seconds, until the sweep is over."""
    rng, spent = random.Random(seed), []
    while not stop.is_set():
        lon, lat = rng.choice(points)
        start = time.perf_counter()
        report(
            text="3号楼楼道灯坏了一个星期", location=Location(lon=lon, lat=lat), source=Source.API, by=ANONYMOUS,
            at=now(), contact_phone=f"100{rng.randrange(10**8):08d}",
        )  # fmt: skip
        took = time.perf_counter() - start
        spent.append(took * 1000)
        time.sleep(max(0.0, PACE - took))
    return spent


def sweeping(at: datetime) -> list[float]:
    """Milliseconds of each pass until nothing is left that is not being dealt with by the other worker."""
    spent = []
    while Clock.objects.filter(state="running", act_at__lte=at).exists():
        start = time.perf_counter()
        climb_due(at=at)
        spent.append((time.perf_counter() - start) * 1000)
        give_way()
    return spent


def main() -> None:
    lay_ground()
    at = now()
    while climb_due(at=at):  # what the ground brought along is swept before
        pass
    before = Escalation.objects.count()
    fill(at)
    points = spots()
    context = multiprocessing.get_context("fork")
    answers: Any = context.Queue()
    stop = context.Event()
    connection.close()

    def run(kind: str, act: Callable[[], list[float]]) -> Any:
        def work() -> None:
            try:
                answers.put((kind, act()))
            except Exception as error:
                answers.put((kind, repr(error)))

        process = context.Process(target=work)
        process.start()
        return process

    clients = [run("report", lambda seed=seed: reporting(points, stop, seed)) for seed in range(CLIENTS)]
    time.sleep(2)
    start = time.perf_counter()
    workers = [run("sweep", lambda: sweeping(at)) for _ in range(WORKERS)]
    found: dict[str, list[float]] = {"report": [], "sweep": []}

    def take(number: int) -> None:
        for _ in range(number):
            kind, spent = answers.get(timeout=600)
            if isinstance(spent, str):
                raise SystemExit(f"a {kind} failed: {spent}")
            found[kind] += spent

    take(WORKERS)
    seconds = time.perf_counter() - start
    stop.set()
    take(CLIENTS)
    for process in (*clients, *workers):
        process.join()
    told = Escalation.objects.count() - before
    if told != CLOCKS:
        raise SystemExit(f"{told} of {CLOCKS} clocks were told of")
    row(
        f"{CLOCKS:,} overdue clocks swept, workers: {WORKERS}", f"{seconds:.1f} s", target="≤ 30 s",
        detail=f"{CLOCKS / seconds:,.0f}/s; a pass p99 {quantile(found['sweep'], 0.99):.0f} ms",
    )  # fmt: skip
    row(
        "a report meanwhile", f"{quantile(found['report'], 0.99):.0f} ms",
        detail=f"p99 of {len(found['report'])}, {CLIENTS / PACE:.0f}/s; p50 {quantile(found['report'], 0.5):.0f} ms",
    )  # fmt: skip


main()
