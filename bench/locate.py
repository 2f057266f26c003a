"""Points to grids: one by one and in batches, over 8,886 grids."""

import time

import numpy as np
import shapely
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from bench.ground import QUICK, quantile, row, timed
from pingzhan.places.choices import Level
from pingzhan.places.locate import locate, locate_many, refresh
from pingzhan.places.models import Outline, Place
from pingzhan.places.operations import changed

GRIDS = 900 if QUICK else 8886
WEST, SOUTH, SIDE = 130.0, 46.5, 0.01  # degrees: cells of about a kilometre


def main() -> None:
    call_command("migrate", verbosity=0)
    at = timezone.now()
    top = Place.objects.create(code="2308", name="bench", level=Level.CITY, path="2308/", created_at=at)
    across = int(np.ceil(np.sqrt(GRIDS)))
    rng = np.random.default_rng(7)
    corner = rng.uniform(-0.3, 0.3, (across + 1, across + 1, 2)) * SIDE  # wavy cells that share their corners
    places, outlines = [], []
    for index in range(GRIDS):
        i, j = divmod(index, across)
        ring = [
            (WEST + a * SIDE + corner[a, b, 0], SOUTH + b * SIDE + corner[a, b, 1])
            for a, b in ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
        ]
        code = f"230800000001-G{index:05d}"
        places.append(
            Place(code=code, name=code, level=Level.GRID, path=f"2308/{code}/", parent=top, kind="town", created_at=at)
        )
        outlines.append(shapely.to_geojson(shapely.Polygon(ring)))
    Place.objects.bulk_create(places, batch_size=1000)
    Outline.objects.bulk_create(
        [Outline(place=p, geometry=g) for p, g in zip(places, outlines, strict=True)], batch_size=1000
    )
    with transaction.atomic():
        changed()
    start = time.perf_counter()
    refresh()
    locate(WEST + SIDE, SOUTH + SIDE)
    row("build the index", f"{time.perf_counter() - start:.2f} s", detail=f"{GRIDS} grids")
    number = 20_000 if QUICK else 500_000
    lons = WEST + rng.uniform(0, across * SIDE, number)
    lats = SOUTH + rng.uniform(0, across * SIDE, number)
    locate_many(lons[:1000], lats[:1000])
    start = time.perf_counter()
    locate_many(lons, lats)
    row(
        "locate in batches",
        f"{number / (time.perf_counter() - start):,.0f}/s",
        target="≥ 100,000/s",
        detail=f"{GRIDS} grids",
    )
    position = iter(range(number))

    def once() -> None:
        at = next(position)
        locate(float(lons[at]), float(lats[at]))

    spent = timed(once, times=min(number, 20_000))
    row(
        "locate one by one", f"{quantile(spent, 0.5) * 1000:.0f} µs", target="≤ 50 µs",
        detail=f"p50; p99 {quantile(spent, 0.99) * 1000:.0f} µs",
    )  # fmt: skip


main()
