"""Buildings and homes by workbook: a template to fill in, the upload, the check, the import, what was wrong."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.core.sheets import XLSX_TYPE, write_workbook
from pingzhan.places import queries
from pingzhan.places.choices import ImportKind, ImportState
from pingzhan.places.operations import drop_workbook, start_writing, take_workbook, told_errors
from pingzhan.places.tasks import check_import, write_import
from pingzhan.web.guards import needs

_SHOWN = 200
# untranslated throughout: the workbooks of offices are Chinese whatever the language of the page
_TEMPLATES: dict[str, tuple[str, tuple[str, ...], tuple[tuple[Any, ...], ...]]] = {
    ImportKind.BUILDINGS: (
        "楼栋登记表",
        ("居村", "小区", "小区地址", "楼栋", "网格", "层数", "单元数", "户数", "经度", "纬度", "别名"),
        (("示例居委会", "馨园小区", "枫渡路88弄", "3号楼", "", 6, 2, 24, "121.40512", "31.24108", ""),),
    ),
    ImportKind.HOUSEHOLDS: (
        "住户登记表",
        ("居村", "小区", "楼栋", "室号"),
        (("示例居委会", "馨园小区", "3号楼", "101-104、201-204"),),
    ),
}  # untranslated: headers of workbooks


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLACE_EDIT)
def imports(request: HttpRequest) -> HttpResponse:
    """The upload, and one's own last workbooks."""
    if request.method != "POST":
        return _start(request)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    upload = request.FILES.get("file")
    try:
        if upload is None:
            raise Invalid(_("请选择表格文件"), errors=[{"loc": ["file"], "msg": _("请选择表格文件")}])
        if (upload.size or 0) > settings.UPLOAD_MAX_BYTES:
            limit = settings.UPLOAD_MAX_BYTES // 1024 // 1024
            message = _("表格文件不能超过 %(limit)s MB，请拆分后再导入") % {"limit": limit}
            raise Invalid(message, errors=[{"loc": ["file"], "msg": message}])
        with transaction.atomic():
            taken = take_workbook(
                kind=request.POST.get("kind", ""), name=upload.name or "", content=upload.read(),
                path=roots(actor, P.PLACE_EDIT)[0], by=actor, at=request.at,  # type: ignore[attr-defined]
            )  # fmt: skip
            check_import.enqueue(str(taken.pk), str(actor.user_id))
    except DomainError as problem:
        return _start(request, problem=problem)
    return redirect("desk:place_import", import_id=taken.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLACE_EDIT)
def place_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """How one workbook stands. It can be left: the work goes on, and the page shows how far it is."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    taken = queries.import_of(actor, import_id)
    if request.method == "POST":
        try:
            if request.POST.get("act") == "drop":
                drop_workbook(taken=taken, by=actor, at=at)
                messages.success(request, _("没有导入，区域数据没有改动。"))
                return redirect("desk:place_imports")
            with transaction.atomic():
                start_writing(taken=taken, by=actor, at=at)
                write_import.enqueue(str(taken.pk), str(actor.user_id))
            return redirect("desk:place_import", import_id=taken.pk)
        except DomainError as problem:
            taken = queries.import_of(actor, import_id)
            return _show(request, taken, problem=problem)
    return _show(request, taken)


@require_safe
@needs(P.PLACE_EDIT)
def import_errors(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """The bad rows as a workbook, to mend them beside the original."""
    taken = queries.import_of(request.actor, import_id)  # type: ignore[attr-defined]
    rows = [(row, why) for row, why in told_errors(taken)]
    content = write_workbook(_("有误的行"), [_("行号"), _("原因")], rows)
    return _download(content, "errors.xlsx")


@require_safe
@needs(P.PLACE_EDIT)
def import_template(request: HttpRequest, kind: str) -> HttpResponse:
    """A workbook to fill in."""
    if kind not in _TEMPLATES:
        raise Http404
    title, columns, rows = _TEMPLATES[kind]
    return _download(write_workbook(title, columns, rows), f"{kind}.xlsx")


def _download(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _start(request: HttpRequest, *, problem: DomainError | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {
        "kinds": ImportKind.choices,
        "rows": list(queries.imports_of(actor)[:20]),
        "problem": problem,
        "typed": request.POST.dict() if problem else {},
        "most_megabytes": settings.UPLOAD_MAX_BYTES // 1024 // 1024,
    }
    return render(request, "desk/places/imports.html", context, status=problem.status if problem else 200)


def _show(request: HttpRequest, taken: Any, *, problem: DomainError | None = None) -> HttpResponse:
    errors = told_errors(taken)
    working = taken.state in {ImportState.CHECKING, ImportState.WRITING}
    context = {
        "taken": taken,
        "working": working,
        "percent": min(100, 100 * taken.done // max(1, taken.total)),
        "counts": taken.report.get("counts", {}),
        "errors": errors[:_SHOWN],
        "more_errors": max(0, len(errors) - _SHOWN),
        "problem": problem,
    }
    template = "desk/places/import.html"
    if getattr(request, "htmx", False):
        template = "desk/places/parts/import_state.html"
    return render(request, template, context, status=problem.status if problem else 200)
