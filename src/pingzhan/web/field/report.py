"""Reporting on the spot: what a worker sees, where they stand, with a photo."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError
from pingzhan.core.idempotency import once
from pingzhan.core.paths import code_of
from pingzhan.matters import operations
from pingzhan.matters.choices import Source, Urgency
from pingzhan.matters.operations.settle import settle_on_spot
from pingzhan.places.choices import Level
from pingzhan.places.queries import get_places
from pingzhan.web.forms.problems import problem_of
from pingzhan.web.forms.report import FieldReportForm, report_page, sent
from pingzhan.web.guards import needs
from pingzhan.web.uploads import pictures_of


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MATTER_REPORT)
def report(request: HttpRequest) -> HttpResponse:
    """The form; sent, it becomes a matter on the desk of the community."""
    if request.method != "POST":
        return _page(request, _own_building(request))
    data = sent(request)
    if "more" in data:  # without scripts: only show the next list of places
        return _page(request, data.dict() | {"where": "list"})
    form = FieldReportForm(data)
    try:
        if not form.is_valid():
            raise problem_of(form)
        return _send(request, form)
    except DomainError as problem:
        return _page(request, data.dict(), problem=problem)


def _own_building(request: HttpRequest) -> dict[str, Any]:
    """Who answers for one building reports for it: a pin finds no finer place than the grid around it."""
    paths = roots(request.actor, Permission.MATTER_REPORT)  # type: ignore[attr-defined]
    code = code_of(paths[0]) if len(paths) == 1 else ""
    place = get_places([code]).get(code) if code else None
    return {"place": code, "where": "list"} if place is not None and place.level == Level.BUILDING else {}


def _send(request: HttpRequest, form: FieldReportForm) -> HttpResponse:
    said, actor, at = form.cleaned_data, request.actor, request.at  # type: ignore[attr-defined]
    pictures = pictures_of(request)
    body = [{name: said[name] for name in said if name != "key"}, [picture.name for picture in pictures]]

    told: dict[str, Any] = {
        "text": said["text"],
        "location": form.location(),
        "by": actor,
        "at": at,
        "category": said["category"],
        "urgency": said["urgency"],
        "contact_name": said["contact_name"],
        "contact_phone": said["contact_phone"],
        "pictures": pictures,
    }

    def work() -> tuple[int, Any]:
        if said["settled"]:
            matter = settle_on_spot(result=said["result"], **told)
        else:
            matter = operations.report(source=Source.FIELD, **told)
        return 201, {"number": matter.number}

    answer = once(
        key=said["key"], owner=f"field:{actor.user_id}", route="report",
        body=json.dumps(body, sort_keys=True).encode(), at=at, work=work,
    )  # fmt: skip
    words = _("已上报并办结，编号 %(number)s，等待核实。") if said["settled"] else _("已上报，编号 %(number)s。")
    messages.success(request, words % {"number": answer.body["number"]})
    # Who may only report follows it as who reported it.
    door = "field:matter" if actor.holding(Permission.MATTER_VIEW) else "portal:matter"
    response = HttpResponseRedirect(reverse(door, args=[answer.body["number"]]))
    response.status_code = 303
    return response


def _page(request: HttpRequest, typed: dict[str, Any], *, problem: DomainError | None = None) -> HttpResponse:
    context = report_page(request, typed, problem) | {
        "urgencies": Urgency.choices,
        "may_settle": bool(request.actor.holding(Permission.MATTER_HANDLE)),  # type: ignore[attr-defined]
        # Who may only report opens this page first, and finds here what a response asks.
        "first_page": not request.actor.holding(Permission.MATTER_VIEW),  # type: ignore[attr-defined]
    }
    return render(request, "field/report.html", context, status=problem.status if problem else 200)
