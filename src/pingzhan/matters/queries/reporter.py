"""What those who reported may read: their matters by proof of the query code, a category for their words, notices."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min, Q

from pingzhan.access.actors import Actor
from pingzhan.core.errors import NotFound
from pingzhan.matters.models import Matter, Notice
from pingzhan.matters.queries.suggestion import suggested_category


def matter_shown(ids: Collection[UUID], number: str) -> Matter | None:
    """The matter with this number if its code, or that of what it is a part of, was shown (`ids`); one statement."""
    if not ids:
        return None
    rows = Matter.objects.filter(Q(pk__in=ids) | Q(parent__in=ids), number=number)
    return rows.select_related("place", "merged_into").first()


def suggest_category(text: str, *, group: str = "") -> str | None:
    """The code of the category that the words speak of, within `group` if one is named; None when none does."""
    found = suggested_category(text, group=group)
    return found.code if found else None


def notice_by_id(notice_id: UUID) -> Notice:
    """The notice, as long as it is up; raises NotFound."""
    found = (
        Notice.objects.filter(pk=notice_id, until__isnull=True)
        .select_related("matter", "category", "matter__handler")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def own_matter(actor: Actor, number: str) -> Matter | None:
    """The matter with this number if the signed-in `actor` reported it; one statement."""
    if actor.user_id is None:
        return None
    return (
        Matter.objects.filter(reporter_id=actor.user_id, number=number).select_related("place", "merged_into").first()
    )


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept on a signed-in reporter."""

    matters: int
    with_contact: int
    first_at: datetime | None
    last_at: datetime | None


def kept_on(actor: Actor) -> Kept:
    """What the matters hold on a signed-in reporter; of anonymous ones nobody can tell whose they are."""
    found = Matter.objects.filter(reporter_id=actor.user_id).aggregate(
        matters=Count("id"),
        with_contact=Count("id", filter=Q(contact_index__isnull=False)),
        first_at=Min("reported_at"),
        last_at=Max("reported_at"),
    )
    return Kept(**found)
