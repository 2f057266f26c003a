"""What is published, and taking it down again."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.matters import operations
from pingzhan.matters.queries.lists import notice_for, notices_for
from pingzhan.places.names import named, place_lines
from pingzhan.web.guards import needs


@require_safe
@needs(P.MATTER_VIEW)
def notices(request: HttpRequest) -> HttpResponse:
    return _show(request)


def _show(request: HttpRequest, *, problem: DomainError | None = None, tried: UUID | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = notices_for(actor, after=request.GET.get("after"), limit=20)
    names = place_lines([notice.path for notice in found.items])
    rows: list[dict[str, Any]] = [
        {
            "notice": notice,
            "place": names[notice.path],
            "category": named(notice.category),
            "can_take_down": notice.until is None and can(actor, P.MATTER_PUBLISH, notice.path),
            "problem": problem if notice.pk == tried else None,
            "typed": request.POST if notice.pk == tried else {},
            "prefix": "" if notice.pk == tried else f"{notice.pk.hex}-",
            "dialog": f"take-down-{notice.pk.hex}",
        }
        for notice in found.items
    ]
    shown = {row["notice"].pk for row in rows}
    context = {"rows": rows, "next": found.next or "", "lost": problem if problem and tried not in shown else None}
    return render(request, "desk/notices.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_PUBLISH)
def take_down(request: HttpRequest, notice_id: UUID) -> HttpResponse:
    """Take a notice off the public page, with the reason on record."""
    if request.method != "POST":
        return redirect("desk:notices")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    notice = notice_for(actor, notice_id)
    try:
        operations.take_down(notice=notice, by=actor, at=request.at, reason=request.POST.get("reason", ""))  # type: ignore[attr-defined]
    except Invalid as problem:
        return _show(request, problem=problem, tried=notice_id)
    messages.success(request, _("“%(title)s”已撤下，居民不再能看到。") % {"title": notice.title})
    return redirect("desk:notices")
