"""What happened to many things at once, for ledgers and proofs."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import QuerySet

from pingzhan.journal.models import Entry, Opening


def timelines(subject_type: str, subject_ids: Collection[UUID]) -> QuerySet[Entry]:
    """The entries of these subjects in the order in which they were made; one statement on an index."""
    return Entry.objects.filter(subject_type=subject_type, subject_id__in=list(subject_ids)).order_by("id")


def with_openings(entries: Sequence[Entry]) -> dict[int, str]:
    """For those of `entries` that opened a sealed field: the purpose that was stated, by the entry's id."""
    ids = [entry.pk for entry in entries]
    return dict(Opening.objects.filter(entry_id__in=ids).order_by("entry_id").values_list("entry_id", "purpose"))
