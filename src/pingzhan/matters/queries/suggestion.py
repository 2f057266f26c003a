"""What is suggested for a text: by what was learned where it is sure, by keywords otherwise, or nothing."""

import logging
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db.models import QuerySet

from pingzhan.core.errors import NotFound
from pingzhan.core.files import open_file
from pingzhan.matters.choices import Status, Target
from pingzhan.matters.learning.model import Answer, LinearModel, NoModel, load
from pingzhan.matters.models import LearnedModel, Matter
from pingzhan.matters.queries.reference import UnitRef, reference
from pingzhan.matters.rules import Guess, classify

log = logging.getLogger(__name__)

MOST_EXAMPLES = 30_000  # the latest ones; older habits count no longer


@dataclass(frozen=True, slots=True)
class Suggested:
    """A category's code, the words that spoke for it, and whether it was `learned` or found by keywords."""

    code: str
    words: tuple[str, ...]
    learned: bool
    probability: float = 0.0


@dataclass(frozen=True, slots=True)
class SuggestedUnit:
    """A unit that handled the like of it, and the words that spoke for it."""

    unit: UnitRef
    words: tuple[str, ...]
    probability: float


def suggested_category(text: str, *, group: str = "", explain: bool = False) -> Suggested | None:
    """The category of a text within `group` if one is named; no statement, words of the learned only to `explain`.

    Keywords of a category in which life may be at stake go before what was learned.
    """
    known = reference()
    words = {
        code: listed
        for code, listed in known.keywords.items()
        if not group or known.categories[code].parent_id == group
    }
    guess = classify(text, words)
    if guess is None or not known.categories[guess.category].danger:
        answer = _sure(Target.CATEGORY, text, explain=explain)
        if answer is not None and answer.label in words and outweighs(answer, guess):
            return Suggested(answer.label, answer.words, True, answer.probability)
    return Suggested(guess.category, guess.words, False) if guess else None


def outweighs(answer: Answer, guess: Guess | None) -> bool:
    """Whether what was learned counts beside keywords that say otherwise: where it is likelier than all else together.

    What was learned from few texts goes by words that mean nothing; keywords were chosen by somebody.
    """
    return guess is None or guess.category == answer.label or answer.probability > 0.5


def suggested_unit(text: str, path: str) -> SuggestedUnit | None:
    """The nearest unit at or above `path` of the kind that handled matters of such words; None when unsure."""
    answer = _sure(Target.HANDLER, text, explain=True)
    unit = reference().nearest(path, answer.label) if answer else None
    return SuggestedUnit(unit, answer.words, answer.probability) if answer and unit else None


def _sure(target: Target, text: str, *, explain: bool) -> Answer | None:
    used = reference().learned.get(target)
    model = _model(used.artefact) if used else None
    if used is None or model is None:
        return None
    answer = model.answer(text, explain=explain)
    return answer if answer.probability >= used.threshold else None


@lru_cache(maxsize=4)
def _model(artefact: str) -> LinearModel | None:
    """The model in a file; None, and a line in the log, where it cannot be read: then it is as if there were none."""
    try:
        with open_file(artefact) as file:
            return load(file.read())
    except (NotFound, NoModel) as error:
        log.error("learned model %s cannot be used: %s", artefact, error)
        return None


# --- what is learned from -------------------------------------------------------------------------------------------

_DISPATCHED = [
    Status.DISPATCHED, Status.IN_PROGRESS, Status.ON_HOLD, Status.COMPLETED, Status.FED_BACK, Status.RATED,
    Status.PUBLISHED, Status.ARCHIVED,
]  # fmt: skip


def examples(target: Target) -> tuple[list[str], list[str]]:
    """Texts and labels of dispatched matters, in the order of time: the category as a person left it, or the kind of
    unit that has it in hand. Whoever corrects either teaches."""
    rows = Matter.objects.filter(handler__isnull=False, status__in=_DISPATCHED).order_by("-id")
    if target == Target.CATEGORY:
        found = list(rows.values_list("text", "category_id")[:MOST_EXAMPLES])
    else:
        found = list(rows.values_list("text", "handler__section")[:MOST_EXAMPLES])
    found.reverse()
    return [text for text, _ in found], [label for _, label in found]


def examples_ready(most: int) -> int:
    """How many dispatched matters there are to learn from, counted up to `most`; one statement."""
    return Matter.objects.filter(handler__isnull=False, status__in=_DISPATCHED)[:most].count()


def keyword_answer(text: str) -> str:
    """The category by keywords alone, "" for none: what the learned one is compared with."""
    guess = classify(text, reference().keywords)
    return guess.category if guess else ""


def versions(target: Target) -> QuerySet[LearnedModel]:
    """The versions of what suggests `target`, newest first."""
    return LearnedModel.objects.filter(target=target).order_by("-id")


def version_by_id(version_id: UUID) -> LearnedModel:
    """One version; raises NotFound."""
    found = LearnedModel.objects.filter(pk=version_id).first()
    if found is None:
        raise NotFound
    return found


def latest_training() -> LearnedModel | None:
    """The version trained last, whatever it suggests."""
    return LearnedModel.objects.order_by("-id").first()
