"""Who else has a sheet open: said by the page every few seconds, shown beside the heading, locking nothing."""

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.matters import operations
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.presence import others_at
from pingzhan.web.guards import needs


@require_POST
@needs(P.MATTER_VIEW)
def presence(request: HttpRequest, number: str) -> HttpResponse:
    """Say that one is here; hear who else is, and whether the sheet has moved on since it was opened."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    matter = matter_for(actor, number)
    operations.look_at(matter=matter, by=actor, at=at)
    seen = request.POST.get("version", "")
    context = {
        "matter": matter,
        "others": _("、").join(others_at(matter, actor, at=at)),
        "version": seen,
        "changed": seen.isascii() and seen.isdigit() and seen != str(matter.version),
    }
    return render(request, "desk/parts/presence.html", context)
