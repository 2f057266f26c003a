"""Proposed drawings of grids as the API shows and takes them."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import In, Moment, Named, Out, StrictBool, StrictInt
from pingzhan.places.choices import GridKind, ProposalKind, ProposalState
from pingzhan.places.rules.sizes import Fit

Code = Annotated[str, Field(min_length=1, max_length=60)]


class ProposeIn(In):
    """Which grids to propose: all of them afresh, or what changed households call for."""

    target: Annotated[
        StrictInt | None, Field(ge=1, le=5000, description="Households a grid; by default the settings'.")
    ] = None
    changes: Annotated[StrictBool, Field(description="Only divide what is too large and join what is too small.")] = (
        False
    )


class AdjustIn(In):
    """Give an area, or the ground around some buildings, to another grid of the proposal."""

    to: str = Field(max_length=10, description="`position` of the grid, or `new`.", examples=["0"])
    buildings: list[Code] = Field([], max_length=2000, description="Codes of buildings.")
    geometry: dict[str, Any] | None = Field(None, description="GeoJSON Polygon or MultiPolygon, WGS-84.")


class ProposedGridOut(Out):
    """One grid of a proposal."""

    position: int = Field(description="From 0; what `to` of an adjustment names.")
    code: str | None = Field(description="Of the grid that goes on, null for a new one.")
    name: str = Field(description="Empty: kept, or numbered when it is accepted.")
    kind: GridKind
    households: int
    fit: Fit = Field(description="How the number of households fits the size that is aimed at.")
    buildings: list[str] = Field(description="Codes.")
    geometry: dict[str, Any] = Field(description="GeoJSON, WGS-84.")


class ProposalRow(Out):
    """A proposal without its grids."""

    id: UUID
    community: Named
    kind: ProposalKind
    state: ProposalState
    target: int = Field(description="Households a grid that it was made for.")
    created_at: Moment
    decided_at: Moment | None


class ProposalOut(ProposalRow):
    """How the grids of a community could be drawn. It changes nothing until somebody accepts it."""

    grids: list[ProposedGridOut]


class RedrawnOut(Out):
    """What accepting a proposal has changed."""

    proposal: ProposalRow
    made: list[Named] = Field(description="New grids.")
    ended: list[Named] = Field(description="Grids that are no more; another took each of them over.")
    reshaped: list[Named] = Field(description="Grids that go on with another outline.")
    moved: int = Field(description="Buildings that lie in another grid now.")
