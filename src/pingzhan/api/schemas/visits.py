"""Visits as the API shows them, and what is said of one."""

# untranslated throughout: examples for readers of the API document

from typing import Annotated
from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import PLACE_CODE, In, Moment, Out
from pingzhan.matters.choices import Status
from pingzhan.matters.choices_visit import VisitKind
from pingzhan.matters.operations.visiting import MOST_FINDINGS, MOST_TOPIC


class ProblemFoundIn(In):
    text: Annotated[str, Field(min_length=1, max_length=2000)] = Field(examples=["取餐口没有坡道，轮椅过不去"])
    category: Annotated[str, Field(max_length=40, pattern=r"^[a-z_.]*$")] = Field("", description="Code, where known.")


class VisitIn(In):
    kind: VisitKind = Field(description="walk_through 走流程, household 走访住户, enterprise 走访企业.")
    place: Annotated[str, Field(pattern=PLACE_CODE)] = Field(description="Code of the place that was visited.")
    topic: Annotated[str, Field(min_length=1, max_length=MOST_TOPIC)] = Field(examples=["老年助餐点就餐流程"])
    summary: Annotated[str, Field(max_length=2000)] = Field("", description="How it was.")
    problems: list[ProblemFoundIn] = Field([], max_length=MOST_FINDINGS, description="Each becomes a matter.")


class VisitRow(Out):
    """A visit in a list."""

    id: UUID
    kind: VisitKind
    place: str = Field(description="Code of the place.")
    topic: str
    at: Moment
    found: int = Field(description="Problems found.")
    solved: int = Field(description="Those of which the matter is handled.")


class VisitMatterOut(Out):
    """A matter that a visit brought up."""

    number: str
    status: Status


class VisitOut(Out):
    """A visit with the matters that came of it."""

    id: UUID
    kind: VisitKind
    place: str
    topic: str
    summary: str
    at: Moment
    matters: list[VisitMatterOut]
