"""Inspections as the API shows them, and what goes with each of their acts."""

# untranslated throughout: examples for readers of the API document

from typing import Annotated
from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import NUMBER, PLACE_CODE, In, Moment, MomentIn, Out, StrictBool
from pingzhan.api.schemas.steps import UnitCode
from pingzhan.matters.choices_inspection import FindingState, InspectionForm
from pingzhan.matters.operations.inspecting import MOST_FINDINGS

Said = Annotated[str, Field(max_length=2000)]


class FoundIn(In):
    text: Said = Field(description="What is wrong.", examples=["3号楼消防通道被电动车堵住"])
    due: MomentIn = Field(description="Until when it is to be mended; within a year.")


class InspectionIn(In):
    form: InspectionForm = Field(description="patrol 巡查, trace 倒查 (needs `matter`), special 专项督查.")
    unit: UnitCode = Field(description="Code of the unit that was inspected.")
    topic: Annotated[str, Field(max_length=80)] = Field(examples=["消防通道巡查"])
    summary: Said = Field(description="What was looked at, and how it was.")
    findings: list[FoundIn] = Field([], max_length=MOST_FINDINGS)
    place: Annotated[str, Field(pattern=PLACE_CODE)] | None = Field(None, description="Where, unless `matter` tells.")
    matter: Annotated[str, Field(pattern=NUMBER)] | None = Field(None, description="The matter that it goes back from.")


class MendIn(In):
    answer: Said = Field(description="What was done about it.")


class ConfirmIn(In):
    ok: StrictBool = Field(default=True, description="false: not mended; back to the unit with `reason`.")
    reason: Said = ""


class FindingOut(Out):
    position: int
    text: str
    due_at: Moment
    state: FindingState
    overdue: bool
    answer: str
    mended_at: Moment | None
    objection: str = Field(description="Why the last answer was not enough.")
    sent_back: int
    closed_at: Moment | None


class InspectionRow(Out):
    id: UUID
    form: InspectionForm
    topic: str
    place_name: str
    unit: str | None
    unit_name: str
    matter: str | None
    at: Moment
    closed_at: Moment | None


class InspectionOut(InspectionRow):
    record: str
    by: str = Field(description="Name of who inspected.")
    findings: list[FindingOut]
