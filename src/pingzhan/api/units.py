"""Units: whom a matter can be handed to; entered, changed, ended."""

# untranslated throughout: words of the domain for readers of the API document

from typing import TYPE_CHECKING, Annotated, Any

from django.http import HttpResponse
from ninja import Path, Query, Router

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can, roots
from pingzhan.api.bodies import json_body
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, IdempotencyKey, IfMatch, Limit
from pingzhan.api.responses import READ, STAFF, WRITE, answers
from pingzhan.api.schemas.common import PageOut
from pingzhan.api.schemas.matters import UnitOut
from pingzhan.api.schemas.offices import EndIn, FullUnitOut, UnitFacts, UnitIn
from pingzhan.api.writing import etag, version_wanted, write
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import page
from pingzhan.core.paths import code_of
from pingzhan.matters.queries import reference
from pingzhan.matters.queries.lists import matter_for
from pingzhan.people import operations, queries
from pingzhan.people.choices import UnitKind
from pingzhan.places.names import named
from pingzhan.places.queries import get_place

if TYPE_CHECKING:
    from pingzhan.people.models import Unit

router = Router(tags=["units"], auth=SIGNED_IN)
UnitCode = Annotated[str, Path(..., pattern=r"^[A-Za-z0-9][A-Za-z0-9._\-]{0,59}$", description="Code of a unit.")]


@router.get(
    "/units",
    tags=["matters"],
    response=answers({200: PageOut[UnitOut]}, *READ),
    operation_id="list_units",
    summary="Units that a matter can be handed to",
)
def list_units(
    request: ApiRequest,
    limit: Limit,
    after: After,
    matter: str = Query("", max_length=60, description="Number of a matter: the units that it can be handed to."),
    place: str = Query("", max_length=60, description="Code of a place: the units on the way up from it."),
    kind: str = Query("", max_length=20, description="Kind of unit: " + ", ".join(UnitKind.values) + "."),
) -> PageOut[UnitOut]:
    """From near to far. With neither matter nor place: all units of the caller's area and above it."""
    if matter:
        rows = queries.units_for_dispatch(request.actor, matter_for(request.actor, matter).path)
    elif place:
        path = get_place(place).path
        if not can(request.actor, Permission.MATTER_VIEW, path):
            raise NotFound
        rows = queries.units_for_dispatch(request.actor, path)
    else:
        rows = queries.units_in_scope(request.actor)
    if kind:
        rows = rows.filter(kind=kind)
    found = page(rows, order=("-path", "id"), after=after, limit=limit)
    return PageOut[UnitOut](items=[_brief(row) for row in found.items], next=found.next)


@router.get(
    "/units/{code}", response=answers({200: FullUnitOut}, *READ), operation_id="get_unit", summary="A unit (单位)"
)
def get_unit(request: ApiRequest, response: HttpResponse, code: UnitCode) -> FullUnitOut:
    """In the caller's area, also one that has ended."""
    found = queries.unit_by_code(request.actor, code)
    response["ETag"] = etag(found.version)
    return _unit(found)


@router.post(
    "/units",
    response=answers({201: FullUnitOut}, *STAFF, *WRITE),
    operation_id="create_unit",
    summary="Enter a unit",
)
def create_unit(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: UnitIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """With a `section` it can be made responsible for matters."""
    values = _values(request, data)

    def work() -> tuple[int, FullUnitOut]:
        made = operations.create_unit(code=data.code, **values)
        reference.forget()
        return 201, _unit(made)

    return write(request, route="units", work=work)


@router.put(
    "/units/{code}",
    response=answers({200: FullUnitOut}, *STAFF, *WRITE, 412),
    operation_id="change_unit",
    summary="Correct what is known of a unit",
)
def change_unit(
    request: ApiRequest,
    code: UnitCode,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch,
    data: UnitFacts = json_body(),  # noqa: B008
) -> HttpResponse:
    """All of it; its code stays. To another place only by who appoints at both."""
    found = queries.unit_by_code(request.actor, code)
    values = _values(request, data)

    def work() -> tuple[int, FullUnitOut]:
        unit = queries.unit_by_code(request.actor, found.code)
        changed = operations.change_unit(unit=unit, version=version_wanted(request, unit.version), **values)
        reference.forget()
        return 200, _unit(changed)

    return write(request, route=f"units:{found.code}", work=work)


@router.post(
    "/units/{code}/end",
    response=answers({200: FullUnitOut}, *STAFF, *WRITE),
    operation_id="end_unit",
    summary="A unit is no more (注销)",
)
def end_unit(
    request: ApiRequest,
    code: UnitCode,
    idempotency_key: IdempotencyKey,
    data: EndIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """409 while somebody serves in it, or it has units below it."""
    found = queries.unit_by_code(request.actor, code)

    def work() -> tuple[int, FullUnitOut]:
        operations.end_unit(unit=found, reason=data.reason, by=request.actor, at=request.at)
        reference.forget()
        return 200, _unit(queries.unit_by_code(request.actor, found.code))

    return write(request, route=f"units:{found.code}:end", work=work)


def _values(request: ApiRequest, data: UnitFacts) -> dict[str, Any]:
    return data.fields("code", "place", "superior") | {
        "place": get_place(data.place, within=roots(request.actor, Permission.PERSON_VIEW)),
        "superior": queries.chosen_superior(request.actor, data.superior),
        "by": request.actor,
        "at": request.at,
    }


def _unit(row: "Unit") -> FullUnitOut:
    return FullUnitOut(
        code=row.code,
        name=row.name,
        name_en=row.name_en,
        kind=UnitKind(row.kind),
        section=row.section,
        place=row.place.code,
        superior=row.superior.code if row.superior else None,
        phone=row.phone,
        address=row.address,
        staff=queries.staff_counts([row.pk]).get(row.pk, 0),
        until=row.until,
        version=row.version,
    )


def _brief(row: "Unit") -> UnitOut:
    return UnitOut(
        code=row.code,
        name=named(row),
        kind=row.kind,
        section=row.section,
        place=code_of(row.path),
        phone=row.phone,
    )
