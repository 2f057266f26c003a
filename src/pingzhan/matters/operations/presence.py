"""Saying that one looks at a sheet: no lock, no journal, gone by itself."""

from datetime import datetime

from pingzhan.access.actors import Actor
from pingzhan.matters.models import Matter, Presence
from pingzhan.matters.queries.presence import SHOWN_FOR


def look_at(*, matter: Matter, by: Actor, at: datetime) -> None:
    """Note that `by` has the sheet open now; one statement. Nothing of the matter changes, nobody is kept out."""
    if by.user_id is None:
        return
    Presence.objects.bulk_create(
        [Presence(matter=matter, user_id=by.user_id, seen_at=at)],
        update_conflicts=True,
        unique_fields=["matter", "user"],
        update_fields=["seen_at"],
    )


def forget_absent(*, at: datetime) -> int:
    """Drop those who have not been seen for a while; returns how many."""
    return Presence.objects.filter(seen_at__lt=at - SHOWN_FOR).delete()[0]
