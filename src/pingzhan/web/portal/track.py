"""Following one's matter: by number and query code, or signed in; and what its reporter may do about it."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.core import flood
from pingzhan.core.client_address import client_address
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.journal.queries import openings_of
from pingzhan.matters.queries.levels import parts_of
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.reporter import own_matter
from pingzhan.matters.queries.rights import next_steps
from pingzhan.matters.queries.sheet import matter_by_code, reporter_actor, sheet
from pingzhan.matters.queries.talking import open_question, rating_reasons
from pingzhan.places.names import named
from pingzhan.web.forms.places import full_place
from pingzhan.web.forms.problems import on_page, problem_of
from pingzhan.web.forms.report import kept_key
from pingzhan.web.forms.steps import REPORTER_STEPS, shown_forms, take, unsent_words
from pingzhan.web.forms.track import TrackForm
from pingzhan.web.portal.proof import forget, proven, remember, shown
from pingzhan.web.portal.words import eight_steps, follow_up, reason_of, result_of, shown_clocks

_DONE = {
    "rate": gettext_lazy("谢谢您的评价。"),
    "answer": gettext_lazy("谢谢，您的补充已交给承办单位。"),
    "reopen": gettext_lazy("已转回重新办理，新的时限已开始计算。"),
    "urge": gettext_lazy("已催办，承办单位会看到。"),
    "withdraw": gettext_lazy("已撤回，不再办理。"),
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Ask for number and query code; right ones lead to the matter's page, which then needs no code in this browser."""
    if request.method != "POST":
        return _ask_page(request, request.GET)
    form = TrackForm(request.POST)
    try:
        if not form.is_valid():
            raise problem_of(form)
        flood.check("query", client_address(request), limit=settings.FLOOD_QUERIES_PER_MINUTE)
        matter = matter_by_code(form.cleaned_data["number"], form.cleaned_data["code"])
    except NotFound:
        words = _("没有找到这件事项。请核对编号和查询码：查询码是 8 位字母和数字，在上报后的回执和短信里。")
        return _ask_page(request, request.POST, problem=NotFound(words))
    except DomainError as problem:
        return _ask_page(request, request.POST, problem=problem)
    response = HttpResponseRedirect(reverse("portal:matter", args=[matter.number]))
    response.status_code = 303
    remember(request, response, matter.pk)
    return response


def _ask_page(request: HttpRequest, typed: QueryDict, *, problem: DomainError | None = None) -> HttpResponse:
    context = {
        "typed": {
            "number": typed.get("number", "")[:40],
            "code": "" if problem is None else typed.get("code", "")[:20],
        },
        "problem": problem,
        "shown": bool(shown(request)),
    }
    return render(request, "portal/track.html", context, status=problem.status if problem else 200)


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
    try:
        if not form.is_valid():
            raise problem_of(form)
        flood.check("query", client_address(request), limit=settings.FLOOD_QUERIES_PER_MINUTE)
        take(page, form=form, matter=matter, by=by, at=request.at, owner="portal")  # type: ignore[attr-defined]
    except DomainError as problem:
        return _page(request, matter, by, proof, step=step, problem=problem)
    messages.success(request, _DONE[step])
    response = HttpResponseRedirect(reverse("portal:matter", args=[number]))
    response.status_code = 303
    return response


def _own(request: HttpRequest, number: str) -> tuple[Any, Actor, bool] | None:
    """The matter, who asks for it, and whether by code; None when it is neither shown here nor one's own."""
    matter = proven(request, number)
    if matter is not None:
        return matter, reporter_actor(matter), True
    actor: Actor = request.actor  # type: ignore[attr-defined]
    matter = own_matter(actor, number)
    return (matter, actor, False) if matter is not None else None


def _ask(number: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('portal:track')}?{urlencode({'number': number})}")


def _page(
    request: HttpRequest, matter: Any, by: Actor, proof: bool, *, step: str = "", problem: DomainError | None = None
) -> HttpResponse:
    """`step` is the one that was tried and `problem` what stood in its way: its form is shown as it was typed."""
    known = reference()
    at = request.at  # type: ignore[attr-defined]
    found = sheet(matter, public=True)
    clocks = shown_clocks(found.clocks, at=at)
    steps = [one.value for one in next_steps(by, matter) if one.value in REPORTER_STEPS]
    wrong = on_page(problem, fields={}) if problem else None
    typed = request.POST.dict() if problem else {}
    has_contact = bool(matter.contact_phone or matter.contact_name)
    context = {
        "matter": matter,
        "proof": proof,
        "category": named(known.categories.get(matter.category_id)),
        "receiver": named(known.units.get(matter.receiver_id)),
        "handler": named(known.units.get(matter.handler_id)) if matter.handler_id else "",
        "follow": follow_up(matter),
        "track": eight_steps(found, at=at),
        # The photos of the report stand beside its words already.
        "items": [replace(item, pictures=()) for item in found.items],
        "clocks": [clock for clock in clocks if clock.running],
        "past_clocks": [clock for clock in clocks if not clock.running],
        "pictures": [picture for picture in found.pictures if picture.step == "report"],
        "rating": found.rating,
        "rating_reasons": rating_reasons() if "rate" in steps else [],
        "question": open_question(matter) if "answer" in steps else None,
        "reason": reason_of(found),
        "result": result_of(found),
        "has_contact": has_contact,
        "openings": list(openings_of("matter", matter.pk)) if has_contact else [],
        "where": full_place(matter.path),
        "parts": parts_of(matter),
        "steps": steps,
        "problem": wrong,
        "forms": shown_forms(steps, tried=step, typed=typed, problem=wrong),
        "unsent": unsent_words(steps, tried=step, typed=typed),
        "key": kept_key(request, problem),
    }
    return render(request, "portal/matter.html", context, status=problem.status if problem else 200)
