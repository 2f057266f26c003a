"""While somebody reports: whether the same trouble is known nearby, and following it instead of reporting it again.

Of the matters of others only kind, day, progress and how near are shown; neither words nor numbers nor persons.
"""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from pingzhan.access.actors import ANONYMOUS, Actor
from pingzhan.core import flood
from pingzhan.core.client_address import client_address
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.matters import operations
from pingzhan.matters.choices import Status
from pingzhan.matters.operations.report import spot_of
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.reporter import suggest_category
from pingzhan.matters.queries.similar import LEAST_TEXT, Alike, alike_here, offer, offered
from pingzhan.places.names import named
from pingzhan.web.forms.report import PortalReportForm, sent


@never_cache
@require_POST
def similar(request: HttpRequest) -> HttpResponse:
    """What is like it nearby, as a fragment; empty when nothing is, or the place is not told yet."""
    flood.check("similar", client_address(request), limit=settings.FLOOD_QUERIES_PER_MINUTE * 2)
    return render(request, "portal/parts/similar.html", {"rows": _rows(request)})


def _rows(request: HttpRequest) -> list[dict[str, Any]]:
    form = PortalReportForm(sent(request))
    form.is_valid()  # what is missing as yet is no error here
    said = form.cleaned_data
    text = said.get("text", "")
    if len(text) < LEAST_TEXT:
        return []
    at = request.at  # type: ignore[attr-defined]
    try:
        spot = spot_of(form.location())
    except (DomainError, KeyError):
        return []
    kind = said.get("category") or suggest_category(text) or ""
    return [_public(one) for one in alike_here(text, spot, category=kind, at=at)] if spot else []


def _public(one: Alike) -> dict[str, Any]:
    return {
        "category": named(reference().categories.get(one.matter.category_id)),
        "at": one.matter.reported_at,
        "status": Status(one.matter.status).label,
        "same_grid": one.same_grid,
        "token": offer(one.matter),
    }


@never_cache
@require_POST
def follow(request: HttpRequest) -> HttpResponse:
    """Follow what was offered. Nothing is told of it but that it is being handled."""
    flood.check("report", client_address(request), limit=settings.FLOOD_REPORTS_PER_MINUTE)
    try:
        matter = offered(request.POST.get("token", ""))
    except NotFound:
        return render(request, "portal/parts/followed.html", {"gone": True})
    anonymous = request.POST.get("anonymous") == "on"
    phone = "" if anonymous else request.POST.get("contact_phone", "")[:24]
    actor: Actor = ANONYMOUS if anonymous else request.actor  # type: ignore[attr-defined]
    try:
        operations.follow_matter(matter=matter, by=actor, at=request.at, phone=phone)  # type: ignore[attr-defined]
    except DomainError as problem:
        return render(request, "portal/parts/followed.html", {"problem": problem}, status=problem.status)
    context = {"told": bool(phone.strip()) or actor.user_id is not None}
    return render(request, "portal/parts/followed.html", context)
