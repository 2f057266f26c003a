"""What those who reported may read: their matters by proof of the query code, a category for their words, notices."""

from collections.abc import Collection
from uuid import UUID

from pingzhan.core.errors import NotFound
from pingzhan.matters.models import Matter, Notice
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.rules import classify


def matter_shown(ids: Collection[UUID], number: str) -> Matter | None:
    """The matter with this number if it is among `ids`, those whose query code was shown; one statement."""
    if not ids:
        return None
    return Matter.objects.filter(pk__in=ids, number=number).select_related("place", "merged_into").first()


def suggest_category(text: str, *, group: str = "") -> str | None:
    """The code of the category that the words speak of, within `group` if one is named; None when none does."""
    known = reference()
    words = {
        code: listed
        for code, listed in known.keywords.items()
        if not group or known.categories[code].parent_id == group
    }
    guess = classify(text, words)
    return guess.category if guess else None


def notice_by_id(notice_id: UUID) -> Notice:
    """The notice, as long as it is up; raises NotFound."""
    found = (
        Notice.objects.filter(pk=notice_id, until__isnull=True).select_related("matter", "category", "matter__handler").first()
    )
    if found is None:
        raise NotFound
    return found
