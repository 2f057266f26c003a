"""What a drawing of grids is made from: the grids of one community, its buildings, its outline."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import shapely
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pingzhan.core.errors import NotFound
from pingzhan.journal.operations import digest_of
from pingzhan.places.choices import GridKind, Level, ProposalState
from pingzhan.places.models import GridProposal, Outline, PastOutline, Place
from pingzhan.places.queries.tree import scope
from pingzhan.places.rules.outlines import Area
from pingzhan.places.rules.sizes import Sizes


def sizes_for(kind: str) -> Sizes:
    """How many households a grid of this kind should have, by the settings."""
    target = settings.GRID_VILLAGE_HOUSEHOLDS if kind == GridKind.VILLAGE else settings.GRID_TOWN_HOUSEHOLDS
    return Sizes(
        target,
        max(1, target * settings.GRID_FEWEST_PERCENT // 100),
        max(target, target * settings.GRID_MOST_PERCENT // 100),
    )


@dataclass(frozen=True, slots=True)
class Building:
    """What a drawing needs to know of a building."""

    id: UUID
    code: str
    name: str
    path: str
    grid: str  # code of the grid it lies in, "" for none
    households: int
    lon: float | None
    lat: float | None
    estate: str  # its name, "" for none

    @property
    def point(self) -> tuple[float, float] | None:
        return None if self.lon is None or self.lat is None else (self.lon, self.lat)


@dataclass(frozen=True, slots=True)
class Ground:
    """A community with its present grids (by code), their areas, its buildings (by code) and its outline."""

    community: Place
    outline: Area | None
    grids: Mapping[str, Place]
    areas: Mapping[str, Area]
    buildings: Mapping[str, Building]

    @property
    def basis(self) -> str:
        """A digest of all that a drawing starts from: another one means that somebody has changed it meanwhile."""
        grids = [
            f"{code} {digest_of(self.areas[code].wkt) if code in self.areas else ''}" for code in sorted(self.grids)
        ]
        stand = [f"{one.code} {one.grid} {one.households}" for one in sorted(self.buildings.values(), key=_code)]
        return digest_of("\n".join([*grids, "", *stand]))


def _code(building: Building) -> str:
    return building.code


def ground_of(community: Place) -> Ground:
    """All that a drawing of the community's grids is made from; three statements."""
    grids = {
        grid.code: grid
        for grid in Place.objects.filter(parent=community, level=Level.GRID, until__isnull=True).order_by("code")
    }
    shapes = dict(
        Outline.objects.filter(pk__in=[community.pk, *(grid.pk for grid in grids.values())])
        .order_by("pk")
        .values_list("pk", "geometry")
    )
    return Ground(
        community,
        _area(shapes.get(community.pk)),
        grids,
        {code: _area(shapes[grid.pk]) for code, grid in grids.items() if grid.pk in shapes},  # type: ignore[misc]
        {building.code: building for building in buildings_of([community.path])},
    )


def buildings_of(paths: Iterable[str]) -> list[Building]:
    """The buildings under these paths, by code; one statement."""
    rows = (
        Place.objects.filter(scope(list(paths)), level=Level.BUILDING, until__isnull=True)
        .order_by("code")
        .values_list("id", "code", "name", "path", "households", "lon", "lat", "estate__name")
    )
    return [
        Building(key, code, name, path, _grid_on(path), households, lon, lat, estate or "")
        for key, code, name, path, households, lon, lat, estate in rows
    ]


def _grid_on(path: str) -> str:
    return next((code for code in path.split("/") if "-G" in code), "")


def _area(geometry: str | None) -> Area | None:
    if geometry is None:
        return None
    area = shapely.from_geojson(geometry)
    assert isinstance(area, Area)
    return area


def open_proposal(community: Place) -> GridProposal | None:
    """The drawing that waits for a decision in a community, if there is one."""
    return GridProposal.objects.filter(community=community, state=ProposalState.OPEN).first()


def get_proposal(proposal_id: UUID, *, within: list[str] | None = None) -> GridProposal:
    """The proposal with this id; raises NotFound when there is none, or it lies outside."""
    found = GridProposal.objects.filter(scope(within), pk=proposal_id).select_related("community").first()
    if found is None:
        raise NotFound(_("没有找到这个网格方案"))
    return found


def open_proposals(within: list[str]) -> "QuerySet[GridProposal]":
    """The drawings that wait for a decision, in the order of the communities."""
    rows = GridProposal.objects.filter(scope(within), state=ProposalState.OPEN).select_related("community")
    return rows.order_by("path", "id")


def past_outlines(place: Place) -> list[PastOutline]:
    """The outlines that a place had before, latest first."""
    return list(PastOutline.objects.filter(place=place).order_by("-until", "-id"))


def as_feature(code: str, name: str, geometry: Any, **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature of one place."""
    return {"type": "Feature", "properties": {"code": code, "name": name, **properties}, "geometry": geometry}
