"""Inspections (巡查, 倒查, 专项督查): on record, mended by the unit, confirmed by who inspects."""

# untranslated throughout: the names of acts for readers of the API document

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Router

from pingzhan.api.bodies import json_body
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, IdempotencyKey, Limit
from pingzhan.api.responses import READ, STAFF, WRITE, answers
from pingzhan.api.schemas import inspections as schemas
from pingzhan.api.schemas.common import PageOut
from pingzhan.api.writing import write
from pingzhan.matters.choices_inspection import FindingState, InspectionForm
from pingzhan.matters.operations import inspecting as operations
from pingzhan.matters.queries.inspections import inspection_for, inspection_page
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.reference import reference
from pingzhan.places.names import named, place_lines

if TYPE_CHECKING:
    from pingzhan.matters.models import Finding, Inspection

router = Router(tags=["inspections"], auth=SIGNED_IN)
InspectionId = Annotated[UUID, Path(..., description="`id` of an inspection.")]
Position = Annotated[int, Path(..., ge=1, le=1000, description="`position` of a finding.")]


@router.get(
    "",
    response=answers({200: PageOut[schemas.InspectionRow]}, 401),
    operation_id="list_inspections",
    summary="Inspections of the caller's area, and of the caller's unit",
)
def list_inspections(
    request: ApiRequest,
    limit: Limit,
    after: After,
    closed: bool | None = Query(None, description="Only closed, or only open ones."),
    form: InspectionForm | None = Query(None, description="Only those of this form."),  # noqa: B008 (how ninja declares a parameter)
) -> PageOut[schemas.InspectionRow]:
    """Newest first; two statements."""
    found = inspection_page(request.actor, closed=closed, form=form or "", after=after, limit=limit)
    places = place_lines({one.path for one in found.items})
    return PageOut[schemas.InspectionRow](
        items=[schemas.InspectionRow(**_row(one, places)) for one in found.items], next=found.next
    )


@router.post(
    "",
    response=answers({201: schemas.InspectionOut}, *STAFF, *WRITE),
    operation_id="make_inspection",
    summary="Put an inspection on record",
)
def make_inspection(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: schemas.InspectionIn = json_body(),  # noqa: B008 (how ninja declares a parameter)
) -> HttpResponse:
    """The unit is told. Without findings it is closed at once."""
    matter = matter_for(request.actor, data.matter) if data.matter else None

    def work() -> tuple[int, schemas.InspectionOut]:
        made = operations.inspect(
            form=data.form, unit=data.unit, topic=data.topic, summary=data.summary,
            findings=[operations.Found(one.text, one.due) for one in data.findings], place=data.place or "",
            matter=matter, by=request.actor, at=request.at,
        )  # fmt: skip
        return 201, _again(request, made.pk)

    return write(request, route="inspection", work=work)


@router.get(
    "/{uuid:inspection}",
    response=answers({200: schemas.InspectionOut}, *READ),
    operation_id="get_inspection",
    summary="An inspection with what was found",
)
def get_inspection(request: ApiRequest, inspection: InspectionId) -> schemas.InspectionOut:
    """With each finding, what was done about it and whether that was confirmed."""
    return _again(request, inspection)


@router.post(
    "/{uuid:inspection}/findings/{int:position}/mend",
    response=answers({200: schemas.InspectionOut}, *STAFF, *WRITE),
    operation_id="mend_finding",
    summary="Say what was done about a finding (整改)",
)
def mend_finding(
    request: ApiRequest,
    inspection: InspectionId,
    position: Position,
    idempotency_key: IdempotencyKey,
    data: schemas.MendIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """By the inspected unit."""
    return _act(request, operations.mend, inspection, position, **data.fields())


@router.post(
    "/{uuid:inspection}/findings/{int:position}/confirm",
    response=answers({200: schemas.InspectionOut}, *STAFF, *WRITE),
    operation_id="confirm_finding",
    summary="Mended indeed (核销), or not",
)
def confirm_finding(
    request: ApiRequest,
    inspection: InspectionId,
    position: Position,
    idempotency_key: IdempotencyKey,
    data: schemas.ConfirmIn = json_body(schemas.ConfirmIn()),  # noqa: B008
) -> HttpResponse:
    """By who inspects there, never by the inspected unit. The last one closes the inspection."""
    return _act(request, operations.confirm, inspection, position, **data.fields())


def _act(
    request: ApiRequest, take: Callable[..., Any], inspection_id: UUID, position: int, **said: Any
) -> HttpResponse:
    found = inspection_for(request.actor, inspection_id)

    def work() -> tuple[int, schemas.InspectionOut]:
        take(inspection=found, position=position, by=request.actor, at=request.at, **said)
        return 200, _again(request, inspection_id)

    route = f"{take.__name__}:{inspection_id}:{position}"
    return write(request, route=route, work=work)


def _again(request: ApiRequest, inspection_id: UUID) -> schemas.InspectionOut:
    one = inspection_for(request.actor, inspection_id)
    return schemas.InspectionOut(
        **_row(one, place_lines({one.path})), record=one.record, by=one.by.name if one.by else "",
        findings=[_finding(found, at=request.at) for found in one.findings.all()],
    )  # fmt: skip


def _row(one: "Inspection", places: Any) -> dict[str, Any]:
    unit = reference().units.get(one.unit_id)
    return {
        "id": one.pk,
        "form": one.form,
        "topic": one.topic,
        "place_name": places[one.path],
        "unit": unit.code if unit else None,
        "unit_name": named(unit),
        "matter": one.matter.number if one.matter else None,
        "at": one.at,
        "closed_at": one.closed_at,
    }


def _finding(found: "Finding", *, at: datetime) -> schemas.FindingOut:
    names = ("position", "text", "due_at", "answer", "mended_at", "objection", "sent_back", "closed_at")
    overdue = found.state == FindingState.OPEN and found.due_at < at
    return schemas.FindingOut(
        **{name: getattr(found, name) for name in names}, state=FindingState(found.state), overdue=overdue
    )
