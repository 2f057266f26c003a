"""Words of a report taken out of sight, and seen again for a stated purpose."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.core.errors import DomainError
from pingzhan.matters import operations
from pingzhan.matters.queries.lists import matter_for
from pingzhan.web.desk.sheet import show
from pingzhan.web.desk.steps import text_of
from pingzhan.web.guards import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_ACCEPT)
def redact(request: HttpRequest, number: str) -> HttpResponse:
    """Show other words in place of what was reported; the first wording is kept sealed."""
    if request.method != "POST":
        return redirect("desk:sheet", number=number)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    matter = matter_for(actor, number)
    version = text_of(request, "version")
    try:
        operations.redact(
            matter=matter, text=text_of(request, "text"), reason=text_of(request, "reason"), by=actor, at=at,
            version=int(version) if version.isascii() and version.isdigit() else None,
        )  # fmt: skip
    except DomainError as problem:
        return show(request, matter_for(actor, number), problem=problem, failed="redact")
    messages.success(request, _("已隐去，原文加密保存。"))
    return redirect("desk:sheet", number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_OPEN_CONTACT)
def original(request: HttpRequest, number: str) -> HttpResponse:
    """Show the first wording once, after the purpose was stated."""
    if request.method != "POST":
        return redirect("desk:sheet", number=number)
    actor: Actor = request.actor  # type: ignore[attr-defined]
    matter = matter_for(actor, number)
    try:
        text = operations.open_original(matter=matter, purpose=text_of(request, "purpose"), by=actor, at=request.at)  # type: ignore[attr-defined]
    except DomainError as problem:
        return show(request, matter, problem=problem, failed="original")
    return show(request, matter, original=text)
