"""How good answers are: accuracy, macro-F1, and what is left of them when the unsure ones are not given."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt


@dataclass(frozen=True, slots=True)
class Scored:
    """One answer beside the truth. `label` "" is no answer."""

    label: str
    probability: float
    truth: str


@dataclass(frozen=True, slots=True)
class Measure:
    """Shares from 0 to 1. `coverage`: answers given at the threshold; `precision`: of these, the right ones."""

    examples: int
    accuracy: float
    macro_f1: float
    majority: float
    coverage: float
    precision: float


def measure(scored: Sequence[Scored], *, threshold: float = 0.0) -> Measure:
    """What the answers are worth; of no examples all is 0."""
    n = len(scored)
    if not n:
        return Measure(0, 0.0, 0.0, 0.0, 0.0, 0.0)
    given = [one for one in scored if one.label and one.probability >= threshold]
    return Measure(
        examples=n,
        accuracy=sum(one.label == one.truth for one in scored) / n,
        macro_f1=macro_f1(scored),
        majority=Counter(one.truth for one in scored).most_common(1)[0][1] / n,
        coverage=len(given) / n,
        precision=sum(one.label == one.truth for one in given) / len(given) if given else 0.0,
    )


def macro_f1(scored: Sequence[Scored]) -> float:
    """The mean over the true labels of the harmonic mean of precision and recall: rare ones count as others do."""
    truths = {one.truth for one in scored}
    values = []
    for label in truths:
        right = sum(one.label == label == one.truth for one in scored)
        said = sum(one.label == label for one in scored)
        there = sum(one.truth == label for one in scored)
        values.append(2 * right / (said + there))
    return sum(values) / len(values) if values else 0.0


def best_threshold(scored: Sequence[Scored], *, promise: float) -> float:
    """The lowest probability from which on at least `promise` of the answers are right; above 1 if there is none.

    Of few answers more must be right: what counts is the lower end of the share's confidence interval.
    """
    best, right = 1.01, 0
    for count, one in enumerate(sorted(scored, key=lambda one: -one.probability), start=1):
        right += one.label == one.truth
        if at_least(right, count) >= promise:
            best = one.probability
    return best


def at_least(right: int, count: int) -> float:
    """The lower end of the Wilson score interval, one standard error wide, of `right` out of `count`.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    share = right / count
    return (share + 1 / (2 * count) - sqrt(share * (1 - share) / count + 1 / (4 * count**2))) / (1 + 1 / count)
