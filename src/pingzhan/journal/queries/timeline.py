"""What happened to one thing."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from pingzhan.journal.models import Entry


def timeline(subject_type: str, subject_id: UUID) -> QuerySet[Entry]:
    """The entries of one subject in the order in which they were made; one statement on an index."""
    return Entry.objects.filter(subject_type=subject_type, subject_id=subject_id).order_by("id")


def last_at(*, subject_type: str, subject_id: UUID, verb: str) -> datetime | None:
    """When `verb` was last done to the subject; None if never."""
    return timeline(subject_type, subject_id).filter(verb=verb).order_by("-id").values_list("at", flat=True).first()


def entry_by_uid(uid: UUID) -> Entry | None:
    """The entry with this identifier."""
    return Entry.objects.filter(uid=uid).first()
