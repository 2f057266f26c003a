"""Reads of telephones: when each was confirmed last."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pingzhan.people.models import Person
from pingzhan.people.queries.holders import holding_under


def unconfirmed_under(paths: Sequence[str], *, since: datetime) -> set[UUID]:
    """Who holds an office at or below these paths and whose phone was last confirmed before `since`; one statement.

    Those without a phone are not among them.
    """
    rows = Person.objects.filter(pk__in=holding_under(paths), contact_confirmed_at__lt=since)
    return set(rows.order_by("pk").values_list("pk", flat=True))
