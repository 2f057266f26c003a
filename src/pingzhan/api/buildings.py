"""Buildings and homes by hand; by workbook: imports.py."""

# untranslated throughout: words of the domain for readers of the API document

from typing import TYPE_CHECKING

from django.http import HttpResponse
from ninja import Router

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can, roots
from pingzhan.api.bodies import json_body
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, IdempotencyKey, Limit, PlaceCode
from pingzhan.api.responses import READ, STAFF, WRITE, answers
from pingzhan.api.schemas.buildings import (
    BuildingChangeIn,
    BuildingFacts,
    BuildingIn,
    BuildingOut,
    HomesEndedOut,
    HomesMadeOut,
    RoomsIn,
)
from pingzhan.api.schemas.common import Named, PageOut, point_out
from pingzhan.api.writing import write
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import page
from pingzhan.places import operations, queries
from pingzhan.places.choices import Level

if TYPE_CHECKING:
    from pingzhan.places.models import Place

router = Router(tags=["buildings"], auth=SIGNED_IN)
_COUNTED = ("floors", "entrances", "households")


@router.get(
    "/places/{code}/buildings",
    response=answers({200: PageOut[BuildingOut]}, *READ),
    operation_id="list_buildings",
    summary="The buildings of a place (楼栋)",
)
def list_buildings(request: ApiRequest, code: PlaceCode, limit: Limit, after: After) -> PageOut[BuildingOut]:
    """All that stand there and below, in the order of the tree; for staff in their area."""
    place = queries.get_place(code)
    if not can(request.actor, Permission.PLACE_VIEW, place.path):
        raise NotFound
    rows = queries.at_level(Level.BUILDING, within=[place.path]).select_related("estate")
    found = page(rows, order=("path",), after=after, limit=limit)
    return PageOut[BuildingOut](items=[_building(row) for row in found.items], next=found.next)


@router.post(
    "/places/{code}/buildings",
    response=answers({201: BuildingOut}, *STAFF, *WRITE),
    operation_id="enter_building",
    summary="Enter a building of a community",
)
def enter_building(
    request: ApiRequest,
    code: PlaceCode,
    idempotency_key: IdempotencyKey,
    data: BuildingIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """One that is there already under this name is changed and not entered twice."""
    community = _place(request, code, Level.COMMUNITY)

    def work() -> tuple[int, BuildingOut]:
        made = operations.enter_building(
            community=community, cells=_cells(data, data.name), by=request.actor, at=request.at
        )
        return 201, _building(made)

    return write(request, route=f"places:{community.code}:buildings", work=work)


@router.patch(
    "/buildings/{code}",
    response=answers({200: BuildingOut}, *STAFF, *WRITE),
    operation_id="change_building",
    summary="Change a building",
)
def change_building(
    request: ApiRequest,
    code: PlaceCode,
    idempotency_key: IdempotencyKey,
    data: BuildingChangeIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """What is left out stays as it is; the code stays in any case."""
    building = _place(request, code, Level.BUILDING)

    def work() -> tuple[int, BuildingOut]:
        changed = operations.enter_building(
            community=_community_of(building), cells=_cells(data, data.name or building.name), building=building,
            by=request.actor, at=request.at,
        )  # fmt: skip
        return 200, _building(changed)

    return write(request, route=f"buildings:{building.code}", work=work)


@router.post(
    "/buildings/{code}/end",
    response=answers({200: BuildingOut}, *STAFF, *WRITE),
    operation_id="end_building",
    summary="A building is no more (注销)",
)
def end_building(request: ApiRequest, code: PlaceCode, idempotency_key: IdempotencyKey) -> HttpResponse:
    """It and its homes end; what happened there stays on record."""
    building = _place(request, code, Level.BUILDING)

    def work() -> tuple[int, BuildingOut]:
        operations.end_building(building=building, by=request.actor, at=request.at)
        return 200, _building(queries.get_place(building.code, ended=True))

    return write(request, route=f"buildings:{building.code}:end", work=work)


@router.post(
    "/buildings/{code}/households",
    response=answers({201: HomesMadeOut}, *STAFF, *WRITE),
    operation_id="enter_households",
    summary="Enter homes of a building (住户)",
)
def enter_households(
    request: ApiRequest,
    code: PlaceCode,
    idempotency_key: IdempotencyKey,
    data: RoomsIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """By room numbers, lists and spans within a floor. To read them: `GET /places/{code}/children`."""
    building = _place(request, code, Level.BUILDING)

    def work() -> tuple[int, HomesMadeOut]:
        rooms = operations.rooms_in(data.rooms)
        made = operations.enter_households(building=building, rooms=rooms, by=request.actor, at=request.at)
        return 201, HomesMadeOut(created=[Named(code=home.code, name=home.name) for home in made])

    return write(request, route=f"buildings:{building.code}:households", work=work)


@router.post(
    "/buildings/{code}/households/end",
    response=answers({200: HomesEndedOut}, *STAFF, *WRITE),
    operation_id="end_households",
    summary="Homes of a building are no more (注销住户)",
)
def end_households(
    request: ApiRequest,
    code: PlaceCode,
    idempotency_key: IdempotencyKey,
    data: RoomsIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """By room numbers as they are entered; the building counts as many fewer, what happened there stays on record."""
    building = _place(request, code, Level.BUILDING)

    def work() -> tuple[int, HomesEndedOut]:
        rooms = operations.rooms_in(data.rooms)
        ended = operations.end_households(building=building, rooms=rooms, by=request.actor, at=request.at)
        return 200, HomesEndedOut(ended=[Named(code=home.code, name=home.name) for home in ended])

    return write(request, route=f"buildings:{building.code}:households:end", work=work)


def _place(request: ApiRequest, code: str, level: Level) -> "Place":
    return queries.get_place(code, within=roots(request.actor, Permission.PLACE_EDIT), level=level)


def _community_of(building: "Place") -> "Place":
    return next(place for place in queries.chain(building) if place.level == Level.COMMUNITY)


def _cells(data: BuildingFacts, name: str) -> dict[str, str]:
    """The facts as a row of a workbook says them."""
    counts = {key: getattr(data, key) for key in _COUNTED}
    cells = {key: "" if count is None else str(count) for key, count in counts.items()}
    if data.point is not None:
        cells |= {"lon": repr(data.point.lon), "lat": repr(data.point.lat)}
    return cells | {
        "building": name, "estate": data.estate, "address": data.address, "grid": data.grid, "alias": data.alias,
    }  # fmt: skip


def _building(row: "Place") -> BuildingOut:
    above = row.path.split("/")[-3]
    return BuildingOut(
        code=row.code,
        name=row.name,
        path=row.path,
        grid=above if "-G" in above else None,
        estate=Named(code=row.estate.code, name=row.estate.name) if row.estate else None,
        floors=row.floors,
        entrances=row.entrances,
        households=row.households,
        point=point_out(row.lon, row.lat),
        until=row.until,
    )
