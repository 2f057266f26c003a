"""A linear model that says what it answers, how sure it is and which words counted; kept as plain arrays."""

import io
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pingzhan.matters.learning.features import features, shown

WORDS_SHOWN = 4
_ARRAYS = ("labels", "vocabulary", "idf", "weights", "bias")


class NoModel(Exception):
    """The bytes are no model of ours."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A label with the probability that the model gives it, and the words that spoke most for it."""

    label: str
    probability: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinearModel:
    """One logistic regression a label over TF-IDF features; their probabilities are made to add up to one.

    `weights` has one row a feature and one column a label, `idf` one number a feature, `bias` one a label.
    """

    labels: tuple[str, ...]
    vocabulary: dict[str, int]
    idf: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def answer(self, text: str, *, explain: bool = False) -> Answer:
        """What the model takes `text` for, with the words that counted if asked to `explain`.

        Whether it is sure enough is for the caller to say.
        """
        found = [(name, row, n) for name, n in features(text).items() if (row := self.vocabulary.get(name)) is not None]
        rows = np.fromiter((row for _, row, _ in found), dtype=np.intp, count=len(found))
        values = self._values(rows, np.fromiter((n for _, _, n in found), dtype=np.float32, count=len(found)))
        weights = self.weights[rows]
        scores = values @ weights + self.bias
        best = int(np.argmax(scores))
        odds = 1 / (1 + np.exp(-scores))
        words: tuple[str, ...] = ()
        if explain and found:
            words = _spoken([name for name, _, _ in found], values * (weights[:, best] - weights.mean(axis=1)))
        return Answer(self.labels[best], float(odds[best] / odds.sum()), words)

    def _values(self, rows: NDArray[np.intp], counts: NDArray[np.float32]) -> NDArray[np.float32]:
        """TF-IDF with dampened counts, of length one: as `training` computes it."""
        values = (1 + np.log(counts)) * self.idf[rows] if len(rows) else counts
        length = float(np.sqrt((values * values).sum()))
        return (values / length if length else values).astype(np.float32)

    def dump(self) -> bytes:
        """The model as an .npz of plain arrays; nothing in it is ever run."""
        names = sorted(self.vocabulary, key=self.vocabulary.__getitem__)
        arrays: dict[str, Any] = {
            "labels": np.array(self.labels, dtype=np.str_), "vocabulary": np.array(names, dtype=np.str_),
            "idf": self.idf, "weights": self.weights, "bias": self.bias,
        }  # fmt: skip
        held = io.BytesIO()
        np.savez_compressed(held, **arrays)
        return held.getvalue()


def load(data: bytes) -> LinearModel:
    """The model of `dump`; raises NoModel for anything else. Pickled objects are refused."""
    try:
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            labels, names, idf, weights, bias = (arrays[name] for name in _ARRAYS)
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
        raise NoModel(str(error)) from error
    if weights.shape != (len(names), len(labels)) or idf.shape != (len(names),) or bias.shape != (len(labels),):
        raise NoModel("the arrays do not fit together")
    return LinearModel(
        labels=tuple(str(label) for label in labels),
        vocabulary={str(name): row for row, name in enumerate(names)},
        idf=idf.astype(np.float32), weights=weights.astype(np.float32), bias=bias.astype(np.float32),
    )  # fmt: skip


def _spoken(names: list[str], share: NDArray[np.float32]) -> tuple[str, ...]:
    """The words that spoke most for the answer, none a part of another."""
    said: list[str] = []
    for index in np.argsort(-share, kind="stable"):
        if share[index] <= 0 or len(said) == WORDS_SHOWN:
            break
        word = shown(names[index])
        if not any(word in other or other in word for other in said):
            said.append(word)
    return tuple(said)
