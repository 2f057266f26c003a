"""Trainings of persons in the shape of the API."""

from typing import TYPE_CHECKING

from pingzhan.api.schemas.trainings import PersonTrainingOut
from pingzhan.places.names import named

if TYPE_CHECKING:
    from pingzhan.people.models import PersonTraining


def training_out(row: "PersonTraining") -> PersonTrainingOut:
    return PersonTrainingOut(
        id=row.pk, training=row.training_id, name=named(row.training), on=row.on, valid_until=row.valid_until,
        entered_at=row.entered_at,
    )  # fmt: skip
