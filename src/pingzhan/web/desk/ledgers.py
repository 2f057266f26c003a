"""The ledgers of the three systems, by place and month, as pages and workbooks."""

import tempfile
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.core.sheets import XLSX_TYPE, stream_workbook
from pingzhan.matters.queries.areas import matters_in_scope
from pingzhan.matters.queries.ledgers import KINDS, all_cells, columns_of, ledger_page, ledger_rows
from pingzhan.web.desk.queue import place_choices
from pingzhan.web.guards import needs


def titles() -> dict[str, str]:
    return {"handling": _("办理台账"), "feedback": _("反馈台账"), "supervision": _("督办台账")}


def month_of(text: str, *, at: datetime) -> tuple[str, datetime, datetime]:
    """A month as YYYY-MM, its beginning and its end; the present one for what is none."""
    today = timezone.localdate(at)
    year, month = today.year, today.month
    try:
        said = datetime.strptime(text, "%Y-%m")  # noqa: DTZ007 (made aware below)
        if 2000 <= said.year <= today.year + 1:
            year, month = said.year, said.month
    except ValueError:
        pass
    begin = timezone.make_aware(datetime(year, month, 1))  # noqa: DTZ001
    end = timezone.make_aware(datetime(year + month // 12, month % 12 + 1, 1))  # noqa: DTZ001
    return f"{year:04d}-{month:02d}", begin, end


def _asked(request: HttpRequest) -> dict[str, Any]:
    kind = request.GET.get("kind", "")
    month, begin, end = month_of(request.GET.get("month", ""), at=request.at)  # type: ignore[attr-defined]
    place = request.GET.get("place", "").replace("\x00", "")[:32]
    return {"kind": kind if kind in KINDS else KINDS[0], "month": month, "begin": begin, "end": end, "place": place}


@require_safe
@needs(P.MATTER_VIEW)
def ledgers(request: HttpRequest) -> HttpResponse:
    """One page of one ledger."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    said = _asked(request)
    found = ledger_page(
        actor, said["kind"], place=said["place"], begin=said["begin"], end=said["end"], after=request.GET.get("after")
    )
    query = request.GET.copy()
    query.pop("after", None)
    context = said | {
        "ledger": found,
        "columns": found.columns,
        "title": titles()[said["kind"]],
        "tabs": [(key, label) for key, label in titles().items()],
        "places": place_choices(actor, said["place"]),
        "first": f"{reverse('desk:ledgers')}?{query.urlencode()}" if request.GET.get("after") else "",
        "can_export": bool(actor.holding(P.MATTER_EXPORT)),
    }
    return render(request, "desk/ledgers.html", context)


@require_safe
@needs(P.MATTER_EXPORT)
def workbook(request: HttpRequest) -> HttpResponseBase:
    """The whole ledger of the month as a workbook, as far as the actor may take it away."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    said = _asked(request)
    rows = ledger_rows(actor, said["kind"], place=said["place"], begin=said["begin"], end=said["end"])
    rows = rows.filter(matters_in_scope(actor, P.MATTER_EXPORT))
    title, name = f"{titles()[said['kind']]} {said['month']}", f"ledger-{said['kind']}-{said['month']}.xlsx"
    return workbook_answer(title, columns_of(said["kind"]), all_cells(rows, said["kind"]), name=name)


def workbook_answer(title: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, name: str) -> FileResponse:
    """A workbook to take away, written row by row into a file that goes with the answer."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the answer)
    stream_workbook(file, title, columns, rows)
    file.seek(0)
    return FileResponse(file, content_type=XLSX_TYPE, as_attachment=True, filename=name)
