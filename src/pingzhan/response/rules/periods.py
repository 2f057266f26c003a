"""Months on the calendar."""

from calendar import monthrange
from datetime import datetime


def months_later(at: datetime, months: int) -> datetime:
    """The same day and hour so many months later; the last day of the month where that has no such day."""
    years, month = divmod(at.month - 1 + months, 12)
    year, month = at.year + years, month + 1
    return at.replace(year=year, month=month, day=min(at.day, monthrange(year, month)[1]))
