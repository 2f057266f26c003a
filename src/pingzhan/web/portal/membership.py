"""What signed-in members see and decide about their own check-in: correct, pause, leave, withdraw consent."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from pingzhan.core.errors import DomainError, NotFound
from pingzhan.journal.queries import openings_of
from pingzhan.people import operations, queries
from pingzhan.people.choices import CheckInStep
from pingzhan.web.desk.member_rows import member_rows
from pingzhan.web.desk.members import kept_told
from pingzhan.web.forms.check_in import CheckInForm, check_in_page, typed_from, typed_of
from pingzhan.web.forms.problems import problem_of
from pingzhan.web.forms.report import sent

if TYPE_CHECKING:
    from pingzhan.people.models import CheckIn

DONE = {
    "pause": lambda: _("已暂停，不会再安排任务。"),
    "resume": lambda: _("已恢复。"),
    "leave": lambda: _("已退出。"),
    "forget": lambda: _("已撤回同意并删除报到资料。"),
}


def kept_on_member(request: HttpRequest) -> dict[str, Any]:
    """What the page about one's own data shows of check-ins, skills and teams."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    user: Any = request.user
    phone = user.phone.open() if user.phone_verified else ""
    own = queries.own_check_ins(actor, phone=phone)
    openings = [opening for row in own for opening in openings_of("check_in", row.pk)[:50]]
    rows = member_rows(own, at=at)
    persons = {row.person_id for row in own if row.person_id}
    today = timezone.localtime(at).date()
    skills = [skill for found in queries.skills_of(persons).values() for skill in found]
    return {
        "check_ins": [
            {"row": row, "steps": {step.value for step in queries.next_steps(actor, row.check_in)}} for row in rows
        ],
        "skills": [{"row": skill, "state": queries.proof_state(skill, today=today)} for skill in skills],
        "teams": [queries.shown_team(one.team) for one in queries.memberships_of(actor)[:3]],
        "member_openings": sorted(openings, key=lambda opening: opening.entry.at, reverse=True)[:50],
    }


def _own(request: HttpRequest, check_in_id: UUID) -> "CheckIn":
    actor = request.actor  # type: ignore[attr-defined]
    found = next((row for row in queries.own_check_ins(actor) if row.pk == check_in_id), None)
    if found is None:
        raise NotFound
    return found


@never_cache
@login_required
@require_POST
def act(request: HttpRequest, check_in_id: UUID, act: str) -> HttpResponse:
    """Pause, resume, leave, or withdraw consent; nobody is asked."""
    check_in = _own(request, check_in_id)
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    try:
        if act == "pause":
            operations.pause(check_in=check_in, by=actor, at=at)
        elif act == "resume":
            operations.resume(check_in=check_in, by=actor, at=at)
        elif act in ("leave", "forget"):
            operations.leave(check_in=check_in, by=actor, at=at, forget=act == "forget")
        else:
            raise NotFound
    except DomainError as problem:
        if isinstance(problem, NotFound):
            raise
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, DONE[act]())
    response = HttpResponseRedirect(reverse("portal:data"))
    response.status_code = 303
    return response


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, check_in_id: UUID) -> HttpResponse:
    """Set right what I told."""
    check_in = _own(request, check_in_id)
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    if CheckInStep.CORRECT not in queries.next_steps(actor, check_in):
        raise NotFound
    typed, problem = typed_from(check_in), None
    if request.method == "POST":
        form = CheckInForm(sent(request))
        try:
            if not form.is_valid():
                raise problem_of(form)
            operations.correct(check_in=check_in, told=kept_told(request, form, check_in), by=actor, at=at)
        except DomainError as error:
            typed, problem = typed_of(request), error
        else:
            messages.success(request, _("已更正。"))
            response = HttpResponseRedirect(reverse("portal:data"))
            response.status_code = 303
            return response
    context = check_in_page(request, typed, problem) | {"correcting": True, "mobile": check_in.kind == "mobile"}
    return render(request, "portal/correct.html", context, status=problem.status if problem else 200)
