"""The captain's phone: whom to call, until when; one tap to call, one to note it, one to put them on the team."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.people import operations, queries
from pingzhan.web.desk.member_rows import member_rows
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.people.models import CheckIn

PURPOSES = (gettext_lazy("电话联系报到队员"), gettext_lazy("约时间见面"), gettext_lazy("安排任务"))


@never_cache
@require_safe
@needs(Permission.MEMBER_CONTACT)
def team(request: HttpRequest) -> HttpResponse:
    """Whom to call, the most pressing first; who was called and is on no team yet; the teams."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    found = queries.to_contact(actor, after=request.GET.get("after") or None)
    rows = member_rows(found.items, at=at)
    context = {
        "rows": rows,
        "late": sum(row.overdue for row in rows),
        "next": found.next or "",
        "waiting": member_rows(queries.to_join(actor), at=at),
        "teams": [queries.shown_team(one.team) for one in queries.memberships_of(actor)[:3]],
    }
    return render(request, "field/team.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MEMBER_CONTACT)
def member(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """One who checked in. What is sent: show the phone for a purpose, note the call, put them on the team."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    check_in = queries.check_in_for(actor, check_in_id)
    if not can(actor, Permission.MEMBER_CONTACT, check_in.path):
        raise NotFound
    if request.method != "POST":
        return _page(request, check_in)
    act = request.POST.get("act", "")
    try:
        if act == "open":
            purpose = request.POST.get("purpose", "")
            opened = operations.open_check_in(check_in=check_in, purpose=purpose, by=actor, at=at)
            return _page(request, check_in, opened=opened)
        if act == "join":
            operations.join(check_in=check_in, group=_group(request, check_in), by=actor, at=at)
            messages.success(request, gettext_lazy("已编入队伍。"))
        else:
            reached = act == "contact"
            operations.contact(check_in=check_in, by=actor, at=at, reached=reached, note=request.POST.get("note", ""))
            messages.success(request, gettext_lazy("已记录。") if reached else gettext_lazy("已记下，请过后再联系。"))
    except DomainError as problem:
        return _page(request, check_in, problem=problem)
    back = reverse("field:member", args=[check_in.pk]) if act == "contact" else reverse("field:team")
    response = HttpResponseRedirect(back)
    response.status_code = 303
    return response


def _group(request: HttpRequest, check_in: "CheckIn") -> Any:
    team = queries.team_of_path(check_in.path)
    wanted = request.POST.get("group", "")
    groups = queries.shown_team(team).groups if team else []
    return next((group for group, _members in groups if str(group.pk) == wanted), None)


def _page(
    request: HttpRequest, check_in: "CheckIn", *, opened: Any = None, problem: DomainError | None = None
) -> HttpResponse:
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    steps = {step.value for step in queries.next_steps(actor, check_in)}
    team = queries.team_of_path(check_in.path) if "join" in steps else None
    shown = queries.shown_team(team) if team else None
    context = {
        "check_in": check_in,
        "row": member_rows([check_in], at=at)[0],
        "opened": opened,
        "problem": problem,
        "typed": request.POST if problem else {},
        "steps": steps,
        "team": team,
        "groups": [(str(group.pk), group.name) for group, _members in shown.groups] if shown else [],
        "purposes": [(str(purpose), purpose) for purpose in PURPOSES],
    }
    return render(request, "field/member.html", context, status=problem.status if problem else 200)
