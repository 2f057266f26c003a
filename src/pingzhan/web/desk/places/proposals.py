"""A proposed drawing of grids: look at it, adjust it, accept it or leave it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError
from pingzhan.places import queries
from pingzhan.places.choices import GridKind, ProposalState
from pingzhan.places.operations import NEW, accept_proposal, adjust_proposal, reject_proposal
from pingzhan.places.rules.sizes import fit_of
from pingzhan.web.desk.places.grids import shape_of
from pingzhan.web.desk.places.maps import collection, point
from pingzhan.web.desk.places.tree import crumbs
from pingzhan.web.guards import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLACE_DRAW)
def proposal(request: HttpRequest, proposal_id: UUID) -> HttpResponse:
    """The proposal beside what is there; it changes nothing until somebody accepts it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_proposal(proposal_id, within=roots(actor, P.PLACE_DRAW))
    if request.method != "POST":
        return _show(request, found)
    common: dict[str, Any] = {"proposal": found, "by": actor, "at": request.at}  # type: ignore[attr-defined]
    try:
        match request.POST.get("act"):
            case "accept":
                done = accept_proposal(**common)
                messages.success(
                    request,
                    _("已采用：新建 %(made)d 个网格，撤销 %(ended)d 个，%(moved)d 栋楼换了网格。")
                    % {"made": len(done.made), "ended": len(done.ended), "moved": done.moved},
                )
                return redirect("desk:grids", code=found.community.code)
            case "reject":
                reject_proposal(**common)
                messages.success(request, _("没有采用，网格保持原样。"))
                return redirect("desk:grids", code=found.community.code)
            case _:
                adjust_proposal(
                    to=request.POST.get("to", ""), shape=shape_of(request.POST.get("shape", "")),
                    buildings=request.POST.getlist("building"), **common,
                )  # fmt: skip
                messages.success(request, _("方案已调整，还没有采用。"))
                return redirect("desk:grid_proposal", proposal_id=found.pk)
    except DomainError as problem:
        found = queries.get_proposal(proposal_id, within=roots(actor, P.PLACE_DRAW))
        return _show(request, found, problem=problem)


@require_safe
@needs(P.PLACE_DRAW)
def proposal_map(request: HttpRequest, proposal_id: UUID) -> JsonResponse:
    """GeoJSON of a proposal and of the buildings."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_proposal(proposal_id, within=roots(actor, P.PLACE_DRAW))
    names = names_in(found)
    features = [
        {
            "type": "Feature",
            "properties": {"kind": "child", "code": str(n), "name": names[n], "households": grid["households"]},
            "geometry": grid["geometry"],
        }
        for n, grid in enumerate(found.grids)
    ]
    return collection(features + [point(one) for one in queries.buildings_of([found.path]) if one.point is not None])


def names_in(found: Any) -> list[str]:
    """What each grid of a proposal is called on the page: its own name, or that of the grid that goes on."""
    grids = {grid.code: grid.name for grid in queries.children(found.community)}
    fresh = iter(range(1, 1000))
    return [
        grid["name"] or grids.get(grid["code"], "") or _("新网格 %(number)d") % {"number": next(fresh)}
        for grid in found.grids
    ]


def _show(request: HttpRequest, found: Any, *, problem: DomainError | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    names = names_in(found)
    buildings = {one.code: one for one in queries.buildings_of([found.path])}
    ticked = set(request.POST.getlist("building"))
    groups = [
        {
            "key": str(n),
            "name": names[n],
            "goes_on": bool(grid["code"]),
            "kind": GridKind(grid["kind"]).label,
            "households": grid["households"],
            "fit": fit_of(grid["kind"], grid["households"], queries.sizes_for(grid["kind"])).value,
            "buildings": [
                {"building": buildings[code], "ticked": code in ticked}
                for code in grid["buildings"]
                if code in buildings
            ],
        }
        for n, grid in enumerate(found.grids)
    ]
    context = {
        "proposal": found,
        "community": found.community,
        "chain": crumbs(actor, found.community),
        "groups": groups,
        "to_options": [(NEW, _("新的网格")), *((group["key"], group["name"]) for group in groups)],
        "open": found.state == ProposalState.OPEN,
        "present": len(queries.ground_of(found.community).grids),
        "problem": problem,
        "typed": {"shape": ""} | (request.POST.dict() if problem else {}),
    }
    return render(request, "desk/places/proposal.html", context, status=problem.status if problem else 200)
