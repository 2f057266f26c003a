"""QR codes to put up in the stairwell: scanning one opens the report form with the building chosen.

What a code holds is public: the address of the form and the building's code.
"""

from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.places import queries
from pingzhan.places.choices import Level
from pingzhan.web.desk.places.tree import crumbs
from pingzhan.web.guards import needs

MOST = 200


@require_safe
@needs(P.PLACE_VIEW)
def qr_codes(request: HttpRequest, code: str) -> HttpResponse:
    """A sheet to print: one code a building, of a building, a grid or a community."""
    actor = request.actor  # type: ignore[attr-defined]
    place = queries.get_place(code, within=roots(actor, P.PLACE_VIEW))
    if place.level not in (Level.BUILDING, Level.GRID, Level.COMMUNITY):
        raise Http404
    found = queries.buildings_of([place.path])
    context = {
        "place": place,
        "chain": crumbs(actor, place),
        "cards": [{"name": one.name, "estate": one.estate, "svg": picture(request, one.code)} for one in found[:MOST]],
        "more": max(0, len(found) - MOST),
    }
    return render(request, "desk/places/qr.html", context)


def picture(request: HttpRequest, code: str) -> Any:
    """The code of the report form for a place, as SVG."""
    address = request.build_absolute_uri(f"{reverse('portal:report')}?place={code}")
    drawn = segno.make(address, error="m", micro=False).svg_inline(scale=4, border=2, omitsize=True)
    return mark_safe(drawn)  # noqa: S308 (made here, of our own address)
