"""A million matters taken away as CSV, GeoJSON and workbook; and the hint “similar and near” beside them."""

import multiprocessing
import random
import resource
import time
from datetime import datetime
from typing import Any

from django.db import connection

from bench.ground import QUICK, lay_ground, quantile, row, statements, timed
from bench.lists import MATTERS, fill
from pingzhan.access.models import Grant
from pingzhan.access.queries import actor_for
from pingzhan.core.clock import now
from pingzhan.matters.choices import ExportFormat, ExportState
from pingzhan.matters.models import Export
from pingzhan.matters.operations.exports import request_export, write_export
from pingzhan.matters.queries.lists import Filters
from pingzhan.matters.queries.similar import Spot, alike_here
from pingzhan.places.models import Place

TIMES = 30 if QUICK else 300
TEXTS = ["3号楼楼道灯坏了一个星期没人修", "垃圾堆在门口好几天没有清运", "电梯停在三楼打不开门", "楼上半夜装修太吵"]


def written(format: str, filters: Filters, *, by: Any, at: datetime) -> tuple[float, int, Export]:
    """Seconds, how many KiB the process grew, and the export; written in a process of its own, so that growth is its.

    Raises SystemExit where it did not become ready or holds another number of rows than it set out to.
    """
    asked = request_export(format=format, filters=filters, by=by, at=at)
    answers: Any = multiprocessing.get_context("fork").Queue()
    connection.close()

    def work() -> None:
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
        write_export.func(str(asked.pk))
        answers.put((time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before))

    process = multiprocessing.get_context("fork").Process(target=work)
    process.start()
    process.join()
    if process.exitcode:
        raise SystemExit(f"the export as {format} died")
    asked.refresh_from_db()
    if asked.state != ExportState.READY or asked.done != asked.total:
        raise SystemExit(f"the export as {format}: {asked.state}, {asked.done} of {asked.total}: {asked.problem}")
    return (*answers.get(timeout=10), asked)


def hint(at: datetime) -> None:
    """What a resident waits for while reporting."""
    rng = random.Random(4)
    grids = list(Place.objects.filter(level="grid", lon__isnull=False).order_by("path"))

    def one() -> None:
        grid = rng.choice(grids)
        alike_here(rng.choice(TEXTS), Spot(grid.path, grid.path.split("/")[2], grid.lon, grid.lat), at=at)

    count, spent = statements(one), timed(one, times=TIMES)
    row(
        f"similar and near, among {MATTERS:,} matters", f"{quantile(spent, 0.5):.1f} ms", target="≤ 40 ms",
        detail=f"{count} statement, p99 {quantile(spent, 0.99):.0f} ms",
    )  # fmt: skip


def main() -> None:
    lay_ground()
    at = now()
    fill(at)
    by = actor_for(Grant.objects.select_related("user").filter(user__username="command")[0].user, at=at)
    hint(at)
    for format in ExportFormat.values:
        seconds, grown, export = written(format, Filters(), by=by, at=at)
        row(
            f"{export.done:,} matters as {format}", f"{seconds:.0f} s",
            detail=f"{export.done / seconds:,.0f}/s, {export.size / 2**20:.0f} MiB, process grew by {grown >> 10} MiB",
        )  # fmt: skip
    seconds, grown, export = written(ExportFormat.CSV, Filters(place="310107014"), by=by, at=at)
    row(
        f"a street's {export.done:,} as csv", f"{seconds:.1f} s",
        detail=f"{export.done / seconds:,.0f}/s, process grew by {grown >> 10} MiB",
    )  # fmt: skip


main()
