"""Whistles as the API shows them, and what goes with each of their steps."""

# untranslated throughout: examples for readers of the API document

from typing import Annotated
from uuid import UUID

from django.conf import settings
from pydantic import Field

from pingzhan.api.schemas.common import In, Moment, Note, Out
from pingzhan.api.schemas.matters import AttachmentOut, PictureIn
from pingzhan.api.schemas.steps import UnitCode
from pingzhan.matters.whistle_workflow import MOST_UNITS, Ending, SummonsState, WhistleClock, WhistleStep

Units = Annotated[list[UnitCode], Field(min_length=1, max_length=MOST_UNITS)]


class BlowIn(In):
    units: Units = Field(description="Codes from GET /units?matter=: at its place or above it.")
    note: Note = Field("", description="Where to gather, what to bring.")


class ReleaseIn(In):
    unit: UnitCode = Field(description="Code of the unit that is let go.")
    note: Note = ""


class CloseIn(In):
    note: Note = ""


class SummonedIn(In):
    """What a summoned unit says; `unit` only where the caller answers for several that were summoned."""

    unit: UnitCode = ""
    note: Note = ""
    attachments: list[PictureIn] = Field([], max_length=settings.UPLOAD_MAX_FILES)


class HandOverIn(SummonedIn):
    to: UnitCode = Field(description="Code of the unit that goes on; it is summoned by this if it is not there yet.")


class WhistleClockOut(Out):
    kind: WhistleClock
    due_at: Moment
    done_at: Moment | None
    state: str = Field(description="running, met, late (done too late), overdue (not done), stopped.")
    told: str | None = Field(description="Code of the superior that was told that it ran out.")


class WhistleEntryOut(Out):
    """One thing done."""

    step: WhistleStep
    label: str
    at: Moment
    who: str
    note: str
    attachments: list[AttachmentOut]


class SummonsOut(Out):
    """One summoned unit."""

    unit: str
    unit_name: str
    state: SummonsState
    called_at: Moment
    checked_in_at: Moment | None
    reported_at: Moment | None
    fed_back_at: Moment | None
    arrived_at: Moment | None
    ended_at: Moment | None
    handed_to: str | None
    clocks: list[WhistleClockOut]
    late: bool = Field(description="A clock ran out and what it waits for was not done.")
    entries: list[WhistleEntryOut]
    next_steps: list[WhistleStep] = Field(description="What the caller may do now on behalf of this unit.")


class WhistleRow(Out):
    """A whistle in a list."""

    id: UUID
    matter: str = Field(description="Number of the matter.")
    title: str
    unit: str | None = Field(description="Code of the unit that whistled.")
    unit_name: str
    running: bool
    started_at: Moment
    ended_at: Moment | None
    called: int
    arrived: int
    late: int


class WhistleOut(Out):
    """A whistle with each of its units."""

    id: UUID
    matter: str = Field(description="Number of the matter.")
    title: str
    place_name: str
    address: str
    note: str
    unit: str | None
    unit_name: str
    running: bool
    started_at: Moment
    ended_at: Moment | None
    ending: Ending | None
    version: int = Field(description="Goes up with every step; stands in the ETag.")
    units: list[SummonsOut]
    entries: list[WhistleEntryOut] = Field(description="What was done by who whistled.")
    may_run: bool = Field(description="Whether the caller may call further units, release, close.")
