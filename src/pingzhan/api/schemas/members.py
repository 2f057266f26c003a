"""Check-ins, members, teams."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import In, Moment, Note, Out, StrictBool, Words
from pingzhan.people.choices import CheckInKind, CheckInState, Focus, Slot, TeamPost

Code = Annotated[str, Field(max_length=60)]


class CheckInIn(In):
    """What a member tells. Only what is needed; without consent nothing is kept."""

    name: str = Field(min_length=1, max_length=80)
    phone: str = Field(min_length=5, max_length=24, examples=["10012345678"])
    place: Code = Field("", description="Code of the street, community, grid or building of home.")
    home: str = Field("", max_length=200, description="Or the address in words; sealed.")
    unit: Code = Field("", description="Code of the unit where they work, if it is known here.")
    unit_name: str = Field("", max_length=80, description="Or its name in their own words.")
    job: str = Field("", max_length=60)
    standing: str = Field("", max_length=60, description="Deputy, veteran …, told by those who want to; sealed.")
    skills: list[Code] = Field([], max_length=40, description="Codes of the skills catalogue; others are left out.")
    slots: list[Slot] = Field([], max_length=10)
    wishes: str = Field("", max_length=300)
    kind: CheckInKind = CheckInKind.MEMBER
    consent: StrictBool = Field(description="The person agreed to the use named on the check-in page.")


class CheckedInOut(Out):
    """The same answer for a phone that is known and for one that is not."""

    id: UUID | None = Field(description="For those who may vet it; null for the public.")
    state: CheckInState


class ApproveIn(In):
    note: Annotated[Note, Field(max_length=500)] = Field("", description="Among staff.")


class RejectCheckInIn(In):
    reason: Annotated[Words, Field(max_length=500)] = Field(description="Goes to who checked in.")


class ReachedIn(In):
    reached: StrictBool = Field(True, description="false: tried in vain; it stays due, a note is needed.")
    note: Annotated[Note, Field(max_length=500)] = ""


class JoinIn(In):
    team: UUID | None = Field(None, description="By default the team of the community.")
    group: UUID | None = Field(None, description="A group of that team.")


class MemberOut(Out):
    """A check-in as the ledger shows it; phone masked."""

    id: UUID
    name: str
    kind: CheckInKind
    state: CheckInState
    phone: str = Field(description="Masked.")
    place: str = Field(description="Code of the place of home.")
    unit: str
    job: str
    skills: list[str]
    slots: list[str]
    wishes: str
    submitted_at: Moment
    state_at: Moment
    contact_due_at: Moment | None
    overdue: bool
    version: int


class TeamMemberOut(Out):
    name: str
    post: TeamPost
    since: Moment


class GroupOut(Out):
    id: UUID
    name: str
    focus: Focus
    members: list[TeamMemberOut]


class TeamOut(Out):
    """A team with its people."""

    id: UUID
    name: str
    place: str
    count: int
    leads: list[TeamMemberOut]
    groups: list[GroupOut]
    others: list[TeamMemberOut] = Field(description="In no group.")


class TeamRow(Out):
    id: UUID
    name: str
    place: str
    count: int
    groups: int
    leads: int
