"""Trainings of persons in words."""

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any

from pingzhan.places.names import named

if TYPE_CHECKING:
    from pingzhan.people.models import PersonTraining


def training_rows(found: "Iterable[PersonTraining]", *, today: date) -> list[dict[str, Any]]:
    """Trainings of a person in words."""
    return [
        {
            "row": row,
            "name": named(row.training),
            "good": row.valid_until is None or row.valid_until >= today,
        }
        for row in found
    ]
