"""What is learned from labelled texts: answers with reasons, doubts, and a file that nothing in is run from."""

import io
import pickle

import numpy as np
import pytest

from pingzhan.matters.learning.evaluation import Scored, best_threshold, macro_f1, measure
from pingzhan.matters.learning.features import features
from pingzhan.matters.learning.model import NoModel, load
from pingzhan.matters.learning.training import TooLittle, fit, train
from tests.factories.learned import DANCING, LEAKS, WHERE

KINDS = {"leak": LEAKS, "noise": DANCING}
PAIRS = [(text.format(place), label) for place in WHERE for label, texts in KINDS.items() for text in texts]
TEXTS, LABELS = [text for text, _ in PAIRS], [label for _, label in PAIRS]


def test_words_and_characters_count_and_numbers_do_not() -> None:
    found = features("楼道漏水，电话10012345678")
    assert found["w:漏水"] == 1
    assert found["c:楼道漏"] == 1
    assert not any(any(letter.isdigit() for letter in name) for name in found)


def test_a_model_answers_with_the_words_that_counted() -> None:
    answer = fit(TEXTS, LABELS).answer("五楼天花板滴水", explain=True)
    assert answer.label == "leak"
    assert any("滴水" in word for word in answer.words)


def test_the_same_examples_give_the_same_model_and_it_is_read_back() -> None:
    model = fit(TEXTS, LABELS)
    assert np.array_equal(fit(TEXTS, LABELS).weights, model.weights)
    again = load(model.dump())
    for text in ("车库喇叭声", "顶楼滴水", "没见过的话"):
        assert again.answer(text) == model.answer(text)


def test_a_word_of_a_single_report_is_not_kept() -> None:
    model = fit([*TEXTS, "王小明家滴水"], [*LABELS, "leak"])
    assert not any("小明" in name for name in model.vocabulary)


def test_of_three_labels_each_is_found() -> None:
    lamps = [f"{place}路灯不亮，黑灯瞎火" for place in WHERE]
    model = fit([*TEXTS, *lamps], [*LABELS, *["lamp"] * len(lamps)])
    asked = ("北门路灯不亮", "顶楼滴水", "跳舞喇叭响")
    assert [model.answer(text).label for text in asked] == ["lamp", "leak", "noise"]


def test_training_says_how_it_did_on_what_it_had_not_seen() -> None:
    trained = train(TEXTS, LABELS)
    assert (trained.examples, trained.labels, trained.measured.examples) == (80, 2, 16)
    assert trained.measured.accuracy > 0.9 > trained.measured.majority
    assert trained.threshold <= 1


def test_too_little_is_not_learned_from() -> None:
    with pytest.raises(TooLittle):
        train(TEXTS[:20], LABELS[:20])
    with pytest.raises(TooLittle):
        train(TEXTS, ["leak"] * len(TEXTS))


def test_pickles_and_other_files_are_refused() -> None:
    with pytest.raises(NoModel):
        load(pickle.dumps({"labels": []}))
    held = io.BytesIO()
    np.savez(held, labels=np.array([{}], dtype=object))
    with pytest.raises(NoModel):
        load(held.getvalue())
    with pytest.raises(NoModel):
        load(b"")


def test_measures_are_those_of_the_books() -> None:
    scored = [Scored("a", 0.9, "a"), Scored("a", 0.8, "b"), Scored("b", 0.7, "b"), Scored("", 0.0, "b")]
    found = measure(scored, threshold=0.75)
    assert (found.accuracy, found.majority, found.coverage, found.precision) == (0.5, 0.75, 0.5, 0.5)
    assert macro_f1(scored) == pytest.approx((2 / 3 + 1 / 2) / 2)
    assert measure([]).examples == 0


def test_the_threshold_keeps_its_promise_or_is_out_of_reach() -> None:
    sure = [Scored("a", 0.9 - 0.01 * n, "a") for n in range(12)]
    doubtful = [Scored("a", 0.3 - 0.01 * n, "b") for n in range(8)]
    assert best_threshold(sure + doubtful, promise=0.9) == pytest.approx(0.79)
    assert best_threshold(doubtful, promise=0.9) > 1
    assert best_threshold(sure[:8], promise=0.9) > 1  # eight that are right may be luck


def test_what_is_known_by_heart_proves_nothing() -> None:
    again = [f"{number}号楼滴水" for number in range(40)]  # but for the number the same
    trained = train([*TEXTS, *again], [*LABELS, *["leak"] * len(again)])
    assert trained.examples == 120
    assert trained.measured.examples == 0
    assert trained.threshold > 1
