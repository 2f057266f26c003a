"""Units, persons and offices as the API shows and takes them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from pingzhan.access.roles import ROLES
from pingzhan.api.schemas.common import In, Moment, MomentIn, Named, Note, Out, StrictBool
from pingzhan.api.schemas.people import AppointmentOut
from pingzhan.api.schemas.trainings import PersonTrainingOut
from pingzhan.people.choices import AppointmentKind, UnitKind
from pingzhan.people.operations.contacts import MOST_AT_ONCE

Code = Annotated[str, Field(min_length=1, max_length=60)]
Reason = Annotated[Note, Field(max_length=200)]


class UnitFacts(In):
    """What is known of a unit."""

    name: str = Field(min_length=1, max_length=80)
    name_en: str = Field("", max_length=120)
    kind: UnitKind
    section: str = Field("", max_length=40, description="Field of work, if it handles matters: `community.property`.")
    place: Code = Field(description="Code of the place that it belongs to.")
    superior: str = Field("", max_length=60, description="Code of the unit above it.")
    phone: str = Field("", max_length=40, description="The office's public number.")
    address: str = Field("", max_length=160)


class UnitIn(UnitFacts):
    code: Code


class EndIn(In):
    reason: Reason = Field(min_length=1)


class FullUnitOut(Named):
    """A unit as those see it who look after units."""

    name_en: str
    kind: UnitKind
    section: str
    place: str
    superior: str | None
    phone: str
    address: str
    staff: int = Field(description="How many serve in it now.")
    until: Moment | None
    version: int


class PersonIn(In):
    """Somebody who works here. Who has the same name and phone is the same person, and not entered twice."""

    name: str = Field(min_length=1, max_length=80)
    phone: str = Field("", max_length=24)
    place: Code = Field(description="Code of the place where the file is kept.")


class PersonChangeIn(In):
    name: str = Field("", max_length=80, description="Left out: as it is.")
    phone: str | None = Field(None, max_length=24, description="Left out: as it is; empty takes it away.")
    place: str = Field("", max_length=60, description="Where the file is kept from now on.")


class OfficeOut(Out):
    role: str
    label: str
    place: str


class PersonRow(Out):
    """A person of the ledger. The phone is masked; it opens one by one, on record."""

    id: UUID
    name: str
    phone: str = Field(description="Masked.")
    contact_confirmed_at: Moment | None = Field(description="When somebody was last reached by the phone.")
    place: str | None = Field(description="Code of the place where the file is kept.")
    offices: list[OfficeOut] = Field(description="Held now.")


class PersonOut(PersonRow):
    history: list[AppointmentOut] = Field(description="All offices, the present ones first.")
    trainings: list[PersonTrainingOut] = Field(description="What they took part in, the last first.")


class ContactsIn(In):
    """Persons whose phones on file are right: somebody called them."""

    persons: list[UUID] = Field(min_length=1, max_length=MOST_AT_ONCE)


class ConfirmedOut(Out):
    confirmed: int = Field(description="How many phones count as confirmed from now on.")


class PurposeIn(In):
    purpose: Reason = Field(min_length=1, description="The person sees it.")


class PhoneOut(Out):
    phone: str


class TermIn(In):
    acting: StrictBool = Field(False, description="Until somebody is appointed for good.")
    term_until: MomentIn | None = Field(None, description="When it ends by itself.")


class AppointIn(TermIn):
    """Give somebody an office."""

    person: UUID
    role: str = Field(max_length=40, description="Code of the role: " + ", ".join(ROLES))
    kind: AppointmentKind | None = Field(None, description="By default the role's first one.")
    place: Code = Field(description="Code of the place.")
    unit: str = Field("", max_length=60, description="Code of the unit on whose behalf.")


class SucceedIn(TermIn):
    person: UUID
    reason: Reason = ""
