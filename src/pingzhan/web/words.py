"""What several faces say alike."""

from django.utils.translation import gettext as _


def how_far(metres: int) -> str:
    """A distance in words, no nearer to the truth than homes should be told."""
    if metres < 1000:
        return _("离这里约 %(metres)s 米") % {"metres": max(50, round(metres / 50) * 50)}
    return _("离这里约 %(km)s 公里") % {"km": round(metres / 1000, 1)}
