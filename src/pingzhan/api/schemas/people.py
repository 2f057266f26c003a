"""Offices and coverage as the API shows them."""

from datetime import date
from uuid import UUID

from pydantic import Field

from pingzhan.access.roles import ROLES
from pingzhan.api.schemas.common import Moment, Named, Out, PageOut
from pingzhan.places.choices import Level


class HolderOut(Out):
    """Who holds an office. Phones are not in it: they open one by one, on record."""

    id: UUID
    name: str


class AppointmentOut(Out):
    """A person holds a role at a place for a period."""

    id: UUID
    person: HolderOut
    role: str = Field(description="Code of the role: " + ", ".join(ROLES))
    label: str = Field(description="The office in words, with its kind.")
    kind: str = Field(description="full_time, professional, part_time, offline, online, deputy or empty.")
    acting: bool = Field(description="Until somebody is appointed for good.")
    place: str
    place_name: str
    unit: str | None = Field(description="Code of the unit on whose behalf.")
    since: Moment
    until: Moment | None = Field(description="When it ended, null while it is held.")
    term_until: Moment | None = Field(description="When it is going to end by itself.")


class FigureOut(Out):
    """Of the places of a level, how many have a holder of a post."""

    post: str = Field(description="level.role.kind, to ask for its gaps.", examples=["building.building_leader.online"])
    name: str
    level: Level
    total: int
    covered: int
    gaps: int
    share: float = Field(description="From 0 to 1.")


class BelowOut(Named):
    """The figures of a place directly below."""

    figures: list[FigureOut]


class DayOut(Out):
    """What was noted on a day."""

    day: date
    post: str
    total: int
    covered: int


class CoverageOut(Named):
    """Which places have whom. Nothing in it is personal."""

    figures: list[FigureOut]
    below: list[BelowOut] = Field(description="The places directly below, by code.")
    trend: list[DayOut] = Field(description="The last sixty days, oldest first.")
    gaps: PageOut[Named] = Field(description="With `post`: the places that lack it, in the order of the tree.")
