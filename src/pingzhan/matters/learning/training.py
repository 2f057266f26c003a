"""Fitting the model to texts with labels. scikit-learn is loaded only here, in the background."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pingzhan.matters.learning.evaluation import Measure, Scored, best_threshold, measure
from pingzhan.matters.learning.features import features
from pingzhan.matters.learning.model import LinearModel

LEAST_OF_A_LABEL = 5  # examples; of rarer labels nothing is learned
LEAST_EXAMPLES = 60
MOST_FEATURES = 30_000
LEAST_TEXTS = 2  # in which a feature occurs, so that no word of a single report is kept in the model
HELD_OUT = 0.2  # the latest part, on which the rest is tried and the threshold chosen
PROMISE = 0.85  # how often what is suggested shall be right
STRENGTH = 8.0  # C of the regression: the inverse of its regularisation


class TooLittle(Exception):
    """There is not enough to learn from: at least two labels with LEAST_OF_A_LABEL examples, LEAST_EXAMPLES in all."""


@dataclass(frozen=True, slots=True)
class Trained:
    """A model fitted to all examples, how one fitted to the earlier ones did on the later, and the threshold chosen."""

    model: LinearModel
    examples: int
    labels: int
    threshold: float
    measured: Measure


def train(texts: Sequence[str], labels: Sequence[str], *, promise: float = PROMISE) -> Trained:
    """Learn from examples in the order of time, so that as much as `promise` of what is suggested is right.

    Raises TooLittle.
    """
    kept = enough(labels)
    pairs = [(text, label) for text, label in zip(texts, labels, strict=True) if label in kept]
    if len(pairs) < LEAST_EXAMPLES or len(kept) < 2:
        raise TooLittle(f"{len(pairs)} examples, {len(kept)} labels")
    cut = len(pairs) - max(1, round(len(pairs) * HELD_OUT))
    early, late = pairs[:cut], pairs[cut:]
    tried = fit([text for text, _ in early], [label for _, label in early])
    seen = {_said(text) for text, _ in early}
    late = [(text, label) for text, label in late if _said(text) not in seen]  # of what was learned by heart not a test
    answers = [tried.answer(text) for text, _ in late]
    scored = [Scored(a.label, a.probability, label) for a, (_, label) in zip(answers, late, strict=True)]
    threshold = best_threshold(scored, promise=promise)
    model = fit([text for text, _ in pairs], [label for _, label in pairs])
    return Trained(model, len(pairs), len(kept), threshold, measure(scored, threshold=threshold))


def _said(text: str) -> frozenset[tuple[str, int]]:
    """What a text says to the model, whatever numbers stand in it."""
    return frozenset(features(text).items())


def enough(labels: Sequence[str]) -> set[str]:
    """The labels that there are enough examples of."""
    return {label for label, count in Counter(labels).items() if count >= LEAST_OF_A_LABEL}


def fit(texts: Sequence[str], labels: Sequence[str], *, least_texts: int = LEAST_TEXTS) -> LinearModel:
    """The model of all examples; the same examples give the same model."""
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression
    from sklearn.multiclass import OneVsRestClassifier

    counted = [features(text) for text in texts]
    within = Counter(name for one in counted for name in one)
    names = sorted((name for name, n in within.items() if n >= least_texts), key=lambda name: (-within[name], name))
    vocabulary = {name: row for row, name in enumerate(names[:MOST_FEATURES])}
    idf = np.array([np.log((1 + len(texts)) / (1 + within[name])) + 1 for name in vocabulary], dtype=np.float32)
    rows, columns, values = [], [], []
    for row, one in enumerate(counted):
        known = [(vocabulary[name], n) for name, n in one.items() if name in vocabulary]
        found = [(column, (1 + np.log(n)) * idf[column]) for column, n in known]
        length = float(np.sqrt(sum(value * value for _, value in found))) or 1.0
        for column, value in found:
            rows.append(row)
            columns.append(column)
            values.append(value / length)
    matrix = csr_matrix((values, (rows, columns)), shape=(len(texts), len(vocabulary)), dtype=np.float64)
    single = LogisticRegression(
        solver="liblinear", dual=True, C=STRENGTH, class_weight="balanced", max_iter=400, random_state=0
    )
    fitted = OneVsRestClassifier(single).fit(matrix, list(labels))
    weights = np.vstack([each.coef_ for each in fitted.estimators_]).T
    bias = np.concatenate([each.intercept_ for each in fitted.estimators_])
    if len(fitted.classes_) == 2:  # one row stands for both then
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    return LinearModel(
        labels=tuple(str(label) for label in fitted.classes_), vocabulary=vocabulary, idf=idf,
        weights=weights.astype(np.float32), bias=bias.astype(np.float32),
    )  # fmt: skip
