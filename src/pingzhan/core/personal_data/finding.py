"""All findings of a text."""

from pingzhan.core.personal_data.homes import find_homes
from pingzhan.core.personal_data.names import find_names
from pingzhan.core.personal_data.numbers import find_numbers
from pingzhan.core.personal_data.spans import WORDS, Hidden, Span, settled

_MARKS = tuple(WORDS.values())


def find_personal(text: str) -> tuple[Span, ...]:
    """Where `text` holds personal data, in order, without overlaps. What was replaced before is left alone."""
    found = settled([*find_numbers(text), *find_homes(text), *find_names(text)])
    covered = [(at, at + len(mark)) for mark in _MARKS for at in _places(text, mark)]
    return tuple(span for span in found if all(span.end <= start or end <= span.start for start, end in covered))


def _places(text: str, part: str) -> list[int]:
    found, at = [], text.find(part)
    while at >= 0:
        found.append(at)
        at = text.find(part, at + 1)
    return found


def hide_personal(text: str) -> Hidden:
    """`text` with its findings; `.text` is the draft with everything replaced that is surely personal."""
    return Hidden(text, find_personal(text))
