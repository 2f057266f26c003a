"""Entering a matter for somebody who called or came by."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pingzhan.access.permissions import Permission as P
from pingzhan.core.errors import DomainError, TooMany
from pingzhan.core.idempotency import once
from pingzhan.core.ids import uuid7
from pingzhan.matters.choices import Source, Urgency
from pingzhan.matters.operations import Location
from pingzhan.matters.operations import report as raise_matter
from pingzhan.matters.operations.pictures import store_pictures
from pingzhan.web.desk.queue import category_choices, place_choices
from pingzhan.web.guards import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_REPORT)
def report(request: HttpRequest) -> HttpResponse:
    """The form, and what it sends; the hidden key makes a second press harmless."""
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            number = _send(request)
        except TooMany:
            raise
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("已登记，编号 %(number)s。请把编号和查询码告诉来访人。") % {"number": number})
            return redirect("desk:sheet", number=number)
    actor = request.actor  # type: ignore[attr-defined]
    place = request.POST.get("place", "")
    context = {
        "problem": problem,
        "typed": request.POST,
        "key": request.POST.get("key") or str(uuid7()),
        "categories": category_choices(),
        "places": place_choices(actor, place),
        "choices": [error for error in getattr(problem, "errors", []) if error.get("code")],
        "urgencies": Urgency.choices,
    }
    return render(request, "desk/report.html", context, status=problem.status if problem else 200)


def _send(request: HttpRequest) -> str:
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    typed = {name: request.POST.get(name, "").replace("\x00", "") for name in ("text", "category", "urgency", "place", "address", "name", "phone")}
    pictures = store_pictures(request.FILES.getlist("pictures"))

    def work() -> tuple[int, Any]:
        matter = raise_matter(
            text=typed["text"], location=Location(code=typed["place"], address=typed["address"]), source=Source.DESK,
            by=actor, at=at, category=typed["category"], urgency=typed["urgency"],
            anonymous=request.POST.get("anonymous") == "1", contact_name=typed["name"], contact_phone=typed["phone"],
            pictures=pictures,
        )  # fmt: skip
        return 201, matter.number

    body = repr((sorted(typed.items()), [picture.name for picture in pictures])).encode()
    return str(once(key=request.POST.get("key"), owner=str(actor.user_id), route="desk.report", body=body, at=at, work=work).body)
