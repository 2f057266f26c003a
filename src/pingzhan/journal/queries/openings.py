"""Who was shown which sealed field. Each Opening comes with its entry: who, when, on what."""

from uuid import UUID

from django.db.models import QuerySet

from pingzhan.journal.models import Opening


def openings_of_person(*person_ids: UUID) -> QuerySet[Opening]:
    """Who opened what of this person's, newest first; somebody may be known by an account and by a file."""
    return Opening.objects.filter(person_id__in=person_ids).select_related("entry").order_by("-entry")


def openings_of(subject_type: str, subject_id: UUID) -> QuerySet[Opening]:
    """Who opened what of this subject, newest first."""
    return (
        Opening.objects.filter(entry__subject_type=subject_type, entry__subject_id=subject_id)
        .select_related("entry")
        .order_by("-entry")
    )


def openings_by(user_id: UUID) -> QuerySet[Opening]:
    """What this user opened, newest first."""
    return Opening.objects.filter(entry__actor_id=user_id).select_related("entry").order_by("-entry")
