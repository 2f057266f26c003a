"""Plans and responses as the API shows them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import PLACE_CODE, In, Moment, MomentIn, Out, StrictBool, StrictInt, Words

PlaceCode = Annotated[str, Field(pattern=PLACE_CODE)]


class PlanOut(Out):
    """A plan."""

    code: str
    title: str
    hazard: str
    place: str = Field(description="Code of the place that it holds for.")
    adapts: str | None = Field(description="Code of the plan of which it says only what differs.")
    version: int | None = Field(description="Number of the published version; null when there is none.")
    levels: list[int] = Field(description="Levels that the published version has.")
    review_due: Moment | None
    last_drill: Moment | None


class PreviewIn(In):
    """What is to be switched."""

    plan: str = Field(
        pattern=r"^[0-9a-zA-Z@_\-]{1,80}$", description="Code of a plan.", examples=["infectious-disease"]
    )
    level: StrictInt = Field(ge=1, le=4, description="1 (highest) to 4.")
    places: list[PlaceCode] = Field(
        min_length=1, max_length=500, description="Codes of places.", examples=[["310107005"]]
    )
    exercise: StrictBool = Field(False, description="A drill: only those who take part see it.")


class ActivateIn(PreviewIn):
    """The same, and the digest of the preview that was seen."""

    digest: str = Field(pattern="^[0-9a-f]{64}$", description="`digest` of the preview.")
    until: MomentIn | None = Field(None, description="When it ends by itself; the plan's own term when left out.")


class ItemOut(Out):
    """One change."""

    kind: str = Field(description="room_function, booking, person_role, person_duty, clock, visit, supply, task, …")
    target: str = Field(description="What is changed: the id of a room or a person, or the path of a place.")
    place: str = Field(description="Code of where it is.")
    subject: str = Field(description="What is changed, in words.")
    before: str
    after: str
    reason: str = Field(description="The part of the plan that asks for it.")


class GapOut(Out):
    """Something that the plan asks for and that is not there."""

    kind: str
    place: str
    subject: str
    reason: str


class PreviewOut(Out):
    """Everything that activating would do."""

    digest: str
    counts: dict[str, int]
    items: list[ItemOut]
    gaps: list[GapOut]


class SwitchOut(Out):
    """A response."""

    id: UUID
    plan: str
    plan_code: str | None
    level: int
    exercise: bool
    places: list[str]
    since: Moment
    until: Moment
    ended_at: Moment | None
    state: str = Field(description="in_force, lapsed or ended.")
    counts: dict[str, int]
    digest: str | None


class LevelPreviewIn(In):
    """The level that a response might be taken to."""

    level: StrictInt = Field(ge=1, le=4, description="1 (highest) to 4.")


class LevelIn(LevelPreviewIn):
    """Another level, and why."""

    reason: Words
    digest: str = Field(
        "", pattern="^([0-9a-f]{64})?$", description="`digest` of the preview; checked when it is there."
    )


class ChangeOut(ItemOut):
    """One change that another level brings with it."""

    change: Literal["new", "changed", "ended"]


class LevelPreviewOut(Out):
    """Everything that another level would change."""

    digest: str
    same: int = Field(description="How much stays as it is.")
    items: list[ChangeOut]
    gaps: list[GapOut]


class RenewIn(In):
    """A later end, and why."""

    until: MomentIn
    reason: Words


class StandDownIn(In):
    """Numbers of the stand-down list that are done; the others stay on it."""

    done: list[Annotated[StrictInt, Field(ge=1, le=1000)]] = Field(default_factory=list, max_length=100)


class DutyOut(Out):
    """Who covers what under a response."""

    id: UUID
    duty: str
    part: str = Field(description="A1, A2 … in charge; B1 … steps in.")
    title: str
    place: str
    subject: str
    person: UUID | None
    name: str
    tasks: list[str]


class ReadinessOut(Out):
    """What would fail today."""

    percent: int
    asked: int = Field(description="Posts and rooms that the plan asks for.")
    findings: list[dict[str, Any]]
