"""Who holds a role where: for those who must be told of something."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from pingzhan.access.models import Grant, User
from pingzhan.core.paths import paths_above


def holding(roles: Collection[str], path: str, *, at: datetime) -> list[User]:
    """Who holds one of these roles at `path` or above it now and can sign in, in a fixed order; one statement."""
    above = paths_above(path)
    grants = Grant.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at), role__in=list(roles), path__in=above, since__lte=at
    )
    return list(User.objects.filter(pk__in=grants.values("user_id"), is_active=True).order_by("username"))


def silent_users(ids: Collection[UUID], *, since: datetime) -> set[UUID]:
    """Those of these users who could have signed in since then, and have not; one statement."""
    rows = User.objects.filter(Q(last_login__isnull=True) | Q(last_login__lt=since), created_at__lt=since)
    rows = rows.filter(pk__in=list(ids))
    return set(rows.order_by("pk").values_list("pk", flat=True))
