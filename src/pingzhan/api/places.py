"""Places: the area tree, from anybody's eyes; households only for those whose work it is."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from django.utils.translation import gettext as _
from ninja import Query, Router

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.api.callers import PUBLIC, ApiRequest
from pingzhan.api.parameters import After, Limit, PlaceCode
from pingzhan.api.responses import READ, answers
from pingzhan.api.schemas.common import PageOut, point_out
from pingzhan.api.schemas.places import ChainOut, HeadOut, PlaceOut, PlaceRefOut, response_out
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import page
from pingzhan.modes.queries import drills_of, modes_at
from pingzhan.people.queries import heads_of
from pingzhan.places import queries
from pingzhan.places.choices import GridKind, Level
from pingzhan.places.locate import locate

if TYPE_CHECKING:
    from pingzhan.places.models import Place

router = Router(tags=["places"], auth=PUBLIC)

Longitude = Annotated[
    float, Query(..., ge=-180, le=180, allow_inf_nan=False, description="WGS-84, degrees.", example=121.405)
]
Latitude = Annotated[
    float, Query(..., ge=-90, le=90, allow_inf_nan=False, description="WGS-84, degrees.", example=31.245)
]


@router.get(
    "/locate",
    response=answers({200: ChainOut}, *READ),
    operation_id="locate",
    summary="Where a point lies",
)
def locate_point(request: ApiRequest, lon: Longitude, lat: Latitude) -> ChainOut:
    """The places that hold the point, from the top down to the grid; 404 outside of the area served.

    A point on a shared edge belongs to exactly one grid.
    """
    chain = locate(lon, lat)
    if chain is None:
        raise NotFound(_("这个位置不在本系统服务的范围内"))
    return ChainOut(
        chain=[PlaceRefOut(code=ref.code, name=ref.name, level=Level(ref.level), path=ref.path) for ref in chain]
    )


@router.get("/{code}", response=answers({200: PlaceOut}, *READ), operation_id="get_place", summary="A place")
def get_place(request: ApiRequest, code: PlaceCode) -> PlaceOut:
    """One node of the area tree with its heads and the mode in force. Households: for staff in their area only."""
    place = _visible(request.actor, code)
    return place_rows([place], by=request.actor, at=request.at)[0]


@router.get(
    "/{code}/children",
    response=answers({200: PageOut[PlaceOut]}, *READ),
    operation_id="list_children",
    summary="The places directly below",
)
def list_children(request: ApiRequest, code: PlaceCode, limit: Limit, after: After) -> PageOut[PlaceOut]:
    """The places directly below, by code. The households of a building: for staff in their area only."""
    place = _visible(request.actor, code)
    if place.level == Level.BUILDING and not can(request.actor, Permission.PLACE_VIEW, place.path):
        raise NotFound
    found = page(queries.children(place), order=("code",), after=after, limit=limit)
    return PageOut[PlaceOut](items=place_rows(found.items, by=request.actor, at=request.at), next=found.next)


def place_rows(places: "list[Place]", *, by: Actor, at: datetime) -> list[PlaceOut]:
    """Places with heads and modes; two statements for a whole page."""
    heads = heads_of([place.code for place in places])
    modes = modes_at([place.path for place in places], at=at, drills=drills_of(by.user_id, at=at))
    return [
        PlaceOut(
            code=place.code,
            name=place.name,
            level=Level(place.level),
            path=place.path,
            parent=_parent(place),
            kind=GridKind(place.kind) if place.kind else None,
            mode=modes[place.path].kind,
            response=response_out(modes[place.path]),
            households=place.households,
            heads=[HeadOut(**head) for head in heads.get(place.code, [])],
            point=point_out(place.lon, place.lat),
            is_demo=place.is_demo,
        )
        for place in places
    ]


def _visible(actor: Actor, code: str) -> "Place":
    place = queries.get_place(code)
    if place.level not in queries.PUBLIC_LEVELS and not can(actor, Permission.PLACE_VIEW, place.path):
        raise NotFound
    return place


def _parent(place: "Place") -> str | None:
    """The code above, from the path."""
    return place.path.split("/")[-3] if place.path.count("/") > 1 else None
