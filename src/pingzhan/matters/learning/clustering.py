"""Which of the earlier reports tells of the same trouble as a new one. The same order gives the same clusters."""

from collections.abc import Sequence
from datetime import timedelta

from pingzhan.matters.learning.similarity import likeness

WITHIN = timedelta(days=14)  # between a report and the one that it joins
COMPARED = 300  # the latest of the street within that time
LEAST_WORDS = 0.22  # likeness of the words alone that is needed, however near
ENOUGH = 0.4
NEAR_BONUS = 0.15  # in the same community


def best_match(text: str, earlier: Sequence[str], near: Sequence[bool]) -> int | None:
    """The place in `earlier` of the report that is most like `text`; `near` tells which lie close by. None: new."""
    best, best_score = None, ENOUGH
    for place, (words, close) in enumerate(zip(likeness(text, earlier), near, strict=True)):
        score = words + NEAR_BONUS * close
        if words >= LEAST_WORDS and score >= best_score:
            best, best_score = place, score
    return best
