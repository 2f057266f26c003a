"""Proposals and figures from outside as the API shows them."""

from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import PLACE_CODE, In, Moment, MomentIn, Out, Words


class PlanProposalOut(Out):
    """A condition of a plan was met."""

    id: UUID
    plan: str = Field(description="Code of the plan.")
    place: str = Field(description="Code of the place that the plan holds for.")
    condition: str = Field(description="Code of the condition.")
    title: str
    level: int = Field(description="The level proposed: 1 (highest) to 4.")
    when: str = Field(description="The condition itself.")
    figures: dict[str, float] = Field(description="The figures by which it was met.")
    state: str = Field(description="open, accepted, dismissed, started (by itself) or passed (nobody decided in time).")
    at: Moment
    decided_at: Moment | None
    decided_by: str
    reason: str
    response: UUID | None = Field(description="`id` of the response that came of it.")


class AcceptProposalIn(In):
    """Nothing to say."""


class DismissIn(In):
    """Why not."""

    reason: Words


class SignalIn(In):
    """One figure."""

    name: str = Field(
        pattern=r"^(alarm|warning|stock)\.[a-z][a-z0-9_]{0,39}$",
        description="warning.* is 0 (none), 1 blue, 2 yellow, 3 orange, 4 red; alarm.* how many; stock.* days.",
        examples=["warning.typhoon"],
    )
    place: str = Field(pattern=PLACE_CODE, description="Code of a place.", examples=["310107"])
    value: float = Field(ge=0, le=1_000_000, allow_inf_nan=False)
    until: MomentIn = Field(description="From then on it no longer counts; at most 30 days ahead.")


class SignalOut(Out):
    """The newest figure of a name at a place."""

    name: str
    place: str
    value: float
    at: Moment
    until: Moment
    by: str
