"""Entries as a list, for those who look after the record."""

from uuid import UUID

from django.db.models import Q

from pingzhan.core.paging import Page, page
from pingzhan.journal.models import Entry


def entries_page(reach: Q, *, after: str | None = None, limit: int = 20) -> Page[Entry]:
    """The entries that `reach` lets through, newest first; one statement. `reach` comes from `access.queries.scope`."""
    return page(Entry.objects.filter(reach), order=("-id",), after=after, limit=limit)


def entry_within(reach: Q, uid: UUID) -> Entry | None:
    """The entry with this identifier, if `reach` lets it through."""
    return Entry.objects.filter(reach, uid=uid).first()


def unsealed_count() -> int:
    """How many entries wait to be sealed; one statement on an index of those alone."""
    return Entry.objects.filter(position__isnull=True).count()
