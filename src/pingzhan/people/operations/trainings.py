"""Trainings: what kinds there are, who took part in which, and what was entered by mistake."""

from collections.abc import Sequence
from datetime import date, datetime
from importlib.resources import files
from typing import Any

import yaml
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.core.paths import shared_path
from pingzhan.journal.operations import record
from pingzhan.people.models import Person, PersonTraining, Training
from pingzhan.people.operations.contacts import MOST_AT_ONCE
from pingzhan.people.queries.persons import offices_of, paths_of
from pingzhan.people.rules.trainings import good_until


def shipped_trainings() -> dict[str, Any]:
    """The catalogue in people/data/trainings.yaml."""
    text = files("pingzhan.people").joinpath("data/trainings.yaml").read_text(encoding="utf-8")
    return dict(yaml.safe_load(text))


@transaction.atomic
def load_trainings(*, by: Actor, at: datetime, catalogue: dict[str, Any] | None = None) -> int:
    """Add or change kinds of trainings; what is not named stays. Returns how many the catalogue names.

    For the system only: it holds for the whole installation.
    """
    if by.kind != "system":
        raise NotAllowed(_("培训目录由系统管理员用命令更新"))
    rows = (shipped_trainings() if catalogue is None else catalogue).get("trainings", [])
    for position, row in enumerate(rows):
        Training.objects.update_or_create(
            code=row["code"],
            defaults={
                "name": row["name"],
                "name_en": row.get("name_en", ""),
                "months": row.get("months"),
                "position": position,
                "until": at if row.get("ended") else None,
            },
        )
    record(verb="training.load", by=by, at=at, subject_type="catalogue", subject_id=uuid7(at), count=len(rows))
    return len(rows)


@transaction.atomic
def enter_trainings(
    *, training: Training, persons: Sequence[Person], on: date, by: Actor, at: datetime, valid_until: date | None = None
) -> list[PersonTraining]:
    """These persons took part in a training on this day: one, or all who were there; five statements, however many.

    `valid_until` is reckoned from the catalogue unless given. Who was entered for the same day already stays as they
    are; returned are the new ones. Raises NotAllowed for somebody who neither is filed nor works in the actor's area,
    Invalid for a day to come or a training that is no longer held.
    """
    if not 0 < len(persons) <= MOST_AT_ONCE:
        raise _invalid("persons", _("一次请选择 1 到 %(most)s 人") % {"most": MOST_AT_ONCE})
    places = _places_of(persons, by)
    if training.until is not None and training.until <= at:
        raise _invalid("training", _("这种培训已停办，请选择别的"))
    if on > timezone.localtime(at).date():
        raise _invalid("on", _("培训日期不能晚于今天"))
    last = valid_until or good_until(on, training.months)
    if last is not None and last < on:
        raise _invalid("valid_until", _("有效期不能早于培训日期"))
    session = uuid7(at)
    rows = PersonTraining.objects.filter(training=training, on=on, withdrawn_at__isnull=True)
    there = set(rows.filter(person__in=[person.pk for person in persons]).values_list("person_id", flat=True))
    new = [
        PersonTraining(
            id=uuid7(at), person=person, training=training, session=session, on=on, valid_until=last, entered_at=at,
            entered_by=by.name[:80],
        )
        for person in persons if person.pk not in there
    ]  # fmt: skip
    if new:
        PersonTraining.objects.bulk_create(new, ignore_conflicts=True)
        record(
            verb="training.enter", by=by, at=at, subject_type="training", subject_id=session,
            place_path=shared_path(places), training=training.code, on=on, until=last,
            persons=[row.person_id for row in new],
        )  # fmt: skip
    return new


@transaction.atomic
def withdraw_training(*, row: PersonTraining, by: Actor, at: datetime) -> PersonTraining:
    """It was entered by mistake. Raises StateConflict when somebody withdrew it before."""
    (place,) = _places_of([row.person], by)
    if not PersonTraining.objects.filter(pk=row.pk, withdrawn_at__isnull=True).update(withdrawn_at=at):
        raise StateConflict(_("这条培训记录刚刚已被撤销。"))
    row.withdrawn_at = at
    record(
        verb="training.withdraw", by=by, at=at, subject_type="person", subject_id=row.person_id, place_path=place,
        training=row.training_id, on=row.on, row=row.pk,
    )  # fmt: skip
    return row


def _places_of(persons: Sequence[Person], by: Actor) -> list[str]:
    """Of each person the place by which the actor may do this. Raises NotAllowed; one statement."""
    offices = offices_of(person.pk for person in persons)
    found = []
    for person in persons:
        here = paths_of(person, offices.get(person.pk, []))
        place = next((path for path in here if can(by, Permission.TRAIN, path)), None)
        if place is None:
            raise NotAllowed(_("只能登记本区域人员的培训。"))
        found.append(place)
    return found


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
