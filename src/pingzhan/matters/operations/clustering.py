"""Gathering new matters into clusters, one after another in the order in which they were reported."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import F

from pingzhan.core.ids import uuid7
from pingzhan.matters.choices import Status
from pingzhan.matters.learning.clustering import COMPARED, WITHIN, best_match
from pingzhan.matters.models import Cluster, ClusterMember, Matter
from pingzhan.matters.queries.lists import first_id


def gather(ids: Iterable[UUID]) -> int:
    """Put each of these matters that is like an earlier one of its street beside it; returns how many were put.

    In the caller's transaction, which lets one gatherer work at a time. A second run changes nothing.
    """
    rows = Matter.objects.filter(pk__in=list(ids), cluster_member__isnull=True).exclude(street="")
    return sum(_gather(matter) for matter in rows.order_by("pk"))


def _gather(matter: Matter) -> bool:
    earlier = list(
        Matter.objects.filter(street=matter.street, id__lt=matter.pk, id__gte=first_id(matter.reported_at - WITHIN))
        .exclude(status__in=[Status.REJECTED, Status.WITHDRAWN])
        .select_related("cluster_member")
        .order_by("-id")[:COMPARED]
    )
    near = [bool(other.community) and other.community == matter.community for other in earlier]
    found = best_match(matter.text, [other.text for other in earlier], near)
    if found is None:
        return False
    _put(matter, beside=earlier[found])
    return True


def _put(matter: Matter, *, beside: Matter) -> None:
    member = getattr(beside, "cluster_member", None)
    if member is None:
        cluster = Cluster.objects.create(
            id=uuid7(matter.reported_at), category_id=beside.category_id, path=beside.path, size=1,
            first_at=beside.reported_at, last_at=beside.reported_at,
        )  # fmt: skip
        ClusterMember.objects.create(matter=beside, cluster=cluster, at=beside.reported_at)
    else:
        cluster = Cluster.objects.get(pk=member.cluster_id)
    ClusterMember.objects.create(matter=matter, cluster=cluster, at=matter.reported_at)
    Cluster.objects.filter(pk=cluster.pk).update(
        size=F("size") + 1, last_at=matter.reported_at, path=_common(cluster.path, matter.path)
    )


def widen(matter: Matter) -> None:
    """The matter lies elsewhere now: its cluster is only for those in whose area all of it lies."""
    cluster = Cluster.objects.filter(members__matter=matter).first()
    if cluster is not None:
        Cluster.objects.filter(pk=cluster.pk).update(path=_common(cluster.path, matter.path))


def _common(one: str, other: str) -> str:
    """The path of the smallest place that holds both."""
    shared = []
    for left, right in zip(one.strip("/").split("/"), other.strip("/").split("/"), strict=False):
        if left != right:
            break
        shared.append(left)
    slash = "/" if one.startswith("/") else ""
    return slash + "/".join(shared) + "/"
