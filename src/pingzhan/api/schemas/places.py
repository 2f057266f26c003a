"""Places as the API shows them."""

from pydantic import Field

from pingzhan.access.roles import ROLES
from pingzhan.api.schemas.common import Moment, Named, Out, PointOut
from pingzhan.modes.queries import Mode
from pingzhan.places.choices import GridKind, Level


class ResponseOut(Out):
    """The response in force at a place."""

    plan: str
    level: int = Field(description="1 (highest) to 4.")
    since: Moment
    until: Moment


class PlaceRefOut(Named):
    """A place in a chain or a list."""

    level: Level
    path: str = Field(description="Codes from the top down, a slash behind each; moves when a grid is redrawn.")


class HeadOut(Out):
    """Somebody who holds an office at a place."""

    name: str
    role: str = Field(description="Code of the role: " + ", ".join(ROLES))


class PlaceOut(PlaceRefOut):
    """One node of the area tree."""

    parent: str | None = Field(description="Code of the place above, null at the top.")
    kind: GridKind | None = Field(description="Of grids: town, village or dedicated.")
    mode: str = Field(description="peacetime, emergency or exercise.", examples=["peacetime"])
    response: ResponseOut | None = Field(description="What is in force there, null in peacetime.")
    households: int = Field(description="Households in it and below; 0 when not known.")
    heads: list[HeadOut]
    point: PointOut | None = Field(description="A point well inside of it.")
    is_demo: bool = Field(description="Made up for a demo.")


class ChainOut(Out):
    """Where a point lies."""

    chain: list[PlaceRefOut] = Field(description="From the top down to the grid.")


def response_out(mode: Mode) -> ResponseOut | None:
    """The response of a mode; None in peacetime."""
    if mode.level is None or mode.since is None or mode.until is None:
        return None
    return ResponseOut(plan=mode.plan, level=mode.level, since=mode.since, until=mode.until)
