"""Who holds a role where: for those who must be told of something."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from pingzhan.access.models import Grant, User


def holding(roles: Collection[str], path: str, *, at: datetime) -> list[User]:
    """Who holds one of these roles at `path` or above it now and can sign in, in a fixed order; one statement."""
    above = [path[: index + 1] for index, letter in enumerate(path) if letter == "/"]
    grants = Grant.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at), role__in=list(roles), path__in=above, since__lte=at
    )
    return list(User.objects.filter(pk__in=grants.values("user_id"), is_active=True).order_by("username"))
