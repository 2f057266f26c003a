"""Supervised cases (督办): who is asked for what until when, and what was answered."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.matters.queries.passing import supervisions
from pingzhan.matters.queries.reference import reference
from pingzhan.places.names import named, place_lines
from pingzhan.web.guards import needs


@require_safe
@needs(P.MATTER_VIEW)
def supervision(request: HttpRequest) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    released = request.GET.get("released") == "1"
    found = supervisions(actor, released=released, after=request.GET.get("after"), limit=20)
    names = place_lines([row.path for row in found.items])
    units = reference().units
    rows: list[dict[str, Any]] = [
        {
            "case": row,
            "matter": row.matter,
            "place": names[row.path],
            "unit": named(units.get(row.unit_id)),
            "late": row.answered_at is None and row.released_at is None and row.due_at < at,
        }
        for row in found.items
    ]
    return render(request, "desk/supervision.html", {"rows": rows, "next": found.next or "", "released": released})
