"""Trainings as the API shows and takes them."""

from datetime import date
from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import In, Moment, Named, Out
from pingzhan.people.operations.contacts import MOST_AT_ONCE


class TrainingOut(Named):
    """A kind of short training before a post (岗前培训); plans ask for it by its code."""

    months: int | None = Field(description="For how long one is good, null: for ever.")


class PersonTrainingOut(Out):
    """Somebody took part in a training."""

    id: UUID
    training: str = Field(description="Code of the training.")
    name: str
    on: date
    valid_until: date | None = Field(description="The last day on which it is good, null: for ever.")
    entered_at: Moment


class SessionIn(In):
    """Who took part in a training on a day."""

    persons: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)
    on: date
    valid_until: date | None = Field(None, description="Left out: as the catalogue has it.")


class SessionOut(Out):
    entered: int = Field(description="How many are new; who was entered for the day already stays as they are.")
