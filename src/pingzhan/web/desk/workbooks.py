"""Entering by workbook: first what it would do, then doing it; each row that is wrong is named."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.core.sheets import XLSX_TYPE, write_workbook
from pingzhan.matters.queries import reference
from pingzhan.people import operations, queries
from pingzhan.people.operations import leader_import, unit_import
from pingzhan.places.names import place_lines
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.people.rules.imports import Imported

MOST_BUILDINGS = 20_000


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.APPOINT)
def units(request: HttpRequest) -> HttpResponse:
    """Units, told apart by their codes."""
    if "template" in request.GET:
        return workbook(_("单位导入模板"), unit_import.HEADERS, (), "units.xlsx")
    return _page(
        request,
        operations.import_units,
        title=_("导入单位"),
        lead=_("一行一个单位，按编码认：没有的新建，有的更改。出错的行逐行指出，其余照导；再导一次不会重复。"),
        action="desk:units_import",
        back="desk:units",
        back_label=pgettext("list", "单位"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.APPOINT)
def leaders(request: HttpRequest) -> HttpResponse:
    """The two leaders of each building; the template lists one's own buildings with those who are in office."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if "template" in request.GET:
        return workbook(_("楼组长任命表"), leader_import.HEADERS, _leader_rows(actor), "leaders.xlsx")
    return _page(
        request,
        operations.import_leaders,
        title=_("批量任命楼组长"),
        lead=_(
            "模板里已列出您辖区的楼栋和现任。填上姓名和手机：空缺的任命，换了人的接任，没变的不动；空着的格子不处理。"
        ),
        action="desk:leaders_import",
        back="desk:persons",
        back_label=pgettext("list", "人员"),
    )


def _leader_rows(actor: Actor) -> Iterator[Sequence[Any]]:
    buildings, held = queries.buildings_with_leaders(roots(actor, P.APPOINT), limit=MOST_BUILDINGS)
    lines = place_lines([building.path for building in buildings])
    for building in buildings:
        row: list[Any] = [building.code, lines[building.path]]
        for kind in ("offline", "online"):
            person = held.get((building.pk, kind))
            row += [person.name, person.phone] if person else ["", ""]
        yield row


def _page(request: HttpRequest, take: "Callable[..., Imported]", **words: str) -> HttpResponse:
    """The form, and with a file what it would do or did."""
    told, problem = None, None
    if request.method == "POST":
        file, dry = request.FILES.get("file"), request.POST.get("step") != "import"
        try:
            if file is None:
                raise Invalid(_("请选择要导入的表格"), errors=[{"loc": ["file"], "msg": _("请选择要导入的表格")}])
            told = take(source=file.read(), by=request.actor, at=request.at, dry=dry)  # type: ignore[attr-defined]
        except DomainError as error:
            problem = error
        else:
            if not dry:
                reference.forget()
                messages.success(request, imported_words(told.created, told.changed))
    headers = {**_headers(unit_import.COLUMNS), **_headers(leader_import.COLUMNS)}
    context: dict[str, Any] = {**words, "told": told, "problem": problem}
    if told:
        context["problems"] = [
            {"row": one.row, "column": headers.get(one.column, one.column), "message": one.message}
            for one in told.problems
        ]
    return render(request, "desk/import.html", context, status=problem.status if problem else 200)


def _headers(columns: Any) -> dict[str, str]:
    """Key → the header that people read, the Chinese one of the template."""
    found: dict[str, str] = {}
    for header, key in columns.items():
        found.setdefault(key, header)
    return found


def imported_words(created: int, changed: int) -> str:
    """How many rows went in."""
    new = ngettext("新建 %(n)s 条", "新建 %(n)s 条", created) % {"n": created}
    old = ngettext("更改 %(n)s 条", "更改 %(n)s 条", changed) % {"n": changed}
    return _("已导入：%(new)s，%(old)s。") % {"new": new, "old": old}


def workbook(title: str, headers: Sequence[str], rows: Iterable[Sequence[Any]], filename: str) -> HttpResponse:
    """A workbook as a download."""
    response = HttpResponse(write_workbook(title, headers, rows), content_type=XLSX_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response
