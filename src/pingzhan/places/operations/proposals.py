"""Proposing how grids could be drawn. A proposal is a row; only a person who accepts it changes grids."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.db import under
from pingzhan.core.errors import Invalid, Stale, StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.journal.operations import record
from pingzhan.places.choices import GridKind, Level, ProposalKind, ProposalState
from pingzhan.places.models import GridProposal, Place
from pingzhan.places.operations.grids import Drawn, Redrawn, redraw
from pingzhan.places.queries.grids import Ground, ground_of, sizes_for
from pingzhan.places.rules import redrawing
from pingzhan.places.rules.cells import divide
from pingzhan.places.rules.gridding import Site, propose
from pingzhan.places.rules.outlines import Area, as_text
from pingzhan.places.rules.sizes import Fit, Sizes, fit_of, kind_of_community

NEW = "new"
_MOST_TARGET = 5000


@transaction.atomic
def propose_grids(*, community: Place, by: Actor, at: datetime, target: int | None = None) -> GridProposal:
    """Draw all grids of a community afresh as a proposal, in the place of one that is still open.

    Each grid is to have about `target` households, by default what the settings say for towns or villages. Dedicated
    grids stay apart. Raises Invalid where there is no outline to divide.
    """
    require(by, Permission.PLACE_DRAW, community.path)
    ground = ground_of(community)
    kind = kind_of_community(community.name)
    sizes = _sizes(kind, target)
    outline = ground.outline or (redrawing.joined(ground.areas.values()) if ground.areas else None)
    if outline is None:
        raise Invalid(_("%(name)s还没有边界，请先导入边界再划网格") % {"name": community.name})
    standing = [one for one in ground.buildings.values() if one.point is not None]
    apart = {code for code, grid in ground.grids.items() if grid.kind == GridKind.DEDICATED}
    sites = [
        Site(
            one.code, one.lon or 0.0, one.lat or 0.0, one.households, one.estate, one.grid if one.grid in apart else ""
        )
        for one in standing
    ]
    parts = propose(outline, sites, sizes)
    grids = [
        {
            "code": "",
            "name": ground.grids[part.apart].name if part.apart else "",
            "kind": GridKind.DEDICATED.value if part.apart else kind.value,
            "buildings": [standing[site].code for site in part.sites],
            "area": part.area,
        }
        for part in parts
    ]
    _place_the_rest(ground, grids)
    _keep_codes(ground, grids)
    return _keep(ground, grids, ProposalKind.NEW, sizes.target, by=by, at=at)


@transaction.atomic
def propose_changes(*, community: Place, by: Actor, at: datetime) -> GridProposal | None:
    """Where households have become too many or too few in some grids: divide those, join those; None if all fit.

    Grids that fit, and dedicated ones, stay as they are unless a small neighbour joins them.
    """
    require(by, Permission.PLACE_DRAW, community.path)
    ground = ground_of(community)
    if not ground.areas or set(ground.areas) != set(ground.grids):
        return None
    if not any(one.households for one in ground.buildings.values()):
        return None  # nothing is known of anybody
    sizes = sizes_for(kind_of_community(community.name))
    grids = [
        {
            "code": code,
            "name": "",
            "kind": grid.kind,
            "buildings": sorted(one.code for one in ground.buildings.values() if one.grid == code),
            "area": ground.areas[code],
        }
        for code, grid in sorted(ground.grids.items())
    ]
    changed = _divide_large(ground, grids, sizes)
    if not _join_small(ground, grids, sizes) and not changed:
        return None
    return _keep(ground, grids, ProposalKind.SIZE, sizes.target, by=by, at=at)


@transaction.atomic
def adjust_proposal(
    *,
    proposal: GridProposal,
    to: str,
    by: Actor,
    at: datetime,
    shape: Area | None = None,
    buildings: Iterable[str] = (),
) -> GridProposal:
    """Give a drawn area, or the ground around some buildings, to another grid of the proposal.

    `to` is the position of the grid in the proposal, from 0, or NEW. Nothing but the proposal changes.
    """
    require(by, Permission.PLACE_DRAW, proposal.path)
    ground = _still_true(proposal)
    grids = [grid | {"area": _area(grid["geometry"])} for grid in proposal.grids]
    if to != NEW and not (to.isascii() and to.isdigit() and int(to) < len(grids)):
        raise Invalid(_("没有这个网格"), errors=[{"loc": ["to"], "msg": _("没有这个网格")}])
    chosen = {code for code in buildings if code in ground.buildings}
    if shape is None and not chosen:
        message = _("请在图上画出范围，或勾选楼栋")
        raise Invalid(message, errors=[{"loc": ["buildings"], "msg": message}])
    standing = [one for one in ground.buildings.values() if one.point is not None]
    points = [one.point for one in standing if one.point is not None]
    areas = {str(number): grid["area"] for number, grid in enumerate(grids)}
    try:
        if shape is None:
            outline = redrawing.joined(areas.values())
            cells = divide(outline, [point[0] for point in points], [point[1] for point in points])
            shape = redrawing.cells_of(cells, [n for n, one in enumerate(standing) if one.code in chosen])
        after = redrawing.without_shreds(redrawing.taken_over(areas, shape, to), points, areas)
    except (redrawing.CannotDraw, shapely.GEOSException) as error:
        message = _("这样划分后网格会断开，或没有分开任何网格，请换一种画法")
        raise Invalid(message, errors=[{"loc": ["drawing"], "msg": message}]) from error
    _regroup(ground, grids, after, to)
    kept = [grid for grid in grids if grid["area"] is not None]
    proposal.grids = [_as_json(ground, grid) for grid in kept]
    proposal.save(update_fields=["grids"])
    record(
        verb="place.adjust", by=by, at=at, subject_type="place", subject_id=proposal.community_id,
        place_path=proposal.path, proposal=str(proposal.pk),
    )  # fmt: skip
    return proposal


@transaction.atomic
def accept_proposal(*, proposal: GridProposal, by: Actor, at: datetime) -> Redrawn:
    """Draw the grids as proposed. Raises Stale when grids or buildings have changed since it was made."""
    _decide(proposal, ProposalState.ACCEPTED, by, at)
    drawn = [
        Drawn(
            grid["code"], grid["name"], grid["kind"], _area(grid["geometry"]), frozenset(grid["buildings"])
        )
        for grid in proposal.grids
    ]  # fmt: skip
    return redraw(community=proposal.community, drawn=drawn, by=by, at=at, basis=proposal.basis, why="accept")


@transaction.atomic
def reject_proposal(*, proposal: GridProposal, by: Actor, at: datetime) -> None:
    """Leave the grids as they are."""
    require(by, Permission.PLACE_DRAW, proposal.path)
    _decide(proposal, ProposalState.REJECTED, by, at)
    record(
        verb="place.decline", by=by, at=at, subject_type="place", subject_id=proposal.community_id,
        place_path=proposal.path, proposal=str(proposal.pk),
    )  # fmt: skip


def communities_to_propose(root: str) -> list[Place]:
    """The communities under a path that have neither grids nor an open proposal; two statements."""
    busy = set(
        GridProposal.objects.filter(under("path", root), state=ProposalState.OPEN).values_list("path", flat=True)
    )
    drawn = set(
        Place.objects.filter(under("path", root), level=Level.GRID, until__isnull=True)
        .order_by("path")
        .values_list("parent", flat=True)
    )
    rows = Place.objects.filter(
        under("path", root), level=Level.COMMUNITY, until__isnull=True, outline__isnull=False
    ).order_by("path")
    return [row for row in rows if row.pk not in drawn and row.path not in busy]


# --- parts ----------------------------------------------------------------------------------------------------------


def _sizes(kind: GridKind, target: int | None) -> Sizes:
    sizes = sizes_for(kind)
    if target is None:
        return sizes
    if not 1 <= target <= _MOST_TARGET:
        message = _("每个网格的户数应在 1 到 %(most)s 之间") % {"most": _MOST_TARGET}
        raise Invalid(message, errors=[{"loc": ["target"], "msg": message}])
    return Sizes(target, max(1, sizes.fewest * target // sizes.target), sizes.most * target // sizes.target)


def _place_the_rest(ground: Ground, grids: list[dict[str, Any]]) -> None:
    """Buildings without a point go with their estate, else with their present grid's buildings, else first."""
    grid_of = {code: grid for grid in grids for code in grid["buildings"]}
    placed = list(grid_of)
    for one in ground.buildings.values():
        if one.code in grid_of:
            continue
        beside = next(
            (code for code in placed if one.estate and ground.buildings[code].estate == one.estate),
            next((code for code in placed if one.grid and ground.buildings[code].grid == one.grid), None),
        )
        (grid_of[beside] if beside else grids[0])["buildings"].append(one.code)


def _keep_codes(ground: Ground, grids: list[dict[str, Any]]) -> None:
    """Let each existing grid go on as the proposed one that has most of its households."""
    shares = sorted(
        (
            (sum(1 + ground.buildings[code].households for code in grid["buildings"]
                 if ground.buildings[code].grid == old), -number, old)
            for number, grid in enumerate(grids)
            for old in ground.grids
        ),
        reverse=True,
    )  # fmt: skip
    taken: set[str] = set()
    for share, number, old in shares:
        grid = grids[-number]
        if share and not grid["code"] and old not in taken:
            dedicated = ground.grids[old].kind == GridKind.DEDICATED
            if dedicated == (grid["kind"] == GridKind.DEDICATED):
                grid["code"] = old
                taken.add(old)


def _divide_large(ground: Ground, grids: list[dict[str, Any]], sizes: Sizes) -> bool:
    changed = False
    for grid in list(grids):
        inside = [ground.buildings[code] for code in grid["buildings"]]
        standing = [one for one in inside if one.point is not None]
        if fit_of(grid["kind"], sum(one.households for one in inside), sizes) != Fit.OVER or len(standing) < 2:
            continue
        sites = [Site(one.code, one.lon or 0.0, one.lat or 0.0, one.households, one.estate) for one in standing]
        parts = sorted(propose(grid["area"], sites, sizes), key=lambda part: -part.households)
        if len(parts) < 2:
            continue
        changed = True
        rest = [one.code for one in inside if one.point is None]
        grids.remove(grid)
        for nth, part in enumerate(parts):
            codes = [standing[site].code for site in part.sites] + (rest if nth == 0 else [])
            grids.append(
                grid | {"code": grid["code"] if nth == 0 else "", "buildings": sorted(codes), "area": part.area}
            )
    return changed


def _join_small(ground: Ground, grids: list[dict[str, Any]], sizes: Sizes) -> bool:
    changed = False

    def held(grid: dict[str, Any]) -> int:
        return sum(ground.buildings[code].households for code in grid["buildings"])

    while True:
        small = sorted(
            (grid for grid in grids if fit_of(grid["kind"], held(grid), sizes) in {Fit.UNDER, Fit.EMPTY}), key=held
        )
        joined = False
        for grid in small:
            beside = [
                other for other in grids
                if other is not grid and other["kind"] != GridKind.DEDICATED
                and held(other) + held(grid) <= sizes.most
                and shapely.length(shapely.intersection(other["area"], grid["area"])) > 0
            ]  # fmt: skip
            if not beside:
                continue
            taker = min(beside, key=lambda other: (held(other), other["code"]))
            grids.remove(grid)
            taker["buildings"] = sorted([*taker["buildings"], *grid["buildings"]])
            taker["area"] = redrawing.joined([taker["area"], grid["area"]])
            if not taker["code"] or held(grid) > held(taker) / 2:
                taker["code"] = taker["code"] or grid["code"]
            joined = changed = True
            break
        if not joined:
            return changed


def _regroup(ground: Ground, grids: list[dict[str, Any]], after: dict[str, Area], to: str) -> None:
    """Put the areas and the buildings into the grids of a proposal as they are after an adjustment."""
    if to == NEW:
        grids.append({"code": "", "name": "", "kind": kind_of_community(ground.community.name).value, "buildings": []})
    keys = [str(number) for number in range(len(grids) - (to == NEW))] + ([NEW] if to == NEW else [])
    before = {code: key for key, grid in zip(keys, grids, strict=True) for code in grid["buildings"]}
    found = redrawing.holders(after, [one.point for one in ground.buildings.values()])
    members: dict[str, list[str]] = {}
    for one, key in zip(ground.buildings.values(), found, strict=True):
        stays = before[one.code] if before[one.code] in after else to
        members.setdefault(key or stays, []).append(one.code)
    for key, grid in zip(keys, grids, strict=True):
        grid["area"] = after.get(key)
        grid["buildings"] = sorted(members.get(key, []))


def _keep(
    ground: Ground, grids: Sequence[dict[str, Any]], kind: ProposalKind, target: int, *, by: Actor, at: datetime
) -> GridProposal:
    community = ground.community
    GridProposal.objects.filter(community=community, state=ProposalState.OPEN).update(
        state=ProposalState.REPLACED, decided_at=at
    )
    proposal = GridProposal.objects.create(
        id=uuid7(at), community=community, path=community.path, kind=kind, basis=ground.basis, target=target,
        created_at=at, grids=[_as_json(ground, grid) for grid in grids],
    )  # fmt: skip
    record(
        verb="place.propose", by=by, at=at, subject_type="place", subject_id=community.pk, place_path=community.path,
        proposal=str(proposal.pk), grids=len(grids),
    )  # fmt: skip
    return proposal


def _as_json(ground: Ground, grid: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": grid["code"],
        "name": grid["name"],
        "kind": str(grid["kind"]),
        "households": sum(ground.buildings[code].households for code in grid["buildings"]),
        "buildings": sorted(grid["buildings"]),
        "geometry": json.loads(as_text(grid["area"])),
    }


def _still_true(proposal: GridProposal) -> Ground:
    if proposal.state != ProposalState.OPEN:
        raise StateConflict(_("这个方案已经处理过，请看最新的网格"), current=proposal.state)
    ground = ground_of(proposal.community)
    if ground.basis != proposal.basis:
        raise Stale(_("做出方案以后，网格或楼栋有了变化；请重新生成方案。"))
    return ground


def _decide(proposal: GridProposal, state: ProposalState, by: Actor, at: datetime) -> None:
    decided = GridProposal.objects.filter(pk=proposal.pk, state=ProposalState.OPEN).update(
        state=state, decided_at=at, decided_by=by.user_id
    )
    if not decided:
        raise StateConflict(_("这个方案已经处理过，请看最新的网格"), current=proposal.state)
    proposal.state, proposal.decided_at = state, at


def _area(geometry: dict[str, Any]) -> Area:
    area = shapely.from_geojson(json.dumps(geometry))
    assert isinstance(area, Area)
    return area
