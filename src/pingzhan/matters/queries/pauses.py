"""How long a matter has stood still, and how long it still may."""

from datetime import datetime, timedelta

from pingzhan.matters.choices import LimitKind, PauseState
from pingzhan.matters.models import Matter, Pause
from pingzhan.matters.queries.reference import reference


def paused_time(matter: Matter, *, at: datetime) -> timedelta:
    """The time that the matter's clock stood still so far, pauses that were not approved left out."""
    rows = Pause.objects.filter(matter=matter, state__in=[PauseState.APPROVED, PauseState.ENDED])
    spans = rows.order_by("requested_at").values_list("decided_at", "ended_at", "until")
    return sum(
        (max(min(ended or at, until) - began, timedelta()) for began, ended, until in spans if began), timedelta()
    )


def time_to_pause(matter: Matter, *, at: datetime) -> timedelta:
    """How long the matter may still stand still in all."""
    cap = reference().limit(LimitKind.PAUSE_DAYS, category=matter.category_id, urgency=matter.urgency)
    return max(timedelta(days=cap) - paused_time(matter, at=at), timedelta())


def open_pause(matter: Matter) -> Pause | None:
    """The pause that is asked for or in force, if there is one."""
    if not matter.waiting:
        return None
    return Pause.objects.filter(matter=matter, state__in=[PauseState.REQUESTED, PauseState.APPROVED]).first()
