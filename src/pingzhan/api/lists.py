"""The lists (清单): what may be passed down, powers delegated, what teams offer; each in versions."""

# untranslated throughout: words of the domain for readers of the API document

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from pingzhan.access.queries import roots
from pingzhan.api.bodies import json_body
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, IdempotencyKey, Limit
from pingzhan.api.responses import READ, STAFF, WRITE, answers
from pingzhan.api.schemas.common import PageOut
from pingzhan.api.schemas.talents import ListIn, ListItemOut, ListOut, ListRow
from pingzhan.api.writing import write
from pingzhan.core.errors import Invalid
from pingzhan.core.paging import page
from pingzhan.matters.queries.reference import reference
from pingzhan.people import operations, queries
from pingzhan.people.choices import ListKind
from pingzhan.people.operations import Line
from pingzhan.places.queries import get_place

if TYPE_CHECKING:
    from pingzhan.people.models import ListVersion

router = Router(tags=["lists"], auth=SIGNED_IN)
ListId = Annotated[UUID, Path(..., description="`id` of a version.")]


@router.get(
    "/lists",
    response=answers({200: PageOut[ListRow]}, 401),
    operation_id="list_lists",
    summary="The lists in force (清单)",
)
def list_lists(
    request: ApiRequest,
    limit: Limit,
    after: After,
    kind: Annotated[ListKind | None, Query(None, description="Of this kind.")],
) -> PageOut[ListRow]:
    """Those of the caller's area and on the way up from it."""
    rows = queries.lists_for(request.actor).filter(until__isnull=True)
    if kind:
        rows = rows.filter(kind=kind)
    found = page(rows, order=("path", "kind", "id"), after=after, limit=limit)
    return PageOut[ListRow](items=[ListRow(**_facts(row)) for row in found.items], next=found.next)


@router.get(
    "/lists/{uuid:list_id}",
    response=answers({200: ListOut}, *READ),
    operation_id="get_list",
    summary="A version line by line",
)
def get_list(request: ApiRequest, list_id: ListId) -> ListOut:
    """Also one that is no longer in force."""
    return _whole(queries.list_for(request.actor, list_id))


@router.post(
    "/lists",
    response=answers({201: ListOut}, *STAFF, *WRITE),
    operation_id="publish_list",
    summary="Publish the next version",
)
def publish_list(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: ListIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """In force from now on; dispatch respects what may be passed down."""
    right = operations.list_right(data.kind)
    place = get_place(data.place, within=roots(request.actor, right))
    lines = _lines(data)

    def work() -> tuple[int, ListOut]:
        made = operations.publish_list(kind=data.kind, place=place, lines=lines, by=request.actor, at=request.at)
        return 201, _whole(made)

    return write(request, route="lists", work=work)


def _lines(data: ListIn) -> list[Line]:
    """The lines; a category goes by its own name. Raises Invalid for one that there is none of."""
    if data.kind != ListKind.PASS_DOWN:
        return [Line(item.name, item.code, item.limits) for item in data.items]
    categories = reference().categories
    for position, item in enumerate(data.items):
        if item.code not in categories:
            message = _("没有这个类别")
            raise Invalid(message, errors=[{"loc": ["items", position, "code"], "msg": message}])
    return [Line(categories[item.code].name, item.code, item.limits) for item in data.items]


def _facts(row: "ListVersion") -> dict[str, Any]:
    return {
        "id": row.pk,
        "kind": ListKind(row.kind),
        "place": row.place.code,
        "number": row.number,
        "by": row.by_name,
        "since": row.since,
        "until": row.until,
    }


def _whole(row: "ListVersion") -> ListOut:
    items = [ListItemOut(name=item.name, code=item.code or None, limits=item.limits) for item in queries.items_of(row)]
    return ListOut(**_facts(row), items=items)
