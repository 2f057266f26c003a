"""Hot spots: clusters of the same trouble within an actor's area, with how they grow."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.matters.models import Cluster, ClusterMember, Matter

LEAST = 3  # reports; two may be chance
SHOWN_FOR = timedelta(days=30)  # after the last report
DAYS = 14  # of growth shown
GROWING = 3  # reports within GROWING_IN that call for a whistle
GROWING_IN = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class HotSpot:
    """A cluster, its matters newest first, reports a day over DAYS, the oldest first, and whether it grows fast."""

    cluster: Cluster
    matters: tuple[Matter, ...]
    days: tuple[int, ...]
    growing: bool
    point: tuple[float, float] | None  # middle of the points, else of the places: longitude, latitude in degrees


def clusters_for(actor: Actor, *, at: datetime) -> QuerySet[Cluster]:
    """The clusters that lie wholly in the area in which `actor` accepts matters, told of lately."""
    reach = scope(actor, Permission.MATTER_ACCEPT)
    return Cluster.objects.filter(reach, size__gte=LEAST, last_at__gte=at - SHOWN_FOR)


def hot_spots(clusters: Sequence[Cluster], *, at: datetime) -> list[HotSpot]:
    """What is to be seen of the clusters of a page; one statement."""
    rows = ClusterMember.objects.filter(cluster__in=[cluster.pk for cluster in clusters]).select_related(
        "matter", "matter__place"
    )
    found: dict[object, list[Matter]] = defaultdict(list)
    for row in rows.order_by("-at", "-id"):
        found[row.cluster_id].append(row.matter)
    return [_spot(cluster, found[cluster.pk], at=at) for cluster in clusters]


def _spot(cluster: Cluster, matters: list[Matter], *, at: datetime) -> HotSpot:
    ages = [at - matter.reported_at for matter in matters]
    days = [sum(age // timedelta(days=1) == day for age in ages) for day in reversed(range(DAYS))]
    said = [(m.lon, m.lat) for m in matters]
    # Where nobody set a point, the middles of the places tell where it is.
    points = _known(said) or _known([(m.place.lon, m.place.lat) for m in matters])
    middle = (
        (sum(lon for lon, _ in points) / len(points), sum(lat for _, lat in points) / len(points)) if points else None
    )
    recent = sum(age < GROWING_IN for age in ages)
    return HotSpot(cluster, tuple(matters), tuple(days), recent >= GROWING, middle)


def _known(points: Sequence[tuple[float | None, float | None]]) -> list[tuple[float, float]]:
    return [(lon, lat) for lon, lat in points if lon is not None and lat is not None]
