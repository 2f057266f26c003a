"""How well category and handler are suggested for real texts, beside the largest class and keywords.

Five folds by label, texts that occur twice kept once; every answer is of a model that has not seen the text. The
threshold of a fold is chosen on the answers of the other folds. Categories: the first level of labelled.csv. Handlers:
the field of the office that answered (bench/offices.py) in answered.csv. Keywords: the names of the kinds below a
category (categories.csv), or the words that name an office. Texts are read from `--messages DIR`.
"""

import csv
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

from bench.ground import messages_folder, row
from bench.offices import FIELDS, answering_office
from pingzhan.matters.learning.evaluation import Measure, Scored, best_threshold, macro_f1, measure
from pingzhan.matters.learning.model import Answer
from pingzhan.matters.learning.training import PROMISE, fit
from pingzhan.matters.queries.suggestion import outweighs
from pingzhan.matters.rules import Guess, classify

FOLDS = 5
LEAST = 15  # answers of an office's field; rarer ones are left out
PROMISES = (0.8, 0.9)
Example = tuple[str, str]


def read(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def categories(folder: Path) -> tuple[list[Example], dict[str, list[str]]]:
    """Labelled texts and keywords a category: the names of its kinds, cut at what joins them."""
    once = {line["text"]: (f"{line['subject']}\n{line['text']}", line["level1"]) for line in read(folder, "labelled")}
    words: dict[str, set[str]] = defaultdict(set)
    for line in read(folder, "categories"):
        for name in (line["level2"], line["level3"]):
            words[line["level1"]] |= {part for part in re.split(r"[、与和及（）()/其他]", name) if len(part) > 1}
    kept = {label for _, label in once.values()}
    return list(once.values()), {label: sorted(found) for label, found in sorted(words.items()) if label in kept}


def handlers(folder: Path) -> tuple[list[Example], dict[str, list[str]], int]:
    """Texts with the field of the office that answered, keywords a field, and how many answers name none."""
    lines = read(folder, "answered")
    once = {line["text"]: (f"{line['subject']}\n{line['text']}", answering_office(line["answer"])) for line in lines}
    counts = Counter(label for _, label in once.values() if label)
    found = [(text, label) for text, label in once.values() if label and counts[label] >= LEAST]
    return found, {label: FIELDS[label].split("|") for label in sorted(counts)}, len(lines) - len(found)


def folds(examples: list[Example]) -> list[list[int]]:
    """Places of the examples in FOLDS parts with the same shares of labels."""
    of_label: dict[str, list[int]] = defaultdict(list)
    for place, (_, label) in enumerate(examples):
        of_label[label].append(place)
    rng = random.Random(1)
    parts: list[list[int]] = [[] for _ in range(FOLDS)]
    for _, places in sorted(of_label.items()):
        rng.shuffle(places)
        for number, place in enumerate(places):
            parts[number % FOLDS].append(place)
    return parts


def answered(examples: list[Example]) -> list[list[Scored]]:
    """The answers of each fold by a model of the others."""
    found = []
    for part in folds(examples):
        out = set(part)
        rest = [example for place, example in enumerate(examples) if place not in out]
        model = fit([text for text, _ in rest], [label for _, label in rest])
        answers = [(model.answer(examples[place][0]), examples[place][1]) for place in part]
        found.append([Scored(answer.label, answer.probability, truth) for answer, truth in answers])
    return found


def abstaining(parts: list[list[Scored]], *, promise: float) -> tuple[float, float]:
    """Coverage and precision when each fold answers only above the threshold chosen on the other folds."""
    given: list[Scored] = []
    for number, part in enumerate(parts):
        others = [one for other, scored in enumerate(parts) if other != number for one in scored]
        threshold = best_threshold(others, promise=promise)
        given += [one for one in part if one.probability >= threshold]
    right = sum(one.label == one.truth for one in given)
    return len(given) / sum(map(len, parts)), right / len(given) if given else 0.0


def together(
    parts: list[list[Scored]], guesses: list[list[Guess | None]], *, promise: float = PROMISE
) -> tuple[float, float]:
    """Coverage and precision of what the product says: what was learned where it is sure, keywords otherwise."""
    given: list[Scored] = []
    for number, (part, found) in enumerate(zip(parts, guesses, strict=True)):
        others = [one for other, scored in enumerate(parts) if other != number for one in scored]
        threshold = best_threshold(others, promise=promise)
        for one, guess in zip(part, found, strict=True):
            learned = Answer(one.label, one.probability, ())
            if one.probability >= threshold and outweighs(learned, guess):
                given.append(one)
            elif guess is not None:
                given.append(Scored(guess.category, 1.0, one.truth))
    right = sum(one.label == one.truth for one in given)
    return len(given) / sum(map(len, parts)), right / len(given)


def tell(what: str, found: Measure, f1: float, *, detail: str) -> None:
    row(what, f"accuracy {found.accuracy:.0%}, macro-F1 {f1:.2f}", detail=detail)


def bench(name: str, examples: list[Example], keywords: dict[str, list[str]], *, detail: str) -> None:
    parts = answered(examples)
    scored = [one for part in parts for one in part]
    most = Counter(label for _, label in examples).most_common(1)[0][0]
    ways: tuple[tuple[str, Callable[[str], str]], ...] = (
        ("the largest class", lambda text: most),
        ("keywords", lambda text: guess.category if (guess := classify(text, keywords)) else ""),
    )
    for way, answer in ways:
        plain = [Scored(answer(text), 1.0, label) for text, label in examples]
        silent = sum(not one.label for one in plain) / len(plain)
        tell(f"suggest the {name}: {way}", measure(plain), macro_f1(plain), detail=f"says nothing to {silent:.0%}")
    tell(f"suggest the {name}: learned", measure(scored), macro_f1(scored), detail=detail)
    for promise in PROMISES:
        coverage, precision = abstaining(parts, promise=promise)
        row(
            f"suggest the {name}: learned, abstaining",
            f"right {precision:.0%} of {coverage:.0%} answered",
            detail=f"threshold chosen for {promise:.0%} on other folds",
        )

    guesses = [[classify(examples[place][0], keywords) for place in part] for part in folds(examples)]
    coverage, precision = together(parts, guesses)
    row(
        f"suggest the {name}: learned where sure, keywords otherwise",
        f"right {precision:.0%} of {coverage:.0%} answered",
        detail=f"threshold chosen for {PROMISE:.0%} on other folds",
    )


def main() -> None:
    folder = messages_folder()
    if folder is None:
        row("suggestions", "not measured", detail="no texts: pass --messages DIR")
        return
    examples, keywords = categories(folder)
    bench("category", examples, keywords, detail=f"{len(examples)} texts, {len(keywords)} categories, {FOLDS} folds")
    examples, keywords, without = handlers(folder)
    labels = len({label for _, label in examples})
    bench(
        "handler", examples, keywords, detail=f"{len(examples)} texts, {labels} fields, {without} answers without one"
    )
    began = time.process_time()
    model = fit([text for text, _ in examples], [label for _, label in examples])
    row(
        "suggest: train on all handlers", f"{time.process_time() - began:.1f} s of CPU", detail=f"{len(examples)} texts"
    )
    for explain in (False, True):
        began = time.process_time()
        for text, _ in examples:
            model.answer(text, explain=explain)
        each = (time.process_time() - began) / len(examples) * 1000
        row(
            f"suggest: time a text{', with reasons' if explain else ''}", f"{each:.2f} ms of CPU",
            target="" if explain else "≤ 2 ms", detail=f"{len(model.dump()) / 1e6:.1f} MB, {len(model.idf)} features",
        )  # fmt: skip


if __name__ == "__main__":
    main()
