"""Checking in: one page, no sign-in, safe to send twice; the answer never tells whether a phone is known."""

import json
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.core import flood
from pingzhan.core.client_address import client_address
from pingzhan.core.errors import DomainError
from pingzhan.core.idempotency import once
from pingzhan.people import operations
from pingzhan.people.choices import CheckInKind, CheckInSource
from pingzhan.web.forms.check_in import CheckInForm, check_in_page, typed_of
from pingzhan.web.forms.problems import problem_of
from pingzhan.web.forms.report import sent


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check_in(request: HttpRequest, kind: str) -> HttpResponse:
    """The form; sent, it waits for the community of one's home to vet it."""
    if request.method != "POST":
        return _page(request, kind, {})
    typed = typed_of(request)
    if "more" in request.POST:  # without scripts: only show the next list of places
        return _page(request, kind, typed)
    form = CheckInForm(sent(request))
    try:
        if not form.is_valid():
            raise problem_of(form)
        _send(request, form, kind)
    except DomainError as problem:
        return _page(request, kind, typed, problem)
    response = HttpResponseRedirect(reverse("portal:checked_in"))
    response.status_code = 303
    return response


def _send(request: HttpRequest, form: CheckInForm, kind: str) -> None:
    flood.check("check-in", client_address(request), limit=settings.FLOOD_REPORTS_PER_MINUTE)
    by: Actor = request.actor  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    told = form.told(request, kind=kind)
    consent = form.cleaned_data["consent"]

    def work() -> tuple[int, Any]:
        operations.submit(told=told, source=CheckInSource.PORTAL, consent=consent, by=by, at=at)
        return 201, {}

    body = json.dumps([str(told), consent]).encode()
    once(key=form.cleaned_data["key"], owner="portal", route="check-in", body=body, at=at, work=work)


def _page(request: HttpRequest, kind: str, typed: dict[str, Any], problem: DomainError | None = None) -> HttpResponse:
    mobile = kind == CheckInKind.MOBILE
    context = check_in_page(request, typed, problem, skills=not mobile) | {"mobile": mobile}
    return render(request, "portal/check_in.html", context, status=problem.status if problem else 200)


@never_cache
@require_safe
def checked_in(request: HttpRequest) -> HttpResponse:
    """What happens next; the same for everybody."""
    return render(request, "portal/checked_in.html", {"days": settings.MEMBER_CONTACT_DAYS})
