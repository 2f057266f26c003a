"""The grids of a community on a map and as lists: split, merge, redraw, rename; ask for a proposal."""

import json
from typing import Any

import shapely
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.places import queries
from pingzhan.places.choices import GridKind
from pingzhan.places.operations import NEW, merge_grids, move_to_grid, propose_grids, rename_grid, split_grid
from pingzhan.places.rules.outlines import Area, BadOutline, area_of
from pingzhan.places.rules.sizes import fit_of, kind_of_community
from pingzhan.web.desk.places.maps import collection, outline_features, point
from pingzhan.web.desk.places.tree import community_of, crumbs, to_grids
from pingzhan.web.guards import needs

_MOST_CORNERS = 500
FIT_TONES = {"right": "good", "over": "bad", "under": "warn", "empty": "warn"}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLACE_DRAW)
def grids(request: HttpRequest, code: str) -> HttpResponse:
    """The drawing table of a community."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    community = community_of(actor, code)
    if community is None or not can(actor, P.PLACE_DRAW, community.path):
        raise Http404
    if request.method != "POST":
        return _show(request, community)
    try:
        said = _act(request, community)
    except DomainError as problem:
        return _show(request, community, problem=problem)
    messages.success(request, said)
    return to_grids(code)


@require_POST
@needs(P.PLACE_DRAW)
def propose(request: HttpRequest, code: str) -> HttpResponse:
    """Have a proposal made and show it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    community = community_of(actor, code)
    if community is None:
        raise Http404
    target, at = request.POST.get("target", "").strip(), request.at  # type: ignore[attr-defined]
    try:
        if target and not target.isdecimal():
            raise Invalid(_("请填写整数户数"), errors=[{"loc": ["target"], "msg": _("请填写整数户数")}])
        made = propose_grids(community=community, target=int(target[:6]) if target else None, by=actor, at=at)
    except Invalid as problem:
        return _show(request, community, problem=problem)
    return redirect("desk:grid_proposal", proposal_id=made.pk)


@require_safe
@needs(P.PLACE_DRAW)
def grids_map(request: HttpRequest, code: str) -> JsonResponse:
    """GeoJSON of a community's grids and all its buildings."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    community = community_of(actor, code)
    if community is None:
        raise Http404
    buildings = [point(one) for one in queries.buildings_of([community.path]) if one.point is not None]
    return collection(outline_features(community) + buildings)


def _act(request: HttpRequest, community: Any) -> str:
    """Do what was pressed; what to say of it."""
    actor, at, said = request.actor, request.at, request.POST  # type: ignore[attr-defined]
    here = {grid.code: grid for grid in queries.children(community)}
    common: dict[str, Any] = {"by": actor, "at": at, "basis": said.get("basis", "")}
    match said.get("act"):
        case "split":
            grid = here.get(said.get("grid", ""))
            if grid is None:
                raise _wrong("grid", _("请选择要拆分的网格"))
            done = split_grid(
                grid=grid, line=line_of(said.get("line", "")), buildings=said.getlist("building"),
                name=said.get("split_name", ""), **common,
            )  # fmt: skip
            return _("已拆分，新网格是%(name)s；请为它安排网格员。") % {"name": done.made[0].name}
        case "merge":
            chosen = [here[code] for code in said.getlist("merge") if code in here]
            if len(chosen) < 2:
                raise _wrong("merge", _("请选择同一居村里的两个或更多网格"))
            done = merge_grids(grids=chosen, into=said.get("into", ""), **common)
            return _("已合并，撤销的网格：%(names)s。其网格员继续负责合并后的网格。") % {
                "names": "、".join(grid.name for grid in done.ended)
            }
        case "move":
            done = move_to_grid(
                community=community, to=said.get("to", ""), shape=shape_of(said.get("shape", "")),
                buildings=said.getlist("building"), name=said.get("move_name", ""), **common,
            )  # fmt: skip
            return _("已重划，%(count)d 栋楼换了网格。") % {"count": done.moved}
        case "rename":
            grid = here.get(said.get("renamed", ""))
            if grid is None:
                raise _wrong("renamed", _("请选择要改名的网格"))
            rename_grid(grid=grid, name=said.get("name", ""), kind=said.get("kind", ""), by=actor, at=at)
            return _("已保存。")
    raise _wrong("act", _("没有这项操作"))


def _show(request: HttpRequest, community: Any, *, problem: DomainError | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    ground = queries.ground_of(community)
    typed = request.POST
    sizes = queries.sizes_for(kind_of_community(community.name))
    ticked = set(typed.getlist("building"))
    groups = [
        {
            "grid": grid,
            "kind": GridKind(grid.kind).label,
            "fit": fit_of(grid.kind, grid.households, queries.sizes_for(grid.kind)).value,
            "buildings": [
                {"building": one, "ticked": one.code in ticked}
                for one in ground.buildings.values()
                if one.grid == grid.code
            ],
            "merged": grid.code in typed.getlist("merge"),
        }
        for grid in ground.grids.values()
    ]
    loose = [{"building": one, "ticked": one.code in ticked} for one in ground.buildings.values() if not one.grid]
    context = {
        "community": community,
        "chain": crumbs(actor, community),
        "groups": groups,
        "loose": loose,
        "grid_options": [(grid.code, grid.name) for grid in ground.grids.values()],
        "to_options": [(NEW, _("新的网格")), *((grid.code, grid.name) for grid in ground.grids.values())],
        "kinds": GridKind.choices,
        "basis": ground.basis,
        "sizes": sizes,
        "has_outline": ground.outline is not None or bool(ground.areas),
        "waiting": queries.open_proposal(community),
        "problem": problem,
        "typed": {"line": "", "shape": ""} | (typed.dict() if problem else {}),
    }
    return render(request, "desk/places/grids.html", context, status=problem.status if problem else 200)


def line_of(text: str) -> list[tuple[float, float]]:
    """The corners of a drawn line, [[lon, lat], …]; none where nothing was drawn. Raises Invalid."""
    if not text:
        return []
    try:
        corners = [(float(lon), float(lat)) for lon, lat in json.loads(text)]
    except (ValueError, TypeError, RecursionError) as error:
        raise _wrong("drawing", _("画的范围无法识别，请重画")) from error
    if len(corners) > _MOST_CORNERS or not all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in corners):
        raise _wrong("drawing", _("画的范围无法识别，请重画"))
    return corners


def shape_of(text: str) -> Area | None:
    """The area inside of a drawn line; None where nothing was drawn. Raises Invalid."""
    corners = line_of(text)
    if not corners:
        return None
    try:
        return area_of({"type": "Polygon", "coordinates": [[*corners, corners[0]]]})
    except (BadOutline, shapely.GEOSException) as error:
        raise _wrong("drawing", _("画的范围无法识别，请重画")) from error


def _wrong(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
