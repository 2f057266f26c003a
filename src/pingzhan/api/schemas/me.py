"""The caller, and what concerns them."""

from datetime import date
from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import Moment, Out, PageOut
from pingzhan.api.schemas.matters import MatterRow
from pingzhan.api.schemas.people import AppointmentOut


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


class TodayOut(Out):
    """What there is to do today, the most pressing first."""

    date: date
    matters: PageOut[MatterRow]


class OpeningOut(Out):
    """Somebody was shown something of the caller's in the clear."""

    at: Moment
    who: str
    field: str
    purpose: str
    matter: str | None = Field(description="Number of the matter that it belongs to.")
