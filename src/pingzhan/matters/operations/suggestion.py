"""Learning what to suggest, and putting a version to use or out of it."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import NotAllowed
from pingzhan.core.files import store
from pingzhan.core.ids import uuid7
from pingzhan.journal.operations import record
from pingzhan.matters.choices import Target
from pingzhan.matters.learning.training import TooLittle, train
from pingzhan.matters.models import LearnedModel
from pingzhan.matters.queries.reference import forget
from pingzhan.matters.queries.suggestion import examples, keyword_answer

NPZ = "application/x-npz"


def learn_suggestion(*, target: Target, by: Actor, at: datetime) -> LearnedModel | None:
    """Train a new version from the matters dispatched so far; None where there are too few. Takes seconds to minutes.

    It is used only once somebody puts it to use: they see before how it did on the latest fifth.
    """
    path = _where(by)
    texts, labels = examples(target)
    try:
        trained = train(texts, labels)
    except TooLittle:
        return None
    measured = {name: round(value, 4) for name, value in asdict(trained.measured).items()}
    if target == Target.CATEGORY:
        measured["keywords"] = round(_by_keywords(texts, labels, last=trained.measured.examples), 4)
    artefact = store(trained.model.dump(), NPZ)
    with transaction.atomic():
        version = LearnedModel.objects.create(
            id=uuid7(at), target=target, trained_at=at, examples=trained.examples, labels=trained.labels,
            threshold=trained.threshold, measured=measured, artefact=artefact,
        )  # fmt: skip
        record(
            verb="suggestion.train", by=by, at=at, subject_type="suggestion", subject_id=version.pk, place_path=path,
            target=target.value, examples=trained.examples, artefact=artefact,
        )  # fmt: skip
    return version


def _by_keywords(texts: list[str], labels: list[str], *, last: int) -> float:
    """The share of the latest examples that keywords alone get right."""
    latest = list(zip(texts[-last:], labels[-last:], strict=True))
    return sum(keyword_answer(text) == label for text, label in latest) / len(latest) if latest else 0.0


@transaction.atomic
def activate_suggestion(*, version: LearnedModel, by: Actor, at: datetime) -> LearnedModel:
    """Use this version from now on; the one in use rests and can be put back in the same way."""
    path = _where(by)
    LearnedModel.objects.filter(target=version.target, active=True).update(active=False)
    LearnedModel.objects.filter(pk=version.pk).update(active=True, active_since=at)
    version.active, version.active_since = True, at
    record(
        verb="suggestion.activate", by=by, at=at, subject_type="suggestion", subject_id=version.pk, place_path=path,
        target=version.target, artefact=version.artefact,
    )  # fmt: skip
    transaction.on_commit(forget)
    return version


@transaction.atomic
def stop_suggestion(*, version: LearnedModel, by: Actor, at: datetime) -> LearnedModel:
    """Suggest by keywords and rules alone again."""
    path = _where(by)
    if LearnedModel.objects.filter(pk=version.pk, active=True).update(active=False):
        record(
            verb="suggestion.stop", by=by, at=at, subject_type="suggestion", subject_id=version.pk, place_path=path,
            target=version.target,
        )  # fmt: skip
    version.active = False
    transaction.on_commit(forget)
    return version


def _where(by: Actor) -> str:
    """The path by which `by` may do this; raises NotAllowed. What is learned serves the whole installation."""
    if by.kind == "system":
        return ""
    held = by.holding(Permission.MATTER_LEARN)
    if not held:
        raise NotAllowed
    return held[0].path
