"""How long a training is good."""

from calendar import monthrange
from datetime import date


def good_until(on: date, months: int | None) -> date | None:
    """The last day on which a training of this day is good: the same day so many months later; None is for ever."""
    if months is None:
        return None
    year, month = divmod(on.year * 12 + on.month - 1 + months, 12)
    return date(year, month + 1, min(on.day, monthrange(year, month + 1)[1]))
