"""Rights follow the places at which they are held when grids are redrawn or communities merged."""

from collections.abc import Callable, Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from pingzhan.access.actors import Actor
from pingzhan.access.models import Grant
from pingzhan.core.db import under
from pingzhan.core.ids import uuid7
from pingzhan.journal.operations import draft, record_many


def move_grants(
    *, root: str, after: Callable[[str], str], ended: Collection[str], by: Actor, at: datetime
) -> dict[UUID, UUID]:
    """Let the grants in force under `root` follow; part of the caller's operation.

    A grant at a place that goes on elsewhere is the same grant at another path. One at an `ended` path ends, and a new
    one begins where `after` leads, unless the same right is held there already: who had which right when stays
    readable. Returns the ids of the grants that hold now by those that ended.
    """
    in_force = Grant.objects.filter(Q(until__isnull=True) | Q(until__gt=at), under("path", root))
    entries = []
    replaced: dict[UUID, UUID] = {}
    for grant in in_force.order_by("since", "id"):
        path = after(grant.path)
        if path == grant.path:
            continue
        if grant.path in ended:
            replaced[grant.pk] = _again(grant, path, at)
        else:
            Grant.objects.filter(pk=grant.pk).update(path=path)
        entries.append(
            draft(
                verb="access.move", by=by, at=at, subject_type="user", subject_id=grant.user_id, place_path=grant.path,
                from_state=grant.role, to_state=grant.role, grant=str(replaced.get(grant.pk, grant.pk)), to=path,
            )
        )  # fmt: skip
    record_many(entries)
    return replaced


def _again(grant: Grant, path: str, at: datetime) -> UUID:
    """End a grant and give the same at `path`; the one that is held there already where there is one."""
    held = (
        Grant.objects.filter(
            Q(until__isnull=True) | Q(until__gt=at), user=grant.user_id, role=grant.role, path=path,
            unit_id=grant.unit_id, response_id=grant.response_id,
        )
        .order_by("since", "id")
        .first()
    )  # fmt: skip
    until = grant.until
    Grant.objects.filter(pk=grant.pk).update(until=max(at, grant.since))
    if held is not None:
        return held.pk
    return Grant.objects.create(
        id=uuid7(at), user_id=grant.user_id, role=grant.role, path=path, unit_id=grant.unit_id,
        response_id=grant.response_id, since=max(at, grant.since), until=until, reason=grant.reason,
    ).pk  # fmt: skip
