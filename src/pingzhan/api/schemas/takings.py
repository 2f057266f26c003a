"""Who of a unit has a matter, as the API shows it."""

# untranslated throughout: examples for readers of the API document

from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import In, Moment, Out
from pingzhan.matters.choices_taking import TakingEnd, TakingWay


class GrabIn(In):
    """Nothing but the caller and the matter is needed."""


class AssignIn(In):
    person: UUID = Field(description="`person` of one of the people in GET /matters/{number}/team.")


class HandBackIn(In):
    reason: str = Field("", max_length=200, description="Needed from whoever has it.")


class TakingOut(Out):
    """Who has, or had, a matter on behalf of the unit in charge."""

    matter: str = Field(description="Number of the matter.")
    person: UUID
    name: str
    way: TakingWay
    since: Moment
    sign_by: Moment | None = Field(description="Not signed by then, it counts as a no-show and the matter is free.")
    until: Moment | None
    ending: TakingEnd | None


class ColleagueOut(Out):
    """One of a unit's people; done and no-shows of the last 90 days."""

    person: UUID
    name: str
    open: int
    done: int
    no_shows: int


class UnitTeamOut(Out):
    """The people of the unit in charge."""

    unit: str
    cap: int | None = Field(description="At most so many open matters a person; null: no limit.")
    people: list[ColleagueOut]
