"""Entering a matter for somebody who called or came by."""

import json
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError, Invalid, TooMany
from pingzhan.core.idempotency import once
from pingzhan.core.paths import code_of
from pingzhan.matters import operations
from pingzhan.matters.choices import Source, Urgency
from pingzhan.matters.operations import Location
from pingzhan.places.choices import Level
from pingzhan.places.names import place_lines
from pingzhan.places.queries import get_places, match_address
from pingzhan.web.desk.queue import category_choices
from pingzhan.web.forms.places import full_place
from pingzhan.web.forms.problems import problem_of
from pingzhan.web.forms.report import FieldReportForm, report_page, sent
from pingzhan.web.guards import needs
from pingzhan.web.uploads import pictures_of

_FINE = {Level.BUILDING, Level.HOUSEHOLD}


class DeskReportForm(FieldReportForm):
    """What was told by phone or at the counter; the caller may want to stay unnamed."""

    anonymous = forms.BooleanField(required=False)

    def location(self) -> Location:
        """The place of the lists, made finer by the address where that names one place in it; or the address alone.

        Raises Invalid with the places to choose from where the address may mean several.
        """
        said = self.cleaned_data
        if said.get("choice") or not (said.get("place") and said.get("address")):
            return super().location()
        place = get_places([said["place"]]).get(said["place"])
        if place is None or place.level in _FINE:
            return super().location()
        words = full_place(place.path) + said["address"]
        match = match_address(words, within=[place.path])
        if match.place is not None:
            return Location(code=match.place.code, address=said["address"])
        found = [one.place for one in match.candidates if one.place.pk != place.pk]
        if found:
            lines = place_lines([one.path for one in found])
            offered = [(one.code, lines[one.path]) for one in found] + [(place.code, _("都不是，只记到所选的区域"))]
            raise Invalid(
                _("这个地址可能是几个地方，请选择一个"),
                errors=[{"loc": ["place"], "msg": line, "code": code} for code, line in offered],
            )
        return Location(code=place.code, address=said["address"])


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_REPORT)
def report(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends; the hidden key makes a second press harmless."""
    if request.method != "POST":
        return _page(request, {"place": _own_place(request.actor)})  # type: ignore[attr-defined]
    data = sent(request)
    if "more" in data:  # without scripts: only show the next list of places
        return _page(request, data.dict())
    form = DeskReportForm(data)
    try:
        if not form.is_valid():
            raise problem_of(form)
        number = _send(request, form)
    except TooMany:
        raise
    except DomainError as problem:
        return _page(request, data.dict(), problem=problem)
    messages.success(request, _("已登记，编号 %(number)s。请把编号和查询码告诉来访人。") % {"number": number})
    return redirect("desk:sheet", number=number)


def _send(request: HttpRequest, form: DeskReportForm) -> str:
    actor, at, said = request.actor, request.at, form.cleaned_data  # type: ignore[attr-defined]
    location = form.location()
    pictures = pictures_of(request)
    body = [{name: said[name] for name in said if name != "key"}, [picture.name for picture in pictures]]

    def work() -> tuple[int, Any]:
        matter = operations.report(
            text=said["text"],
            location=location,
            source=Source.DESK,
            by=actor,
            at=at,
            category=said["category"],
            urgency=said["urgency"],
            anonymous=said["anonymous"],
            contact_name=said["contact_name"],
            contact_phone=said["contact_phone"],
            pictures=pictures,
        )
        return 201, {"number": matter.number}

    answer = once(
        key=said["key"],
        owner=f"desk:{actor.user_id}",
        route="report",
        body=json.dumps(body, sort_keys=True).encode(),
        at=at,
        work=work,
    )
    return str(answer.body["number"])


def _own_place(actor: Actor) -> str:
    """Where the lists stand at first: the actor's own street or community, "" for those of a whole district."""
    path = next(iter(roots(actor, P.MATTER_REPORT)), "")
    code = code_of(path)
    return code if len(code) > 6 else ""


def _page(request: HttpRequest, typed: dict[str, Any], *, problem: DomainError | None = None) -> HttpResponse:
    context = report_page(request, typed, problem) | {
        "categories": category_choices(),
        "urgencies": [("", _("按类别")), *Urgency.choices],
    }
    return render(request, "desk/report.html", context, status=problem.status if problem else 200)
