"""The area tree: what lies where, with its figures, people, outline and history."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.access.roles import ROLES
from pingzhan.core.paging import page
from pingzhan.people.queries import heads_of
from pingzhan.places import queries
from pingzhan.places.choices import Level
from pingzhan.web.desk.places.history import history_of
from pingzhan.web.desk.places.maps import collection, outline_features
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.places.models import Place

PAGE = 50
MOST_FOUND = 30


@require_safe
@needs(P.PLACE_VIEW)
def start(request: HttpRequest) -> HttpResponse:
    """The search, or where the actor's tree begins."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    within = roots(actor, P.PLACE_VIEW)
    words = request.GET.get("q", "").strip()[:80]
    tops = list(queries.tops(within))
    if not words and len(tops) == 1:
        return HttpResponseRedirect(reverse("desk:place", args=[tops[0].code]))
    found = queries.search_by_name(words, within=within, limit=MOST_FOUND) if words else tops
    return render(
        request, "desk/places/found.html", {"q": words, "rows": rows_of(found), "many": len(found) >= MOST_FOUND}
    )


@require_safe
@needs(P.PLACE_VIEW)
def place(request: HttpRequest, code: str) -> HttpResponse:
    """One place: its superiors, figures, outline, what lies below, who works there, what happened to it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = seen(actor, code)
    below = page(queries.children(found), order=("code",), after=request.GET.get("after"), limit=PAGE)
    heads = heads_of([found.code]).get(found.code, [])
    past = queries.past_outlines(found)[:10]
    context = {
        "place": found,
        "chain": crumbs(actor, found),
        "figures": queries.figures(found),
        "rows": rows_of(below.items),
        "next": below.next or "",
        "below": _below(found),
        "heads": [{"name": head["name"], "role": ROLES[head["role"]].label} for head in heads],
        "history": history_of(found),
        "past": past,
        "estates": queries.estates_in(found) if found.level == Level.COMMUNITY else [],
        "former": queries.former_names(found),
        "past_query": next((f"?past={one.pk}" for one in past if str(one.pk) == request.GET.get("past")), ""),
        "has_map": queries.outline_of(found) is not None or found.lon is not None,
        "can_draw": can(actor, P.PLACE_DRAW, found.path),
        "can_edit": can(actor, P.PLACE_EDIT, found.path),
    }
    return render(request, "desk/places/place.html", context)


@require_safe
@needs(P.PLACE_VIEW)
def place_map(request: HttpRequest, code: str) -> JsonResponse:
    """GeoJSON of a place and what lies directly in it; with ?past=ID also the outline that it had before."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return collection(outline_features(seen(actor, code), past=request.GET.get("past", "")))


def seen(actor: Actor, code: str) -> "Place":
    """The place within the actor's area, also one that has ended; raises NotFound."""
    return queries.get_place(code, within=roots(actor, P.PLACE_VIEW), ended=True)


def community_of(actor: Actor, code: str) -> Any:
    """The community with this code within the actor's area, or None."""
    found = queries.get_place(code, within=roots(actor, P.PLACE_VIEW))
    return found if found.level == Level.COMMUNITY else None


def crumbs(actor: Actor, found: "Place") -> list[dict[str, Any]]:
    """The superiors with links to those that the actor may see."""
    reach = roots(actor, P.PLACE_VIEW)
    return [
        {
            "name": one.name,
            "url": reverse("desk:place", args=[one.code]) if any(one.path.startswith(path) for path in reach) else "",
        }
        for one in queries.chain(found)[:-1]
    ]


def rows_of(places: list[Any]) -> list[dict[str, Any]]:
    """Places as rows of a list; two statements more."""
    counts = queries.counts_below(places)
    lines = queries.superior_names(places)
    return [
        {
            "place": one,
            "level": Level(one.level).label,
            "url": reverse("desk:place", args=[one.code]),
            "grids": counts.get(one.pk, {}).get(Level.GRID, 0),
            "buildings": counts.get(one.pk, {}).get(Level.BUILDING, 0),
            "above": lines.get(one.path, ""),
        }
        for one in places
    ]


def _below(found: "Place") -> str:
    """What the level below is called, by what is there most often."""
    next_level = {
        Level.PROVINCE: Level.CITY, Level.CITY: Level.DISTRICT, Level.DISTRICT: Level.STREET,
        Level.STREET: Level.COMMUNITY, Level.COMMUNITY: Level.GRID, Level.GRID: Level.BUILDING,
        Level.BUILDING: Level.HOUSEHOLD,
    }.get(Level(found.level))  # fmt: skip
    return str(next_level.label) if next_level else ""


def to_grids(code: str) -> HttpResponse:
    """Back to the community's grids."""
    return redirect("desk:grids", code=code)
