"""Workbooks of members: who checked in on paper, and rosters of who has not checked in yet."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError, Invalid, NotFound
from pingzhan.core.paging import page
from pingzhan.core.sheets import XLSX_TYPE, read_rows, write_workbook
from pingzhan.people import operations, queries
from pingzhan.people.operations import CHECK_IN_COLUMNS, ROSTER_COLUMNS
from pingzhan.places.names import place_lines
from pingzhan.web.desk.members import of_area
from pingzhan.web.guards import needs

MOST_LINES = 200  # problems shown on one page
MOST_ROWS = 5000


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MEMBER_VET)
def import_members(request: HttpRequest) -> HttpResponse:
    """Try a workbook, see each bad row, then enter the good ones; a second run enters nothing twice."""
    if request.method != "POST":
        return render(request, "desk/members_import.html", {"result": None, "problem": None})
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    dry_run = request.POST.get("for_real") != "1"
    lost: list[dict[str, Any]] = []
    try:
        rows = read_rows(
            _file(request), columns=CHECK_IN_COLUMNS, required=["name", "phone", "consent"], max_rows=MOST_ROWS,
            problems=lost,
        )  # fmt: skip
        result = operations.import_check_ins(rows=rows, dry_run=dry_run, by=actor, at=at)
    except DomainError as problem:
        wrong = {"problem": problem, "result": None}
        return render(request, "desk/members_import.html", wrong, status=problem.status)
    problems = sorted([*lost, *result.problems], key=lambda one: one["loc"][1])
    if not dry_run:
        words = ngettext("已登记 %(count)s 人。", "已登记 %(count)s 人。", result.new)
        messages.success(request, words % {"count": result.new})
    context = {
        "result": result, "problem": None, "dry_run": dry_run, "problems": _lines(problems),
        "more": max(0, len(problems) - MOST_LINES),
    }  # fmt: skip
    return render(request, "desk/members_import.html", context)


def _lines(problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    headers = {key: header for header, key in reversed(CHECK_IN_COLUMNS.items())}
    return [
        {"row": one["loc"][1], "column": headers.get(str(one["loc"][-1]), ""), "msg": one["msg"]}
        for one in problems[:MOST_LINES]
    ]


def _file(request: HttpRequest) -> Any:
    upload = request.FILES.get("file")
    if upload is None:
        message = _("请选择表格文件")
        raise Invalid(message, errors=[{"loc": ["file"], "msg": message}])
    return upload


@require_safe
@needs(P.MEMBER_VET)
def template(request: HttpRequest) -> HttpResponse:
    """An empty workbook with the headers, and an invented line to show how it is filled in."""
    columns = [header for header in CHECK_IN_COLUMNS if header != "手机号"]  # untranslated: a header of a form
    skill = next(iter(queries.kinds().values()), None)
    example = {
        "name": "张三（示例，请删去）",  # untranslated: content of a form
        "phone": "10000000000", "home": "", "skills": skill.name if skill else "",
        "consent": "否",  # untranslated: content of a form
    }  # fmt: skip
    content = write_workbook(_("队员报到"), columns, [[example.get(CHECK_IN_COLUMNS[one], "") for one in columns]])
    response = HttpResponse(content, content_type=XLSX_TYPE)
    response["Content-Disposition"] = 'attachment; filename="check-ins.xlsx"'
    return response


# --- rosters --------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MEMBER_VET)
def rosters(request: HttpRequest) -> HttpResponse:
    """The rosters of the actor's area, and the form that takes one in."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            rows = read_rows(_file(request), columns=ROSTER_COLUMNS, max_rows=MOST_ROWS, problems=[])
            path = next(iter(roots(actor, P.MEMBER_VET)))
            roster, found = operations.load_roster(
                title=request.POST.get("title", ""), path=path, rows=rows, by=actor, at=at
            )
        except DomainError as error:
            problem = error
        else:
            words = _("已读入 %(good)s 人；%(bad)s 行有误，没有读入。")
            messages.success(request, words % {"good": found.good, "bad": len(found.problems)})
            return redirect("desk:roster", roster_id=roster.pk)
    found_rosters = list(queries.rosters_for(actor)[:100])
    names = place_lines({row.path for row in found_rosters})
    context = {
        "rows": [{"roster": row, "place": names.get(row.path, "")} for row in found_rosters],
        "problem": problem,
        "typed": request.POST if problem else {},
    }
    return render(request, "desk/rosters.html", context, status=problem.status if problem else 200)


@require_safe
@needs(P.MEMBER_VET)
def roster(request: HttpRequest, roster_id: UUID) -> HttpResponse:
    """Who of the roster has not checked in; phones masked."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.roster_for(actor, roster_id)
    rows = queries.missing(found)
    shown = page(rows, order=("name", "id"), after=request.GET.get("after") or None, limit=50)
    total, waiting = found.lines.count(), rows.count()
    context = {
        "roster": found, "rows": shown.items, "next": shown.next or "", "total": total, "missing": waiting,
        "done": total - waiting,
    }  # fmt: skip
    return render(request, "desk/roster.html", context)


@require_POST
@needs(P.MEMBER_VET)
def roster_act(request: HttpRequest, roster_id: UUID, act: str) -> HttpResponse:
    """Remind everybody who has not checked in, or close the roster."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    found = queries.roster_for(actor, roster_id)
    if act == "close":
        operations.close_roster(roster=found, by=actor, at=at)
        messages.success(request, _("名单已关闭，姓名和电话已删除。"))
        return redirect("desk:rosters")
    count = operations.remind(roster=found, by=actor, at=at)
    if count:
        words = ngettext("已给 %(count)s 人发提醒。", "已给 %(count)s 人发提醒。", count)
        messages.success(request, words % {"count": count})
    else:
        messages.info(request, _("没有要提醒的人：都已报到，或一周内已提醒过。"))
    return redirect("desk:roster", roster_id=found.pk)


@require_POST
@needs(P.MEMBER_VET)
def prove(request: HttpRequest, check_in_id: UUID, skill_id: UUID) -> HttpResponse:
    """Note that a licence was seen."""
    check_in = of_area(request, check_in_id)
    if check_in.person_id is None:
        raise NotFound
    mine = queries.skills_of([check_in.person_id]).get(check_in.person_id, [])
    skill = next((row for row in mine if row.pk == skill_id), None)
    if skill is None:
        raise NotFound
    try:
        until = parse_date(request.POST.get("until", "")) if request.POST.get("until") else None
    except ValueError:
        until = None
    try:
        operations.prove_skill(
            skill=skill, proof=request.POST.get("proof", ""), until=until, path=check_in.path,
            by=request.actor, at=request.at,  # type: ignore[attr-defined]
        )  # fmt: skip
    except Invalid as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("已登记证明。"))
    return redirect("desk:member", check_in_id=check_in.pk)
