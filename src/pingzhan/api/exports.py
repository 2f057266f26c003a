"""Lists as files: asked for, then fetched when they are ready."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from django.http import FileResponse, HttpResponse
from ninja import Path, Router

from pingzhan.api.bodies import json_body
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import IdempotencyKey
from pingzhan.api.responses import READ, WRITE, answers
from pingzhan.api.schemas.exports import ExportIn, ExportOut
from pingzhan.api.writing import write
from pingzhan.core.files import open_file
from pingzhan.matters import operations
from pingzhan.matters.choices import ExportFormat, ExportState
from pingzhan.matters.operations.exports import file_name, media_type
from pingzhan.matters.queries.exports import export_for, file_for
from pingzhan.matters.queries.lists import Filters

if TYPE_CHECKING:
    from pingzhan.matters.models import Export

router = Router(tags=["exports"], auth=SIGNED_IN)
ExportId = Annotated[UUID, Path(..., description="`id` of one of the caller's own exports.")]


def export_out(export: "Export") -> ExportOut:
    ready = export.state == ExportState.READY
    return ExportOut(
        id=export.pk, format=ExportFormat(export.format), state=ExportState(export.state), done=export.done,
        total=export.total, size=export.size, problem=export.problem, created_at=export.at, until=export.until,
        file=f"/api/v1/exports/{export.pk}/file" if ready else None,
    )  # fmt: skip


@router.post(
    "",
    response=answers({201: ExportOut}, 401, 403, *WRITE, 429),
    operation_id="request_export",
    summary="Have a list written into a file",
)
def request_export(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: ExportIn = json_body(),  # noqa: B008 (how ninja declares a parameter)
) -> HttpResponse:
    """The matters that the filters show to the caller, as CSV, workbook or GeoJSON, written in the background.

    Contacts and query codes are never in it. On record; the file is for the caller alone and kept for three days.
    """
    filters = Filters(
        **(data.fields("format", "status", "urgency") | {"status": data.status or "", "urgency": data.urgency or ""})
    )

    def work() -> tuple[int, ExportOut]:
        export = operations.request_export(format=data.format, filters=filters, by=request.actor, at=request.at)
        return 201, export_out(export)

    return write(request, route="export", work=work)


@router.get(
    "/{uuid:export}",
    response=answers({200: ExportOut}, *READ),
    operation_id="get_export",
    summary="How far an export is",
)
def get_export(request: ApiRequest, export: ExportId) -> ExportOut:
    """One's own; another's is as if it were not there."""
    return export_out(export_for(request.actor, export))


@router.get(
    "/{uuid:export}/file",
    response=answers({200: None}, *READ),
    operation_id="get_export_file",
    summary="The file",
    openapi_extra={
        "responses": {
            200: {
                "content": {
                    kind: {"schema": {"type": "string", "format": "binary"}}
                    for kind in (
                        "text/csv",
                        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                        "application/geo+json",
                    )
                }
            }
        }
    },
)
def get_export_file(request: ApiRequest, export: ExportId) -> FileResponse:
    """404 until it is ready, once it has expired, and when the caller's rights no longer reach as far as it does."""
    found = file_for(request.actor, export, at=request.at)
    response = FileResponse(
        open_file(found.name), content_type=media_type(found), as_attachment=True, filename=file_name(found)
    )
    response["Cache-Control"] = "private, no-store"
    return response
