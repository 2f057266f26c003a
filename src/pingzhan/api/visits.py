"""Visits (走流程, 走千企访万户): on record, and each problem found a matter."""

# untranslated throughout: the names of acts for readers of the API document

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Router

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.api.bodies import json_body
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, IdempotencyKey, Limit
from pingzhan.api.responses import READ, STAFF, WRITE, answers
from pingzhan.api.schemas import visits as schemas
from pingzhan.api.schemas.common import PageOut
from pingzhan.api.writing import write
from pingzhan.core.paths import code_of
from pingzhan.matters.choices import Status
from pingzhan.matters.choices_visit import VisitKind
from pingzhan.matters.operations import visiting as operations
from pingzhan.matters.queries.visits import visit_for, visit_page
from pingzhan.places.queries import get_place

router = Router(tags=["visits"], auth=SIGNED_IN)
VisitId = Annotated[UUID, Path(..., description="`id` of a visit.")]


@router.get(
    "",
    response=answers({200: PageOut[schemas.VisitRow]}, 401),
    operation_id="list_visits",
    summary="Visits of the caller's area, and the caller's own",
)
def list_visits(
    request: ApiRequest,
    limit: Limit,
    after: After,
    kind: VisitKind | None = Query(None, description="Only those of this kind."),  # noqa: B008 (how ninja declares a parameter)
) -> PageOut[schemas.VisitRow]:
    """Newest first; one statement."""
    found = visit_page(request.actor, kind=kind or "", after=after, limit=limit)
    items = [
        schemas.VisitRow(
            id=one.pk, kind=VisitKind(one.kind), place=code_of(one.path), topic=one.topic, at=one.at,
            found=getattr(one, "found", 0), solved=getattr(one, "solved", 0),
        )
        for one in found.items
    ]  # fmt: skip
    return PageOut[schemas.VisitRow](items=items, next=found.next)


@router.post(
    "",
    response=answers({201: schemas.VisitOut}, *STAFF, *WRITE),
    operation_id="record_visit",
    summary="Put a visit on record",
)
def record_visit(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: schemas.VisitIn = json_body(),  # noqa: B008 (how ninja declares a parameter)
) -> HttpResponse:
    """Each problem becomes a matter at the place, all of them or none. 404 where the caller may not report."""
    place = get_place(data.place, within=roots(request.actor, Permission.MATTER_REPORT))

    def work() -> tuple[int, schemas.VisitOut]:
        made = operations.visit(
            kind=data.kind, place=place.code, topic=data.topic, summary=data.summary,
            problems=[operations.Problem(one.text, one.category) for one in data.problems], by=request.actor,
            at=request.at,
        )  # fmt: skip
        return 201, _visit(request, made.pk)

    return write(request, route="visit", work=work)


@router.get(
    "/{uuid:visit}",
    response=answers({200: schemas.VisitOut}, *READ),
    operation_id="get_visit",
    summary="A visit with the matters that came of it",
)
def get_visit(request: ApiRequest, visit: VisitId) -> schemas.VisitOut:
    """The matters by number and status; the texts are theirs."""
    return _visit(request, visit)


def _visit(request: ApiRequest, visit_id: UUID) -> schemas.VisitOut:
    one = visit_for(request.actor, visit_id)
    return schemas.VisitOut(
        id=one.pk, kind=VisitKind(one.kind), place=code_of(one.path), topic=one.topic, summary=one.record, at=one.at,
        matters=[
            schemas.VisitMatterOut(number=found.matter.number, status=Status(found.matter.status))
            for found in one.findings.all()
        ],
    )  # fmt: skip
