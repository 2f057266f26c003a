"""What several faces say alike."""

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _


def how_far(metres: int) -> str:
    """A distance in words, no nearer to the truth than homes should be told."""
    if metres < 1000:
        return _("离这里约 %(metres)s 米") % {"metres": max(50, round(metres / 50) * 50)}
    return _("离这里约 %(km)s 公里") % {"km": round(metres / 1000, 1)}


def plan_name(thing: Any) -> str:
    """What a plan, its preview, a response or a mode is called: in English for English readers, where there is that."""
    name = "title" if hasattr(thing, "title_en") else "plan"
    english: str = getattr(thing, f"{name}_en", "")
    return english if english and (get_language() or "").startswith("en") else str(getattr(thing, name))
