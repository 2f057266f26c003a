"""Following one's matter: by number and query code, or signed in; and what its reporter may do about it."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.core import flood
from pingzhan.core.client_address import client_address
from pingzhan.core.errors import DomainError, KeyReused, NotFound
from pingzhan.journal.queries import openings_of
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.reporter import own_matter
from pingzhan.matters.queries.rights import next_steps
from pingzhan.matters.queries.sheet import matter_by_code, reporter_actor, sheet
from pingzhan.web.forms.problems import put
from pingzhan.web.forms.report import fresh_key
from pingzhan.web.forms.steps import REPORTER_STEPS, StepForm, take
from pingzhan.web.forms.track import TrackForm
from pingzhan.web.names import named
from pingzhan.web.portal.proof import forget, proven, remember
from pingzhan.web.portal.words import EIGHT, follow_up, shown_clocks

_DONE = {
    "rate": gettext_lazy("谢谢您的评价。"),
    "reopen": gettext_lazy("已转回重新办理，新的时限已开始计算。"),
    "urge": gettext_lazy("已催办，承办单位会看到。"),
    "withdraw": gettext_lazy("已撤回，不再办理。"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Ask for number and query code; right ones lead to the matter's page, which then needs no code in this browser."""
    if request.method != "POST":
        form = TrackForm(initial={"number": request.GET.get("number", "")[:40]})
        return render(request, "portal/track.html", {"form": form, "values": form.initial | {"code": ""}, "sent": False})
    form = TrackForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            flood.check("query", client_address(request), limit=settings.FLOOD_QUERIES_PER_MINUTE)
            matter = matter_by_code(form.cleaned_data["number"], form.cleaned_data["code"])
        except NotFound:
            form.add_error(None, _("没有找到。请核对编号和查询码：查询码是 8 位字母和数字，在上报后的回执上。"))
            status = 404
        except DomainError as problem:
            put(form, problem)
            status = problem.status
        else:
            response = HttpResponseRedirect(reverse("portal:matter", args=[matter.number]))
            response.status_code = 303
            remember(request, response, matter.pk)
            return response
    values = {"number": request.POST.get("number", "")[:40], "code": request.POST.get("code", "")[:20]}
    return render(request, "portal/track.html", {"form": form, "values": values, "sent": True}, status=status)


@require_POST
def forget_all(request: HttpRequest) -> HttpResponse:
    """On a borrowed phone: what was shown here is to be asked for again."""
    response = HttpResponseRedirect(reverse("portal:track"))
    response.status_code = 303
    forget(response)
    messages.success(request, _("已清除。再查看时需要重新输入编号和查询码。"))
    return response


@never_cache
@require_safe
def matter_page(request: HttpRequest, number: str) -> HttpResponse:
    """The matter as its reporter sees it."""
    found = _own(request, number)
    if found is None:
        return _ask(number)
    return _page(request, *found)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """Rate, reopen, urge or withdraw."""
    page = REPORTER_STEPS.get(step)
    if page is None:
        raise NotFound
    if request.method != "POST":  # the address of a form that was sent, opened again
        return HttpResponseRedirect(reverse("portal:matter", args=[number]))
    found = _own(request, number)
    if found is None:
        return _ask(number)
    matter, by, proof = found
    form = page.form(request.POST)
    problem: DomainError | None = None
    if form.is_valid():
        try:
            flood.check("query", client_address(request), limit=settings.FLOOD_QUERIES_PER_MINUTE)
            take(page, form=form, matter=matter, by=by, at=request.at, owner="portal")  # type: ignore[attr-defined]
        except DomainError as error:
            problem = error
            put(form, error)
        else:
            messages.success(request, _DONE[step])
            response = HttpResponseRedirect(reverse("portal:matter", args=[number]))
            response.status_code = 303
            return response
    return _page(request, matter, by, proof, sent=step, form=form, problem=problem)


def _own(request: HttpRequest, number: str) -> tuple[Any, Actor, bool] | None:
    """The matter, who asks for it, and whether by code; None when it is neither shown here nor one's own."""
    matter = proven(request, number)
    if matter is not None:
        return matter, reporter_actor(matter), True
    actor: Actor = request.actor  # type: ignore[attr-defined]
    matter = own_matter(actor, number)
    return (matter, actor, False) if matter is not None else None


def _ask(number: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('portal:track')}?number={number}")


def _page(
    request: HttpRequest,
    matter: Any,
    by: Actor,
    proof: bool,
    *,
    sent: str = "",
    form: StepForm | None = None,
    problem: DomainError | None = None,
) -> HttpResponse:
    known = reference()
    shown = sheet(matter, public=True)
    clocks = shown_clocks(shown.clocks, at=request.at)  # type: ignore[attr-defined]
    steps = [one.value for one in next_steps(by, matter) if one.value in REPORTER_STEPS]
    typed = form.data if form is not None else {}
    context = {
        "matter": matter,
        "proof": proof,
        "category": named(known.categories.get(matter.category_id)),
        "receiver": named(known.units.get(matter.receiver_id)),
        "handler": named(known.units.get(matter.handler_id)) if matter.handler_id else "",
        "follow": follow_up(matter),
        "track": [
            {"step": one.step.value, "state": one.state, "label": EIGHT[one.step][0], "about": EIGHT[one.step][1]}
            for one in shown.track
        ],
        "items": list(reversed(shown.items)),
        "clocks": [clock for clock in clocks if clock.running],
        "past_clocks": [clock for clock in clocks if not clock.running],
        "pictures": [picture for picture in shown.pictures if picture.step == "report"],
        "rating": shown.rating,
        "result": next((reply for item in reversed(shown.items) if item.step == "feed_back" for reply in item.replies), ""),
        "openings": list(openings_of("matter", matter.pk)) if matter.contact_phone or matter.contact_name else [],
        "steps": steps,
        "sent": sent,
        "form": form,
        "typed": {name: typed.get(name, "") for name in ("stars", "comment", "reason", "note")},
        "key": typed.get("key") if typed.get("key") and not isinstance(problem, KeyReused) else fresh_key(),
        "stars": (
            (5, _("很满意")), (4, _("满意")), (3, _("一般")), (2, _("不满意")), (1, _("很不满意")),
        ),
    }  # fmt: skip
    status = 200 if form is None else problem.status if problem else 422
    return render(request, "portal/matter.html", context, status=status)
