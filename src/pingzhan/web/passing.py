"""What stands beside the steps of a matter, for desk and phone: pause, levels, parts, who was told, the demand."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from pingzhan.matters.choices import Status
from pingzhan.matters.queries.passing import Passing
from pingzhan.matters.queries.pauses import time_to_pause
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.sheet import Sheet
from pingzhan.places.names import named
from pingzhan.web.portal.words import span

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter


def last_day_of_hold(matter: "Matter", *, at: datetime) -> str:
    """The last day to which the matter may be put on hold."""
    return timezone.localdate(at + time_to_pause(matter, at=at) - timedelta(hours=24)).isoformat()


def pause_shown(beside: Passing, found: Sheet) -> dict[str, Any]:
    """The pause that is asked for or in force; {} when there is none."""
    pause = beside.pause
    if pause is None:
        return {}
    item = next((item for item in reversed(found.items) if item.at == pause.requested_at and item.replies), None)
    matter = found.matter
    return {
        "asked": pause.decided_at is None,
        "cause": pause.get_cause_display(),
        "until": pause.until,
        "day": timezone.localdate(pause.until).isoformat(),
        "reason": item.replies[-1] if item else "",
        "awaits": named(reference().units.get(matter.awaits_id)) if matter.awaits_id else "",
    }


def beside_shown(matter: "Matter", beside: Passing) -> dict[str, Any]:
    """Levels, parts, mergers, escalations and supervision in words."""
    units = reference().units
    asked = beside.supervision
    return {
        "answers": named(units.get(beside.responsible)),
        "first_asked": matter.status in (Status.SUBMITTED, Status.ACCEPTED, Status.DISPATCHED),
        "levels": [
            {
                "unit": named(units.get(row.unit_id)),
                "referred_at": row.referred_at,
                "confirmed_at": row.confirmed_at,
                "turn": matter.status == Status.COMPLETED
                and row.unit_id == (matter.awaits_id or matter.receiver_id)
                and row.confirmed_at is None,
            }
            for row in beside.levels
        ],
        "top": named(units.get(beside.levels[-1].to_unit_id)) if beside.levels else "",
        "parts": beside.parts,
        "joined": beside.joined,
        "escalations": [
            {
                "clock": row.clock.get_kind_display(),
                "unit": named(units.get(row.unit_id)),
                "late": span(timedelta(minutes=row.late_minutes)),
                "at": row.at,
            }
            for row in beside.escalations
        ],
        "supervision": {
            "requirement": asked.requirement,
            "unit": named(units.get(asked.unit_id)),
            "due_at": asked.due_at,
            "answer": asked.answer,
            "answered_at": asked.answered_at,
        }
        if asked
        else None,
    }
