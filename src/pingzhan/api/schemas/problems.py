"""RFC 9457 problem details, the form of every error."""

from pydantic import ConfigDict, Field

from pingzhan.api.schemas.common import Out


class FieldError(Out):
    """What is wrong with one field: `loc` is the way to it, e.g. ["body", "location", "lon"]."""

    model_config = ConfigDict(extra="allow")

    loc: list[str | int]
    msg: str


class Problem(Out):
    """An error. `detail` says in the caller's language what happened and what to do."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="Address of what is known about this kind of problem.")
    title: str
    status: int
    detail: str
    errors: list[FieldError] = Field(default=[], description="Fields that are wrong (422).")
    allowed: list[str] = Field(default=[], description="States that allow the step (409).")
    current: str = Field(default="", description="The state that the thing is in (409).")


class ProblemKind(Out):
    """A kind of problem."""

    type: str
    title: str
    status: int
    meaning: str
