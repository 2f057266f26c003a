"""What a room lacks for a function. No database, no clock."""

from collections.abc import Collection, Sequence


def missing_hardware(needed: Sequence[str], there: Collection[str]) -> list[str]:
    """The codes of facilities that a function needs and a room has not, in the function's order."""
    return [code for code in needed if code not in there]
