"""Who else looks at a sheet."""

from datetime import datetime, timedelta

from pingzhan.access.actors import Actor
from pingzhan.matters.models import Matter, Presence

SHOWN_FOR = timedelta(seconds=45)  # the page says every 20 seconds that it is open; one that was missed does not count


def others_at(matter: Matter, actor: Actor, *, at: datetime) -> list[str]:
    """The names of the staff who have the sheet open beside `actor`; one statement."""
    rows = Presence.objects.filter(matter=matter, seen_at__gt=at - SHOWN_FOR)
    if actor.user_id is not None:
        rows = rows.exclude(user_id=actor.user_id)
    return list(rows.order_by("user__name", "user_id").values_list("user__name", flat=True)[:5])
