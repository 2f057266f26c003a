"""Buildings and homes by workbook: upload, the check as a dry run, what is wrong row by row, then writing."""

# untranslated throughout: words of the domain for readers of the API document

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Router

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.api.bodies import WORKBOOK, decoded, json_body
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, IdempotencyKey, Limit
from pingzhan.api.responses import READ, STAFF, WRITE, answers
from pingzhan.api.schemas.buildings import ImportOut, RowErrorOut, WorkbookIn
from pingzhan.api.schemas.common import PageOut
from pingzhan.api.writing import write
from pingzhan.core.errors import Invalid, NotFound
from pingzhan.core.paging import page
from pingzhan.places import operations, queries
from pingzhan.places.choices import ImportKind, ImportState
from pingzhan.places.tasks import check_import, write_import

if TYPE_CHECKING:
    from pingzhan.places.models import PlaceImport

router = Router(tags=["buildings"], auth=SIGNED_IN)
ImportId = Annotated[UUID, Path(..., description="`id` of an import.")]


@router.post(
    "/imports",
    response=answers({201: ImportOut}, *STAFF, *WRITE),
    operation_id="upload_workbook",
    summary="Upload a workbook of buildings or homes (导入)",
    openapi_extra=WORKBOOK,
)
def upload_workbook(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: WorkbookIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """It is checked in the background: a dry run. Ask until `state` is `checked`, look at its errors, then `write`."""
    within = roots(request.actor, Permission.PLACE_EDIT)
    if data.place:
        within = [queries.get_place(data.place, within=within).path]
    if not within:
        raise NotFound
    content, name = _content(request, data), data.name or _name(request)

    def work() -> tuple[int, ImportOut]:
        taken = operations.take_workbook(
            kind=data.kind,
            name=name,
            content=content,
            path=within[0],
            by=request.actor,
            at=request.at,
        )
        check_import.enqueue(str(taken.pk), str(request.actor.user_id))
        return 201, _import(taken)

    return write(request, route="imports", work=work)


@router.get(
    "/imports",
    response=answers({200: PageOut[ImportOut]}, 401),
    operation_id="list_imports",
    summary="One's own workbooks",
)
def list_imports(request: ApiRequest, limit: Limit, after: After) -> PageOut[ImportOut]:
    """Latest first."""
    found = page(queries.imports_of(request.actor), order=("-id",), after=after, limit=limit)
    return PageOut[ImportOut](items=[_import(row) for row in found.items], next=found.next)


@router.get(
    "/imports/{uuid:import_id}",
    response=answers({200: ImportOut}, *READ),
    operation_id="get_import",
    summary="How a workbook stands",
)
def get_import(request: ApiRequest, import_id: ImportId) -> ImportOut:
    """State, progress, and what its rows do."""
    return _import(queries.import_of(request.actor, import_id))


@router.get(
    "/imports/{uuid:import_id}/errors",
    response=answers({200: list[RowErrorOut]}, *READ),
    operation_id="list_import_errors",
    summary="The bad rows",
)
def list_import_errors(request: ApiRequest, import_id: ImportId) -> list[RowErrorOut]:
    """Each with the reason, by row; the first thousand of each kind."""
    taken = queries.import_of(request.actor, import_id)
    return [RowErrorOut(row=row, message=why) for row, why in operations.told_errors(taken)]


@router.post(
    "/imports/{uuid:import_id}/write",
    response=answers({200: ImportOut}, *STAFF, *WRITE),
    operation_id="write_import",
    summary="Write the good rows",
)
def write_rows(request: ApiRequest, import_id: ImportId, idempotency_key: IdempotencyKey) -> HttpResponse:
    """In the background; a second run of the same workbook changes nothing."""
    found = queries.import_of(request.actor, import_id)

    def work() -> tuple[int, ImportOut]:
        operations.start_writing(taken=found, by=request.actor, at=request.at)
        write_import.enqueue(str(found.pk), str(request.actor.user_id))
        return 200, _import(queries.import_of(request.actor, found.pk))

    return write(request, route=f"imports:{found.pk}:write", work=work)


@router.post(
    "/imports/{uuid:import_id}/drop",
    response=answers({200: ImportOut}, *STAFF, *WRITE),
    operation_id="drop_import",
    summary="Give it up",
)
def drop_import(request: ApiRequest, import_id: ImportId, idempotency_key: IdempotencyKey) -> HttpResponse:
    """Nothing is written, and its rows are forgotten."""
    found = queries.import_of(request.actor, import_id)

    def work() -> tuple[int, ImportOut]:
        operations.drop_workbook(taken=found, by=request.actor, at=request.at)
        return 200, _import(queries.import_of(request.actor, found.pk))

    return write(request, route=f"imports:{found.pk}:drop", work=work)


def _content(request: Any, data: WorkbookIn) -> bytes:
    """The file of the form, or the one inside of the JSON. Raises Invalid."""
    if len(request.uploads) + bool(data.content) != 1:
        raise _invalid(_("请选择表格文件"))
    content = request.uploads[0].read() if request.uploads else decoded(data.content)
    if content is None:
        raise _invalid(_("文件内容不是有效的 base64"))
    return bytes(content)


def _name(request: Any) -> str:
    """What the file of the form is called."""
    return str(request.uploads[0].name) if request.uploads else ""


def _invalid(message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": ["content"], "msg": message}])


def _import(taken: "PlaceImport") -> ImportOut:
    counts = taken.report.get("counts", {})
    return ImportOut(
        id=taken.pk,
        kind=ImportKind(taken.kind),
        state=ImportState(taken.state),
        file_name=taken.file_name,
        rows=taken.total,
        done=taken.done,
        **{name: counts.get(name) for name in ("created", "changed", "unchanged", "errors")},
        created_at=taken.created_at,
        finished_at=taken.finished_at,
    )
