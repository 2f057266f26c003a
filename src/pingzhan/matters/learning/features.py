"""What a text is seen as: its words, and its characters by twos and threes, which also know what no dictionary does."""

import re
from collections import Counter

from pingzhan.core.words import words

MOST_TEXT = 600  # characters of a text that are looked at: the trouble is named early, and a report may not wait

_HAN = re.compile(r"[\u4e00-\u9fff]+")  # untranslated: Chinese texts
_WORD = re.compile(r"[\u4e00-\u9fff]{2,}|[A-Za-z]{2,}")


def features(text: str) -> Counter[str]:
    """How often each feature occurs: "w:" and a word, "c:" and two or three characters. Numbers name people: none."""
    text = text[:MOST_TEXT]
    found: Counter[str] = Counter()
    for word in words(text):
        if _WORD.fullmatch(word):
            found["w:" + word.casefold()] += 1
    for run in _HAN.findall(text):
        for size in (2, 3):
            for start in range(len(run) - size + 1):
                found["c:" + run[start : start + size]] += 1
    return found


def shown(feature: str) -> str:
    """The feature as people read it."""
    return feature[2:]
