"""A prefecture city gets its grids: 1,529 communities, 1.1 million invented households, proposed, accepted, checked.

The codes are the official ones of Jiamusi, the outlines of its districts real where the file of boundaries has them;
the communities' outlines, buildings and households are invented. The files lie outside of the project, in
`PINGZHAN_BENCH_DATA`; without them a city of the same size is invented from nothing.
"""

import json
import time
from collections import Counter

import numpy as np
import shapely
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from bench.city import DATA, ROOT, codes
from bench.ground import QUICK, quantile, row
from pingzhan.access.actors import SYSTEM
from pingzhan.core.db import insert_many
from pingzhan.core.ids import uuid7
from pingzhan.demo.cutting import CannotCut, Part, cut
from pingzhan.places.choices import Finding, Level
from pingzhan.places.models import Outline, Place
from pingzhan.places.operations import accept_proposal, changed, import_places, propose_grids
from pingzhan.places.queries import findings, sizes_for
from pingzhan.places.rules.codes import Row, building_code
from pingzhan.places.rules.outlines import area_of, features_of
from pingzhan.places.rules.sizes import kind_of_community

HOUSEHOLDS = 60_000 if QUICK else 1_100_000


def main() -> None:
    call_command("migrate", verbosity=0)
    at = timezone.now()
    rows = codes()
    import_places(rows=rows, root=ROOT, by=SYSTEM, at=at)
    communities = lay_ground(rows, at)
    start, busy = time.perf_counter(), time.process_time()
    spent, proposals = [], []
    for community in communities:
        began = time.perf_counter()
        proposals.append(propose_grids(community=community, by=SYSTEM, at=at))
        spent.append((time.perf_counter() - began) * 1000)
    proposed, proposing = time.perf_counter() - start, time.process_time() - busy
    start, busy = time.perf_counter(), time.process_time()
    with transaction.atomic():
        for proposal in proposals:
            accept_proposal(proposal=proposal, by=SYSTEM, at=at)
    accepted, accepting = time.perf_counter() - start, time.process_time() - busy
    report(len(communities), spent, (proposed, proposing), (accepted, accepting))


def lay_ground(rows: list[Row], at: object) -> list[Place]:
    """Outlines of the communities and their buildings with households; untimed."""
    rng = np.random.default_rng(7)
    places = {place.code: place for place in Place.objects.filter(path__startswith=f"{ROOT}/").order_by("code")}
    outlines = district_outlines([one for one in rows if len(one.code) == 6])
    areas = {}
    for district, outline in outlines.items():
        below = [one.code for one in rows if len(one.code) == 12 and one.code.startswith(district)]
        if below:
            areas |= spread_communities(outline, district, below)
    chosen = [code for code in areas if len(code) == 12]
    names = {one.code: one.name for one in rows}
    towns = [code for code in chosen if kind_of_community(names[code]) == "town"]
    # Towns have four times the households of villages.
    weights = np.array([4.0 if code in set(towns) else 1.0 for code in chosen]) * rng.uniform(0.4, 1.6, len(chosen))
    homes = np.maximum(20, np.round(weights / weights.sum() * HOUSEHOLDS)).astype(int)
    values = []
    for code, total in zip(chosen, homes.tolist(), strict=True):
        Place.objects.filter(code=code).update(households=total)
        values += buildings(places[code], areas[code], total, code in set(towns), rng, at)
    columns = ("id", "code", "name", "level", "path", "parent_id", "kind", "households", "lon", "lat", "is_demo",
               "created_at")  # fmt: skip
    insert_many(Place, columns, values)
    Outline.objects.bulk_create(
        [Outline(place=places[code], geometry=shapely.to_geojson(areas[code]), is_demo=True) for code in chosen],
        batch_size=500,
    )
    with transaction.atomic():
        changed()
    row(
        "the ground", f"{sum(homes):,} households",
        detail=f"{len(chosen)} communities in {len(outlines)} districts, {len(values):,} buildings, invented",
    )  # fmt: skip
    return [places[code] for code in chosen]


def district_outlines(districts: list[Row]) -> dict[str, object]:
    """Real outlines where the file has them, squares beside each other for the others."""
    found = {}
    file = DATA / "boundaries" / "jiamusi-districts.geojson"
    named = {}
    if file.exists():
        for feature in features_of(json.loads(file.read_text(encoding="utf-8"))):
            named[feature.name] = feature
    for n, one in enumerate(districts):
        feature = named.get(one.name)
        if feature is not None:
            area = area_of(feature.geometry)
            found[one.code] = max(shapely.get_parts(area), key=lambda part: part.area)
        else:
            found[one.code] = shapely.box(135 + n, 48, 135.8 + n, 48.6)
    return found


def spread_communities(outline: object, district: str, below: list[str]) -> dict[str, object]:
    try:
        return cut(outline, Part(district, 1.0, tuple(Part(code) for code in below)), seed=3)
    except CannotCut:
        box = shapely.box(*outline.bounds)
        return cut(box, Part(district, 1.0, tuple(Part(code) for code in below)), seed=3)


def buildings(place: Place, area: object, total: int, town: bool, rng: np.random.Generator, at: object) -> list[tuple]:
    """Buildings of 12 to 60 homes in towns, of 1 to 6 in villages, in a few clusters, until all have a home."""
    low, high = (12, 61) if town else (1, 7)
    sizes: list[int] = []
    left = total
    while left > 0:
        sizes.append(min(int(rng.integers(low, high)), left))
        left -= sizes[-1]
    west, south, east, north = area.bounds
    points = np.empty((0, 2))
    while len(points) < len(sizes):
        thrown = rng.uniform((west, south), (east, north), (4 * len(sizes), 2))
        points = np.concatenate([points, thrown[shapely.intersects_xy(area, thrown[:, 0], thrown[:, 1])]])
    return [
        (
            uuid7(at), building_code(place.code, n), f"{n}号楼", Level.BUILDING.value,
            f"{place.path}{building_code(place.code, n)}/", place.pk, "", size, float(x), float(y), True, at,
        )
        for n, (size, (x, y)) in enumerate(zip(sizes, points, strict=False), 1)
    ]  # fmt: skip


def report(communities: int, spent: list[float], proposed: tuple[float, float], accepted: tuple[float, float]) -> None:
    """proposed, accepted: seconds by the clock and of this process's own work."""
    grids = list(
        Place.objects.filter(level=Level.GRID, until__isnull=True).order_by("code").values_list("kind", "households")
    )
    areas = shapely.from_geojson(
        list(Outline.objects.filter(place__level=Level.GRID).order_by("pk").values_list("geometry", flat=True))
    )
    whole = Counter(len(shapely.get_parts(area)) for area in areas)
    row(
        "propose grids", f"{proposed[0]:.0f} s", target="≤ 120 s with the next",
        detail=f"{communities} communities, {proposed[1]:.0f} s of work, p50 {quantile(spent, 0.5):.0f} ms, "
        f"p99 {quantile(spent, 0.99):.0f} ms",
    )  # fmt: skip
    row(
        "accept them all", f"{accepted[0]:.0f} s", target="≤ 120 s with the one before",
        detail=f"{accepted[1]:.0f} s of work, with journal and outlines",
    )  # fmt: skip
    row(
        "connected", f"{whole[1]} of {len(areas)}", target="all",
        detail="grids whose outline is one piece",
    )  # fmt: skip
    for kind in ("town", "village"):
        sizes = sizes_for(kind)
        held = [households for one, households in grids if one == kind]
        if held:
            right = sum(sizes.fewest <= one <= sizes.most for one in held)
            row(
                f"sizes of {kind} grids", f"p50 {quantile(held, 0.5):.0f}", target=f"{sizes.fewest}–{sizes.most}",
                detail=f"{len(held)} grids, p5 {quantile(held, 0.05):.0f}, p95 {quantile(held, 0.95):.0f}, "
                f"{100 * right / len(held):.1f} % within",
            )  # fmt: skip
    start = time.perf_counter()
    wrong = findings([f"{ROOT}/"])
    row(
        "find what is wrong", f"{time.perf_counter() - start:.1f} s",
        detail=f"holes {len(wrong[Finding.HOLE])}, overlaps {len(wrong[Finding.OVERLAP])}, "
        f"over {len(wrong[Finding.OVER])}, under {len(wrong[Finding.UNDER])}, "
        f"outside any grid {len(wrong[Finding.NO_GRID])}",
    )  # fmt: skip


main()
