"""Reads of trainings: what kinds there are, and who has which."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from pingzhan.access.actors import Actor
from pingzhan.core.errors import NotFound
from pingzhan.people.models import PersonTraining, Training
from pingzhan.people.queries.holders import holding_under
from pingzhan.people.queries.persons import persons_in_scope
from pingzhan.people.queries.trained import good_on


def trainings() -> list[Training]:
    """The kinds of trainings that are held, in their order; one statement."""
    return list(Training.objects.filter(until__isnull=True).order_by("position", "code"))


def training(code: str) -> Training:
    """A kind of training, held or not. Raises NotFound."""
    found = Training.objects.filter(pk=code).first()
    if found is None:
        raise NotFound
    return found


def trainings_of(persons: Iterable[UUID], *, code: str = "") -> dict[UUID, list[PersonTraining]]:
    """What these persons took part in, the last first; of one kind where `code` is given; one statement."""
    rows = PersonTraining.objects.filter(person__in=list(persons), withdrawn_at__isnull=True)
    if code:
        rows = rows.filter(training=code)
    found: dict[UUID, list[PersonTraining]] = {}
    for row in rows.select_related("training").order_by("person", "-on", "-id"):
        found.setdefault(row.person_id, []).append(row)
    return found


def training_row_for(by: Actor, row_id: UUID) -> PersonTraining:
    """That a person whom the actor may see took part in a training. Raises NotFound."""
    rows = PersonTraining.objects.filter(withdrawn_at__isnull=True).select_related("person", "training")
    found = rows.filter(pk=row_id).first()
    if found is None or not persons_in_scope(by).filter(pk=found.person_id).exists():
        raise NotFound
    return found


def trained_under(paths: Sequence[str], codes: Collection[str], *, today: date) -> dict[UUID, set[str]]:
    """Which of these trainings those who hold an office at or below these paths have, and good; one statement."""
    rows = PersonTraining.objects.filter(
        good_on(today), training__in=list(codes), person__in=holding_under(paths), withdrawn_at__isnull=True
    )
    found: dict[UUID, set[str]] = {}
    for person, code in rows.order_by("person", "training").values_list("person_id", "training_id"):
        found.setdefault(person, set()).add(code)
    return found
