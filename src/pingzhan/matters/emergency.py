"""Whom to call before anything else. National numbers of mainland China, free from every telephone."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from pingzhan.matters.rules import DANGER_WORDS


@dataclass(frozen=True, slots=True)
class EmergencyNumber:
    number: str
    label: Any


NUMBERS = (
    EmergencyNumber("110", _("报警")),
    EmergencyNumber("119", _("火警与救援")),
    EmergencyNumber("120", _("急救")),
)


def danger_words() -> str:
    """The words at which a page shows the numbers while somebody still types, separated by bars."""
    return "|".join(DANGER_WORDS)
