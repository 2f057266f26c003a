"""Reporting a matter: one page, no sign-in, safe to send twice; then the receipt."""

import json
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pingzhan.access.actors import ANONYMOUS, Actor
from pingzhan.core import flood
from pingzhan.core.client_address import client_address
from pingzhan.core.errors import DomainError
from pingzhan.core.idempotency import once
from pingzhan.matters import operations
from pingzhan.matters.choices import Source
from pingzhan.matters.emergency import NUMBERS
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.reporter import suggest_category
from pingzhan.matters.rules import endangers_life
from pingzhan.places.names import named
from pingzhan.places.queries import PUBLIC_LEVELS, get_places
from pingzhan.web.forms.places import full_place, level_below
from pingzhan.web.forms.problems import problem_of
from pingzhan.web.forms.report import PortalReportForm, report_page, sent
from pingzhan.web.portal.proof import proven, remember
from pingzhan.web.portal.words import follow_up, shown_clocks
from pingzhan.web.uploads import pictures_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """The form; sent, it becomes a matter and leads to its receipt."""
    if request.method != "POST":
        return _page(request, _preset(request))
    data = sent(request)
    if "more" in data:  # without scripts: only show the next list of places
        return _page(request, data.dict() | {"where": "list"})
    form = PortalReportForm(data)
    try:
        if not form.is_valid():
            raise problem_of(form)
        return _send(request, form)
    except DomainError as problem:
        return _page(request, data.dict(), problem=problem)


def _send(request: HttpRequest, form: PortalReportForm) -> HttpResponse:
    flood.check("report", client_address(request), limit=settings.FLOOD_REPORTS_PER_MINUTE)
    said = form.cleaned_data
    at = request.at  # type: ignore[attr-defined]
    pictures = pictures_of(request)
    anonymous = said["anonymous"]
    by: Actor = ANONYMOUS if anonymous else request.actor  # type: ignore[attr-defined]
    body = [{name: said[name] for name in said if name != "key"}, [picture.name for picture in pictures]]

    def work() -> tuple[int, Any]:
        matter = operations.report(
            text=said["text"],
            location=form.location(),
            source=Source.PORTAL,
            by=by,
            at=at,
            category=said["category"],
            anonymous=anonymous,
            contact_name=said["contact_name"],
            contact_phone=said["contact_phone"],
            pictures=pictures,
        )
        return 201, {"id": str(matter.pk), "number": matter.number}

    answer = once(
        key=said["key"],
        owner="portal",
        route="report",
        body=json.dumps(body, sort_keys=True).encode(),
        at=at,
        work=work,
    )
    response = HttpResponseRedirect(reverse("portal:receipt", args=[answer.body["number"]]))
    response.status_code = 303
    remember(request, response, UUID(answer.body["id"]))
    return response


def _preset(request: HttpRequest) -> dict[str, str]:
    """What a link may fill in: ?group=waste opens that group; ?place=CODE, of a QR code, chooses the building."""
    group, code = request.GET.get("group", ""), request.GET.get("place", "")[:32].replace("\x00", "")
    preset = {"group": group} if group in reference().categories else {}
    place = get_places([code]).get(code) if code else None
    if place is not None and place.level in PUBLIC_LEVELS:
        preset |= {"place": place.code, "where": "list"}
    return preset


def _page(request: HttpRequest, typed: dict[str, Any], *, problem: DomainError | None = None) -> HttpResponse:
    return render(
        request, "portal/report.html", report_page(request, typed, problem), status=problem.status if problem else 200
    )


@never_cache
@require_safe
def receipt(request: HttpRequest, number: str) -> HttpResponse:
    """What to keep: number and query code. Only in the browser that sent the report; others are asked for the code."""
    matter = proven(request, number)
    if matter is None:
        return HttpResponseRedirect(f"{reverse('portal:track')}?number={number}")
    known = reference()
    clocks = shown_clocks(matter.clocks.order_by("started_at", "id"), at=request.at)  # type: ignore[attr-defined]
    context = {
        "matter": matter,
        "category": named(known.categories.get(matter.category_id)),
        "receiver": named(known.units.get(matter.receiver_id)),
        "handler": named(known.units.get(matter.suggested_id)) if matter.suggested_id else "",
        "clock": clocks[0] if clocks else None,
        "follow": follow_up(matter),
        "where": full_place(matter.path),
        "danger": endangers_life(matter.text) or _dangerous(matter.category_id),
        "numbers": NUMBERS,
    }
    return render(request, "portal/receipt.html", context)


def _dangerous(code: str) -> bool:
    category = reference().categories.get(code)
    return bool(category and category.danger)


@never_cache
@require_POST
def hint(request: HttpRequest) -> HttpResponse:
    """While somebody types: what it seems to be, and whether to call for help first. The words are not kept."""
    flood.check("hint", client_address(request), limit=settings.FLOOD_QUERIES_PER_MINUTE * 4)
    text = request.POST.get("text", "")[:5000]
    code = suggest_category(text, group=request.POST.get("group", ""))
    category = reference().categories.get(code or "")
    context = {
        "category": category,
        "name": named(category),
        "group": named(reference().categories.get(category.parent_id or "")) if category else "",
        "danger": endangers_life(text) or bool(category and category.danger),
        "numbers": NUMBERS,
    }
    return render(request, "portal/parts/hint.html", context)


@require_safe
def places(request: HttpRequest) -> HttpResponse:
    """The list that follows after ?place=CODE, as a fragment; nothing when there is none."""
    chosen = [code for code in request.GET.getlist("place") if code]
    found = level_below(chosen[-1]) if chosen else None
    context = {"levels": [found] if found else [], "places_url": reverse("portal:places")}
    return render(request, "portal/parts/level.html", context)
