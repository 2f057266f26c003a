"""How alike two short texts are, fast enough to compare one with hundreds while somebody types."""

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import log

MOST_TEXT = 300  # characters of each text that are compared

_HAN = re.compile(r"[\u4e00-\u9fff]+")  # untranslated: Chinese texts
# Pairs of letters of which each is a word of grammar say nothing about the trouble.
_EMPTY = frozenset(
    "的了是在有和也都就不没要我你他们这那个上下来去很还被把让给到说为与及"
)  # untranslated: Chinese texts


_MORE = 30


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a text, those of two words of grammar left out."""
    return frozenset(
        first + second
        for run in _HAN.findall(text[:MOST_TEXT])
        for first, second in pairwise(run)
        if not (first in _EMPTY and second in _EMPTY)
    )


def likeness(text: str, others: Sequence[str]) -> list[float]:
    """How alike `text` is to each of `others`, 0 to 1: the share of the shorter one's pairs that both have.

    Pairs that many of the texts have weigh less (inverse document frequency), so that 小区 or 希望 makes nothing alike.
    """
    own, sets = pairs(text), [pairs(other) for other in others]
    counts = Counter(pair for found in sets for pair in found)
    counts.update(own)
    n = len(sets) + 1
    # As if there were _MORE texts beside these: among few texts a shared pair is no sign of a common word.
    weights = {pair: log((n + _MORE) / (count + 1)) for pair, count in counts.items()}
    whole = sum(weights[pair] for pair in own)
    found = []
    for other in sets:
        shorter = min(whole, sum(weights[pair] for pair in other))
        found.append(sum(weights[pair] for pair in own & other) / shorter if shorter else 0.0)
    return found
