"""What may be told at a check-in, and what is agreed to."""

from collections.abc import Iterable
from dataclasses import dataclass

from pingzhan.people.choices import CheckInKind, Slot

# The words that somebody agreed to when they checked in; shown by the pages. New words, new code.
CONSENT = "check-in-1"

MOST_SKILLS = 12
MOST_WISHES = 300


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody tells at a check-in. The place of home as a code, or as an address in words."""

    name: str
    phone: str
    place: str = ""
    home: str = ""
    unit: str = ""  # code of a known unit
    unit_name: str = ""  # or where they work in their own words
    job: str = ""
    standing: str = ""
    skills: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    wishes: str = ""
    kind: str = CheckInKind.MEMBER


def is_phone(plain: str) -> bool:
    """Whether a normalised number can be one: 7 to 15 digits, with a leading + where it is foreign."""
    digits = plain.removeprefix("+")
    return digits.isascii() and digits.isdigit() and 7 <= len(digits) <= 15


def known_slots(slots: Iterable[str]) -> list[str]:
    """Those that exist, each once, in the order in which they are offered."""
    told = set(slots)
    return [slot.value for slot in Slot if slot.value in told]


def known_skills(skills: Iterable[str], catalogue: Iterable[str]) -> list[str]:
    """Those of the catalogue, each once, at most MOST_SKILLS."""
    offered = set(catalogue)
    return [code for code in dict.fromkeys(skills) if code in offered][:MOST_SKILLS]
