"""The talent pool and the lists as the API shows and takes them."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import In, Moment, MomentIn, Named, Note, Out, StrictBool, Words
from pingzhan.people.choices import AskState, ListKind, Slot

Code = Annotated[str, Field(max_length=60)]


class SkillOut(Named):
    """A skill of the catalogue, or a group of them."""

    group: str | None = Field(description="Code of its group, null for a group.")
    wants_proof: bool = Field(description="A proof is to be seen.")


class ReasonOut(Out):
    """Why somebody stands where they stand in a list."""

    kind: str = Field(
        description="metres, same (community), seen, expired, unproved (proof), in_time, not_in_time, speaks, asked."
    )
    value: int | str = Field(description="Metres, the proof, the time, the language, or how many asks are open.")


class TalentOut(Out):
    """Somebody who could help. Phones are not in it: whoever is asked is told by a message."""

    check_in: UUID = Field(description="What a request names.")
    name: str
    place: str = Field(description="Code of the place of home.")
    skill: str
    metres: int | None = Field(description="From home to the place; null where a point is not known.")
    reasons: list[ReasonOut]


class TalentsOut(Out):
    """The best of those who have the skill; a rank of this one need, kept nowhere."""

    items: list[TalentOut]
    total: int = Field(description="How many have it.")


class TalentRequestIn(In):
    """Ask some people for help."""

    text: Annotated[Words, Field(max_length=300)] = Field(description="What, when, where.")
    place: str = Field(min_length=1, max_length=60, description="Code of the place.")
    check_ins: list[UUID] = Field(min_length=1, max_length=50, description="Of the people to ask.")
    due_at: MomentIn = Field(description="Until when they answer; within two weeks.")
    skill: Code = ""
    slot: Slot | None = None


class TalentRequestRow(Out):
    """What was asked for, and how many answered what."""

    id: UUID
    text: str
    place: str
    skill: str | None
    slot: Slot | None
    by: str
    at: Moment
    due_at: Moment
    asked: int
    accepted: int
    declined: int
    waiting: int


class AnswerOut(Out):
    """What one of those who were asked has answered."""

    id: UUID
    name: str
    state: AskState
    note: str
    answered_at: Moment | None


class TalentRequestOut(TalentRequestRow):
    answers: list[AnswerOut]


class AskAnswerIn(In):
    accept: StrictBool
    note: Annotated[Note, Field(max_length=200)] = ""


class ListItemIn(In):
    name: Annotated[str, Field(max_length=120)] = Field("", description="Left out for categories.")
    code: Code = Field("", description="Code of a category, on the list of what may be passed down.")
    limits: str = Field("", max_length=300)


class ListIn(In):
    """The next version of a list."""

    kind: ListKind
    place: str = Field(min_length=1, max_length=60, description="Code: a street and above, for offers a community.")
    items: list[ListItemIn] = Field(min_length=1, max_length=500)


class ListItemOut(Out):
    name: str
    code: str | None
    limits: str


class ListRow(Out):
    """One version of a list."""

    id: UUID
    kind: ListKind
    place: str
    number: int = Field(description="Of the version, from 1.")
    by: str
    since: Moment
    until: Moment | None = Field(description="Null while it is in force.")


class ListOut(ListRow):
    items: list[ListItemOut]
