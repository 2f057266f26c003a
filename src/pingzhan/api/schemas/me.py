"""The caller, and what concerns them."""

from datetime import date
from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import In, Moment, Out, PageOut
from pingzhan.api.schemas.matters import MatterRow
from pingzhan.api.schemas.people import AppointmentOut
from pingzhan.matters.whistle_workflow import SummonsState


class HeldOut(Out):
    """A role held now."""

    role: str
    label: str
    place: str = Field(description="Code of the place under which it holds.")
    place_name: str
    path: str
    unit: str | None = Field(description="Code of the unit on whose behalf.")
    unit_name: str | None


class MeOut(Out):
    """The caller."""

    id: UUID
    name: str
    roles: list[HeldOut]
    permissions: list[str]
    home: str = Field(description="The face that opens after sign-in: portal, field or desk.")
    appointments: list[AppointmentOut] = Field(description="The offices held now, from which the roles come.")


class OwnPhoneOut(Out):
    """The phone by which the caller is reached in their work."""

    phone: str = Field(description="Masked.")
    contact_confirmed_at: Moment


class CallOut(Out):
    """A call to the spot of a matter (whistle) that waits for the caller's unit."""

    whistle: UUID
    matter: str
    title: str
    place: str = Field(description="Code of the place.")
    address: str
    unit: str = Field(description="Code of the unit that was summoned.")
    unit_name: str
    state: SummonsState
    called_at: Moment
    due_at: Moment | None = Field(description="The next of the three clocks; null when all are met.")
    late: bool


class TodayDuty(Out):
    """A duty that a response lays on the caller."""

    title: str
    part: str = Field(description="A or B.")
    subject: str = Field(description="What it is about: a building, a room, a grid.")


class TodayTask(Out):
    """Something that a response asks of the caller's role."""

    title: str
    places: list[str] = Field(description="Codes of the places where it is to be done.")
    due_at: Moment | None


class TodayInstruction(Out):
    """An order of a response to the caller's role."""

    text: str
    plan: str = Field(description="The plan by which it was given.")
    exercise: bool


class TodayOut(Out):
    """What there is to do today, the most pressing first."""

    date: date
    calls: list[CallOut] = Field(description="Above everything else; on the first page only, at most 20.")
    matters: PageOut[MatterRow]
    taken: dict[str, str] = Field(description="Who of the unit has a matter, by its number; the others are free.")
    mine: list[str] = Field(description="Numbers of those that the caller took.")
    duties: list[TodayDuty]
    tasks: list[TodayTask]
    instructions: list[TodayInstruction]
    unread: int = Field(description="Messages that the caller has not read, counted up to 100.")


class MessageOut(Out):
    """One message to the caller."""

    id: UUID
    occasion: str = Field(description="What it was written for, e.g. matter.escalate.")
    text: str = Field(description="As people read it; matters are named by their numbers.")
    at: Moment
    read_at: Moment | None


class ReadIn(In):
    ids: list[UUID] | None = Field(default=None, max_length=200, description="Which; left out: all.")


class ReadOut(Out):
    read: int = Field(description="How many were unread until now.")
    unread: int = Field(description="How many are left, counted up to 100.")


class OpeningOut(Out):
    """Somebody was shown something of the caller's in the clear."""

    at: Moment
    who: str
    field: str
    purpose: str
    matter: str | None = Field(description="Number of the matter that it belongs to.")
