"""Hot spots: the same trouble told by several, where it is and how it grows."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.core.paging import page
from pingzhan.core.paths import COMMUNITY, STREET, code_on, shared_path
from pingzhan.matters.queries.clusters import HotSpot, clusters_for, hot_spots
from pingzhan.matters.queries.reference import reference
from pingzhan.places.names import named, place_lines
from pingzhan.web.guards import needs

PAGE = 20
MATTERS_SHOWN = 5
BAR = 8  # pixels a day is wide in the picture of growth
HEIGHT = 28


@require_safe
@needs(P.MATTER_ACCEPT)
def clusters(request: HttpRequest) -> HttpResponse:
    """The clusters of the actor's area, those told of last first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    found = page(clusters_for(actor, at=at), order=("-last_at", "-id"), after=request.GET.get("after"), limit=PAGE)
    spots = hot_spots(found.items, at=at)
    names = place_lines({spot.cluster.path for spot in spots})
    rows = [_row(spot, names) for spot in spots]
    points = [
        {
            "lon": spot.point[0],
            "lat": spot.point[1],
            "name": f"{row['title']} · {spot.cluster.size}",
            "url": row["url"],
            "bad": spot.growing,
        }
        for spot, row in zip(spots, rows, strict=True)
        if spot.point
    ]
    here = shared_path(spot.cluster.path for spot in spots)
    context = {
        "rows": rows,
        "points": points,
        "under": code_on(here, COMMUNITY) or code_on(here, STREET),  # what the map names the parts of
        "next": found.next or "",
    }
    return render(request, "desk/clusters.html", context)


def _row(spot: HotSpot, names: dict[str, str]) -> dict[str, Any]:
    still_open = next((matter for matter in spot.matters if matter.is_open), None)
    latest = still_open or spot.matters[0]
    most = max(spot.days) or 1
    return {
        "spot": spot,
        "title": named(reference().categories.get(spot.cluster.category_id)),
        "place": names.get(spot.cluster.path, ""),
        "matters": spot.matters[:MATTERS_SHOWN],
        "more": max(0, len(spot.matters) - MATTERS_SHOWN),
        "open": sum(matter.is_open for matter in spot.matters),
        "url": reverse("desk:sheet", args=[latest.number]),
        "whistle": reverse("desk:sheet", args=[still_open.number]) if still_open and spot.growing else "",
        "bars": [
            {"x": place * BAR, "y": HEIGHT - round(HEIGHT * n / most), "height": round(HEIGHT * n / most)}
            for place, n in enumerate(spot.days)
        ],
        "width": BAR * len(spot.days),
        "recent": sum(spot.days[-7:]),
        "before": sum(spot.days[:7]),
    }
