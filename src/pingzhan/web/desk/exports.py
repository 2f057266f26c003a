"""Taking what the queue shows away as a file: asked for here, written in the background, fetched when it is ready."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.core.errors import DomainError
from pingzhan.core.files import open_file
from pingzhan.core.jobs import worker_is_alive
from pingzhan.matters import operations
from pingzhan.matters.choices import ExportFormat, ExportState, Status, Urgency
from pingzhan.matters.operations.exports import file_name, media_type
from pingzhan.matters.queries.exports import export_for, exports_of, file_for, filters_of
from pingzhan.matters.queries.reference import reference
from pingzhan.places.names import named
from pingzhan.places.queries import get_places
from pingzhan.web.desk.asked import asked_by_words
from pingzhan.web.guards import needs


@require_safe
@needs(P.MATTER_EXPORT)
def exports(request: HttpRequest) -> HttpResponse:
    """What the actor asked for, with how far it is; for htmx the list alone."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    found = exports_of(actor, after=request.GET.get("after"), limit=20)
    rows = rows_of(found.items, at=at)
    context = {
        "rows": rows,
        "next": found.next or "",
        "running": any(row["running"] for row in rows),
        "worker": worker_is_alive(at=at) if any(row["running"] for row in rows) else True,
    }
    part = getattr(request, "htmx", False)
    return render(request, "desk/parts/exports.html" if part else "desk/exports.html", context)


def rows_of(found: list[Any], *, at: datetime) -> list[dict[str, Any]]:
    """Exports in words; one statement more, for the names of places."""
    filters = {export.pk: filters_of(export) for export in found}
    places = get_places([one.place for one in filters.values() if one.place])
    return [
        {
            "export": export,
            "said": describe(filters[export.pk], places),
            "running": export.state in (ExportState.WAITING, ExportState.RUNNING),
            "ready": export.state == ExportState.READY and export.until is not None and export.until > at,
            "percent": min(100, export.done * 100 // export.total) if export.total else 0,
        }
        for export in found
    ]


def describe(filters: Any, places: dict[str, Any]) -> list[str]:
    """What an export was narrowed to, in words."""
    known = reference()
    said = []
    if filters.place:
        said.append(places[filters.place].name if filters.place in places else filters.place)
    if filters.category:
        said.append(named(known.categories.get(filters.category)) or filters.category)
    if filters.status:
        said.append(str(Status(filters.status).label))
    elif filters.open:
        said.append(_("未办结"))
    if filters.urgency:
        said.append(str(Urgency(filters.urgency).label))
    if filters.handler:
        said.append(named(known.unit(filters.handler)) or filters.handler)
    said += [words for on, words in ((filters.overdue, _("已逾期")), (filters.supervised, _("督办"))) if on]
    if filters.mine:
        said.append(_("待我处理"))
    if filters.since:
        said.append(_("%(day)s 以来上报") % {"day": f"{filters.since:%Y-%m-%d}"})
    if filters.q:
        said.append(_("含“%(words)s”") % {"words": filters.q})
    return said or [_("辖区内全部事项")]


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_EXPORT)
def new(request: HttpRequest) -> HttpResponse:
    """Have what a queue's address shows written into a file."""
    if request.method != "POST":
        return redirect("desk:exports")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    wanted = asked_by_words(request.POST.get("list", ""), at=at)
    chosen = request.POST.get("format", ExportFormat.XLSX)
    try:
        operations.request_export(format=chosen, filters=wanted.filters, by=actor, at=at)
    except DomainError as problem:
        messages.warning(request, str(problem.detail))
    else:
        messages.success(request, _("已开始导出。可以离开这一页，完成后回来下载。"))
    return redirect("desk:exports")


@require_POST
@needs(P.MATTER_EXPORT)
def cancel(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Give up one that is under way."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    operations.cancel_export(export=export_for(actor, export_id), by=actor, at=request.at)  # type: ignore[attr-defined]
    messages.success(request, _("已取消导出。"))
    return redirect("desk:exports")


@require_safe
@needs(P.MATTER_EXPORT)
def download(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """The file, for who asked for it, as long as their rights reach as far as it does."""
    export = file_for(request.actor, export_id, at=request.at)  # type: ignore[attr-defined]
    return FileResponse(
        open_file(export.name), content_type=media_type(export), as_attachment=True, filename=file_name(export)
    )
