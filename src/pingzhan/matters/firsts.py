"""The four firsts (四个第一): what they are, which entries of the journal reach them, and their targets. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from pingzhan.matters.rules import Allowance, allowance


class First(models.TextChoices):
    FOUND = "first_found", _("第一时间发现")
    CALMED = "first_calmed", _("第一时间安抚")
    ACCEPTED = "first_accepted", _("第一时间受理")
    SETTLED = "first_settled", _("第一时间解决")


# The three that are timed from when the matter was raised, each with its column of seconds.
TIMED: dict[First, str] = {
    First.CALMED: "calmed_in",
    First.ACCEPTED: "accepted_in",
    First.SETTLED: "settled_in",
}
# Where no time rule says otherwise. Minutes, round the clock.
DEFAULTS: dict[First, int] = {First.CALMED: 30, First.ACCEPTED: 60, First.SETTLED: 24 * 60}

# Somebody spoke with the reporter, or came: a call (the contact was opened), a word to them, a unit on the spot.
_CALMING = frozenset({"whistle.arrive", "sealed.open", "matter.feed_back", "matter.reject", "matter.complete"})
FOLLOWED = ("matter.report", "matter.accept", "matter.progress", *sorted(_CALMING))


def reached(verb: str, data: Mapping[str, Any]) -> tuple[First, ...]:
    """Which of the firsts an entry of the journal reaches."""
    found = []
    if verb in _CALMING or (verb == "matter.progress" and "reply_digest" in data):
        found.append(First.CALMED)
    if verb == "matter.accept":
        found.append(First.ACCEPTED)
    if verb == "matter.complete":
        found.append(First.SETTLED)
    return tuple(found)


def targets(rules: Iterable[Allowance]) -> dict[First, int]:
    """Within how many seconds each of the three is to be reached: one target for all, so that shares compare."""
    rules = list(rules)
    found = {}
    for first, minutes in DEFAULTS.items():
        rule = allowance(rules, kind=first, category="", group="", urgency="")
        found[first] = 60 * ((rule.minutes or rule.days * 24 * 60) if rule else minutes)
    return found


def median(values: Iterable[int]) -> int | None:
    """The middle of one or two middle values, in whole units; None of none."""
    found = list(values)
    return sum(found) // len(found) if found else None
