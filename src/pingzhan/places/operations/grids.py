"""Drawing grids: split, merge, redraw. One way to do it: `redraw`, which every other verb leads to.

A grid that goes on keeps its code; of a grid that is divided the part with most households goes on. Of grids that are
joined one goes on, and the others end, `merged_into` it. Buildings and households keep their codes and get new paths.
What hangs on places follows in the same transaction: see places.events.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pingzhan.access.actors import Actor
from pingzhan.access.following import move_grants
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.db import update_many
from pingzhan.core.errors import Invalid, NotFound, Stale
from pingzhan.core.ids import uuid7
from pingzhan.journal.operations import digest_of, draft, record, record_load
from pingzhan.places.choices import GridKind, Level
from pingzhan.places.events import Move, PlacesMoved, Spot, places_moved
from pingzhan.places.models import Outline, PastOutline, Place
from pingzhan.places.operations.imports import changed
from pingzhan.places.queries.grids import Ground, ground_of
from pingzhan.places.rules import redrawing
from pingzhan.places.rules.cells import divide
from pingzhan.places.rules.codes import MOST_NAME, clean_name, grid_code, grid_name, number_in
from pingzhan.places.rules.outlines import Area, as_text, inner_point
from pingzhan.places.rules.redrawing import CannotDraw
from pingzhan.places.rules.sizes import kind_of_community

if TYPE_CHECKING:
    from pingzhan.journal.rules import Draft

NEW = "new"  # the key of a new grid in a drawing by hand

_REASONS: dict[str, Any] = {
    redrawing.MISSES: gettext_lazy("画的线或范围没有分开任何网格，请画得穿过网格"),
    redrawing.APART: gettext_lazy("这样划分后网格会断成不相连的几块，请换一种画法"),
    redrawing.EMPTY: gettext_lazy("这样划分后有网格没有面积了；要取消一个网格，请用合并"),
    redrawing.HOLES: gettext_lazy("网格没有铺满整个居村，请补上空缺"),
    redrawing.OVERLAP: gettext_lazy("网格互相重叠，请改画"),
}


@dataclass(frozen=True, slots=True)
class Drawn:
    """One grid of a drawing. `code` is that of a grid that goes on, "" for a new one; `name` "" is numbered."""

    code: str
    name: str
    kind: str
    area: Area | None
    buildings: frozenset[str]  # codes


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What a drawing has changed. moved: how many buildings lie in another grid now."""

    made: tuple[Place, ...]
    ended: tuple[Place, ...]
    reshaped: tuple[Place, ...]
    moved: int


# --- what people do -------------------------------------------------------------------------------------------------


@transaction.atomic
def split_grid(
    *,
    grid: Place,
    by: Actor,
    at: datetime,
    line: Sequence[tuple[float, float]] = (),
    buildings: Iterable[str] = (),
    name: str = "",
    basis: str = "",
) -> Redrawn:
    """Divide a grid along a line (degrees) that crosses it, or take some of its buildings out, into a new grid.

    The part with most households goes on as the grid. Raises Invalid, Stale, NotAllowed.
    """
    ground = _ground(_community_of(grid), by, basis)
    chosen = _chosen(ground, buildings, only=grid.code)
    if not line and not chosen:
        raise _invalid("buildings", _("请在图上画一条线，或勾选要分出去的楼栋"))
    if chosen and len(chosen) == sum(one.grid == grid.code for one in ground.buildings.values()):
        raise _invalid("buildings", _("不能把网格里的楼栋全部分出去，请至少留下一栋"))
    area = ground.areas.get(grid.code)
    if line:
        if area is None:
            raise _invalid("line", _("这个网格还没有边界，请按楼栋清单拆分"))
        shape = _drawn(lambda: redrawing.side_of_line(area, line))
    else:
        shape = _around(ground, chosen) if area is not None else None
    drawn = _transferred(ground, shape, chosen, NEW, within=grid.code)
    return _apply(ground, _larger_goes_on(ground, drawn, grid.code), names={NEW: name}, by=by, at=at, why="split")


@transaction.atomic
def merge_grids(
    *, grids: Sequence[Place], by: Actor, at: datetime, into: str = "", name: str = "", basis: str = ""
) -> Redrawn:
    """Join grids of one community; `into` is the code of the one that goes on, by default that with most households."""
    if len({grid.parent_id for grid in grids}) != 1 or len({grid.code for grid in grids}) < 2:
        raise _invalid("grids", _("请选择同一居村里的两个或更多网格"))
    ground = _ground(_community_of(grids[0]), by, basis)
    codes = sorted({grid.code for grid in grids})
    if any(code not in ground.grids for code in codes):
        raise _invalid("grids", _("有网格已经不存在，请刷新后重选"))
    keeper = into or max(codes, key=lambda code: ground.grids[code].households)
    if keeper not in codes:
        raise _invalid("into", _("保留的网格应是所选网格之一"))
    drawn = {code: _as_is(ground, code) for code in ground.grids}
    areas = [ground.areas[code] for code in codes if code in ground.areas]
    joined = redrawing.joined(areas) if areas else None
    if joined is not None and len(shapely.get_parts(joined)) > max(len(shapely.get_parts(area)) for area in areas):
        raise _invalid("grids", _("所选网格不相邻，不能合并"))
    drawn[keeper] = Drawn(
        keeper, name, ground.grids[keeper].kind, joined, frozenset().union(*(drawn[code].buildings for code in codes))
    )
    for code in codes:
        if code != keeper:
            del drawn[code]
    return _apply(ground, drawn, by=by, at=at, why="merge", heirs=dict.fromkeys(codes, keeper))


@transaction.atomic
def move_to_grid(
    *,
    community: Place,
    to: str,
    by: Actor,
    at: datetime,
    shape: Area | None = None,
    buildings: Iterable[str] = (),
    name: str = "",
    basis: str = "",
) -> Redrawn:
    """Give what lies in a drawn area, or some buildings with the ground around them, to the grid `to`.

    `to` is a code, or NEW. Grids that lose all their ground end. Raises Invalid, Stale, NotAllowed.
    """
    ground = _ground(community, by, basis)
    chosen = _chosen(ground, buildings)
    if to != NEW and to not in ground.grids:
        raise _invalid("to", _("没有这个网格"))
    if shape is None and not chosen:
        raise _invalid("buildings", _("请在图上画出范围，或勾选楼栋"))
    if shape is None and ground.areas:
        shape = _around(ground, chosen)
    drawn = _transferred(ground, shape, chosen, to)
    return _apply(ground, drawn, names={NEW: name}, by=by, at=at, why="redraw")


@transaction.atomic
def rename_grid(*, grid: Place, name: str, kind: str, by: Actor, at: datetime) -> Place:
    """Give a grid another name or kind."""
    ground = _ground(_community_of(grid), by, "")
    drawn = {code: _as_is(ground, code) for code in ground.grids}
    if kind not in GridKind.values:
        raise _invalid("kind", _("请选择网格类型"))
    drawn[grid.code] = Drawn(grid.code, name, kind, ground.areas.get(grid.code), drawn[grid.code].buildings)
    _apply(ground, drawn, by=by, at=at, why="rename")
    grid.refresh_from_db()
    return grid


@transaction.atomic
def redraw(
    *, community: Place, drawn: Sequence[Drawn], by: Actor, at: datetime, basis: str = "", why: str = "redraw"
) -> Redrawn:
    """Make the grids of a community exactly `drawn`. Raises Invalid, Stale, NotAllowed."""
    ground = _ground(community, by, basis)
    by_key = {grid.code or f"{NEW}{number}": grid for number, grid in enumerate(drawn)}
    return _apply(ground, by_key, by=by, at=at, why=why)


# --- how it is done -------------------------------------------------------------------------------------------------


def _ground(community: Place, by: Actor, basis: str) -> Ground:
    """The community's ground, locked against others who draw; raises NotAllowed, Stale."""
    require(by, Permission.PLACE_DRAW, community.path)
    locked = Place.objects.select_for_update().filter(pk=community.pk, until__isnull=True).first()
    if locked is None or locked.level != Level.COMMUNITY:
        raise NotFound(_("没有找到这个居村"))
    ground = ground_of(locked)
    if basis and basis != ground.basis:
        raise Stale(_("这个居村的网格或楼栋刚刚有变化，请在新的图上重画；您这次的改动没有保存。"))
    return ground


def _community_of(grid: Place) -> Place:
    if grid.level != Level.GRID or grid.parent is None:
        raise NotFound(_("没有找到这个网格"))
    return grid.parent


def _chosen(ground: Ground, codes: Iterable[str], *, only: str = "") -> frozenset[str]:
    chosen = frozenset(code for code in codes if code)
    known = {code for code, building in ground.buildings.items() if not only or building.grid == only}
    if chosen - known:
        raise _invalid("buildings", _("有楼栋不在这里，请刷新后重选"))
    return chosen


def _as_is(ground: Ground, code: str) -> Drawn:
    inside = frozenset(one.code for one in ground.buildings.values() if one.grid == code)
    return Drawn(code, "", ground.grids[code].kind, ground.areas.get(code), inside)


def _drawn(draw: Callable[[], Any]) -> Any:
    try:
        return draw()
    except CannotDraw as error:
        message = str(_REASONS[error.reason])
        raise _invalid("drawing", message) from error
    except shapely.GEOSException as error:
        raise _invalid("drawing", _("画的范围无法识别，请重画")) from error


def _around(ground: Ground, chosen: frozenset[str]) -> Area:
    """The ground around some buildings: nearer to them than to any other building."""
    standing = [one for one in ground.buildings.values() if one.point is not None]
    positions = [position for position, one in enumerate(standing) if one.code in chosen]
    outline = ground.outline or redrawing.joined(ground.areas.values())
    if not positions:
        raise _invalid("buildings", _("所选楼栋都没有坐标，不能确定范围；请先给楼栋标点，或在图上画出范围"))
    cells = divide(outline, *zip(*(one.point for one in standing if one.point), strict=True))
    return redrawing.cells_of(cells, positions)


def _transferred(
    ground: Ground, shape: Area | None, chosen: frozenset[str], to: str, *, within: str = ""
) -> dict[str, Drawn]:
    """The grids after `shape`, or what of it lies in the grid `within`, has gone to `to`; `chosen` go in any case."""
    areas = dict(ground.areas)
    if shape is not None:
        taken = shape if not within else shapely.intersection(shape, areas[within])
        points = [one.point for one in ground.buildings.values() if one.point is not None]
        areas = _drawn(lambda: redrawing.without_shreds(redrawing.taken_over(areas, taken, to), points, ground.areas))
    standing = list(ground.buildings.values())
    located = redrawing.holders(areas, [one.point for one in standing])
    members: dict[str, set[str]] = {}
    for one, found in zip(standing, located, strict=True):
        # A list says exactly which buildings go; an area takes those that stand in it.
        stays = one.grid if one.grid in areas or not ground.areas else found
        goes = to if one.code in chosen else stays if chosen else found or stays
        members.setdefault(goes or to, set()).add(one.code)
    kinds = {code: grid.kind for code, grid in ground.grids.items()}
    kind = ground.grids[within].kind if within else kind_of_community(ground.community.name)
    keys = set(areas) | set(members) if ground.areas else set(ground.grids) | {to}
    return {
        key: Drawn("" if key == NEW else key, "", kinds.get(key, kind), areas.get(key), frozenset(members.get(key, ())))
        for key in sorted(keys)
    }


def _larger_goes_on(ground: Ground, drawn: dict[str, Drawn], code: str) -> dict[str, Drawn]:
    """Of a grid that was divided the part with more households keeps the code."""
    old, new = drawn[code], drawn[NEW]
    if _households(ground, new.buildings) <= _households(ground, old.buildings):
        return drawn
    return drawn | {
        code: Drawn(code, "", old.kind, new.area, new.buildings),
        NEW: Drawn("", "", old.kind, old.area, old.buildings),
    }


def _households(ground: Ground, codes: Iterable[str]) -> int:
    return sum(ground.buildings[code].households for code in codes)


def _apply(
    ground: Ground,
    drawn: Mapping[str, Drawn],
    *,
    by: Actor,
    at: datetime,
    why: str,
    names: Mapping[str, str] | None = None,
    heirs: Mapping[str, str] | None = None,
) -> Redrawn:
    """Check a drawing, write it, and let all that hangs on places follow."""
    _check(ground, drawn)
    named = _named(ground, drawn, names or {})
    made = _make(ground, drawn, named, at)
    places = {key: made.get(key) or ground.grids[grid.code] for key, grid in drawn.items()}
    going = {grid.code for grid in drawn.values()}
    ended = [grid for code, grid in ground.grids.items() if code not in going]
    reshaped = _reshape(ground, drawn, places, at)
    moves = _move_buildings(ground, drawn, places)
    heir_of = {grid.code: _heir(ground, drawn, places, grid.code, heirs or {}) for grid in ended}
    _end(ended, heir_of, at)
    _describe(ground, drawn, places, named)
    changed()
    moves += [Move(grid.pk, grid.path, heir_of[grid.code].path, heir_of[grid.code].pk) for grid in ended]
    redrawn = {grid.path for grid in (*ended, *reshaped)}
    _tell(ground, drawn, places, moves, redrawn, by=by, at=at)
    renamed = [key for key, grid in drawn.items() if key not in made and named[key] != ground.grids[grid.code].name]
    if made or ended or reshaped or moves or renamed or why == "rename":
        _note(ground, made, ended, heir_of, reshaped, moves, by=by, at=at, why=why)
    return Redrawn(tuple(made.values()), tuple(ended), tuple(reshaped), sum(move.into is None for move in moves))


def _check(ground: Ground, drawn: Mapping[str, Drawn]) -> None:
    if not drawn:
        raise _invalid("grids", _("一个居村至少要有一个网格"))
    given = [code for grid in drawn.values() for code in grid.buildings]
    if len(given) != len(set(given)) or set(given) != set(ground.buildings):
        raise _invalid("buildings", _("每栋楼都应恰好在一个网格里"))
    unknown = {grid.code for grid in drawn.values() if grid.code} - set(ground.grids)
    if unknown:
        raise _invalid("grids", _("有网格已经不存在，请刷新后重选"))
    areas = {key: grid.area for key, grid in drawn.items() if grid.area is not None}
    if areas and len(areas) < len(drawn):
        raise _invalid("grids", str(_REASONS[redrawing.EMPTY]))
    if areas:
        _drawn(lambda: redrawing.check_cover(ground.outline, areas))


def _named(ground: Ground, drawn: Mapping[str, Drawn], names: Mapping[str, str]) -> dict[str, str]:
    """The name of each grid by its key; new ones without a name get the next numbers."""
    named: dict[str, str] = {}
    for key, grid in drawn.items():
        given = clean_name(names.get(key, "") or grid.name)
        if len(given) > MOST_NAME:
            raise _invalid("name", _("名称不能为空，且不超过 80 个字"))
        if given or grid.code:
            named[key] = given or ground.grids[grid.code].name
    number = _highest_number(ground.community) if len(named) < len(drawn) else 0
    for key in drawn:
        while key not in named:
            number += 1
            if grid_name(number) not in named.values():
                named[key] = grid_name(number)
    if len(set(named.values())) < len(named):
        raise _invalid("name", _("同一居村里的网格不能重名"))
    return named


def _make(ground: Ground, drawn: Mapping[str, Drawn], named: Mapping[str, str], at: datetime) -> dict[str, Place]:
    """The new grids by their keys. Codes go on from the highest ever given here: a code is never given again."""
    keys = [key for key, grid in drawn.items() if not grid.code]
    if not keys:
        return {}
    community = ground.community
    made = {}
    for number, key in enumerate(keys, _highest_number(community) + 1):
        code, grid = grid_code(community.code, number), drawn[key]
        lon, lat = inner_point(grid.area) if grid.area is not None else (None, None)
        made[key] = Place(
            id=uuid7(at), code=code, name=named[key], level=Level.GRID, kind=grid.kind, parent=community,
            path=f"{community.path}{code}/", is_demo=community.is_demo, created_at=at,
            households=_households(ground, grid.buildings), lon=lon, lat=lat,
        )  # fmt: skip
    Place.objects.bulk_create(made.values())
    return made


def _highest_number(community: Place) -> int:
    """The highest number that a grid of the community has ever had."""
    used = Place.objects.filter(parent=community, level=Level.GRID).order_by("code").values_list("code", flat=True)
    return max((number_in(code) for code in used), default=0)


def _reshape(ground: Ground, drawn: Mapping[str, Drawn], places: Mapping[str, Place], at: datetime) -> list[Place]:
    """Write the outlines that are new or other than before, and keep the old ones; those that went on otherwise."""
    outlines, past, reshaped = [], [], []
    demo = ground.community.is_demo or any(grid.is_demo for grid in ground.grids.values())
    for key, grid in drawn.items():
        before = ground.areas.get(grid.code)
        if grid.area is None or (before is not None and before.equals_exact(grid.area, 0)):
            continue
        outlines.append(Outline(place=places[key], geometry=as_text(grid.area), is_demo=demo))
        if grid.code:
            reshaped.append(places[key])
        if before is not None:
            past.append(PastOutline(id=uuid7(at), place=places[key], geometry=as_text(before), until=at))
    going = {grid.code for grid in drawn.values()}
    gone = [ground.grids[code] for code in ground.grids if code not in going and code in ground.areas]
    past += [
        PastOutline(id=uuid7(at), place=grid, geometry=as_text(ground.areas[grid.code]), until=at) for grid in gone
    ]
    PastOutline.objects.bulk_create(past)
    Outline.objects.filter(place__in=gone).delete()
    Outline.objects.bulk_create(
        outlines, update_conflicts=True, unique_fields=["place"], update_fields=["geometry", "is_demo"]
    )
    return reshaped


def _move_buildings(ground: Ground, drawn: Mapping[str, Drawn], places: Mapping[str, Place]) -> list[Move]:
    """Give the buildings that change grids, and their households, their new paths; three statements for any number."""
    moving = [
        (building, places[key], f"{places[key].path}{code}/")
        for key, grid in drawn.items()
        for code in sorted(grid.buildings)
        if (building := ground.buildings[code]).path != f"{places[key].path}{code}/"
    ]
    if not moving:
        return []
    update_many(Place, ("path", "parent_id"), [(building.id, path, grid.pk) for building, grid, path in moving])
    moves = [Move(building.id, building.path, path) for building, _grid, path in moving]
    after = {move.place_id: (len(move.before), move.after) for move in moves}
    homes = Place.objects.filter(parent__in=list(after)).order_by("pk").values_list("pk", "parent_id", "path")
    update_many(Place, ("path",), [(pk, after[above][1] + path[after[above][0] :]) for pk, above, path in homes])
    return moves


def _heir(
    ground: Ground, drawn: Mapping[str, Drawn], places: Mapping[str, Place], code: str, heirs: Mapping[str, str]
) -> Place:
    """Which grid takes over from one that ends: the one with most of its households, then of its ground."""
    if code in heirs:
        return places[heirs[code]]
    own = {one.code for one in ground.buildings.values() if one.grid == code}
    area = ground.areas.get(code)

    def share(key: str) -> tuple[int, int, float]:
        common = own & drawn[key].buildings
        beside = drawn[key].area
        ground_shared = area.intersection(beside).area if area is not None and beside is not None else 0.0
        return _households(ground, common), len(common), ground_shared

    return places[max(sorted(drawn), key=share)]


def _end(ended: Sequence[Place], heir_of: Mapping[str, Place], at: datetime) -> None:
    for grid in ended:
        grid.until, grid.merged_into = at, heir_of[grid.code]
    update_many(Place, ("until", "merged_into_id"), [(grid.pk, at, grid.merged_into_id) for grid in ended])


def _describe(
    ground: Ground, drawn: Mapping[str, Drawn], places: Mapping[str, Place], named: Mapping[str, str]
) -> None:
    """Names, kinds, households and the points where names are written, of the grids that go on."""
    going_on = [(places[key], named[key], grid) for key, grid in drawn.items() if grid.code]
    for place, name, grid in going_on:
        place.name, place.kind = name, grid.kind
        before = {one.code for one in ground.buildings.values() if one.grid == grid.code}
        if before != set(grid.buildings):
            place.households = _households(ground, grid.buildings)
        if grid.area is not None and (
            place.lon is None or place.lat is None or not shapely.intersects_xy(grid.area, place.lon, place.lat)
        ):
            place.lon, place.lat = inner_point(grid.area)
    update_many(
        Place, ("name", "kind", "households", "lon", "lat"),
        [(one.pk, one.name, one.kind, one.households, one.lon, one.lat) for one, _name, _grid in going_on],
    )  # fmt: skip


def _tell(
    ground: Ground,
    drawn: Mapping[str, Drawn],
    places: Mapping[str, Place],
    moves: Sequence[Move],
    redrawn: set[str],
    *,
    by: Actor,
    at: datetime,
) -> None:
    """Let everything else follow."""
    areas = {key: grid.area for key, grid in drawn.items() if grid.area is not None}

    def spot(lon: float, lat: float) -> Spot | None:
        found = redrawing.holders(areas, [(lon, lat)])[0]
        return Spot(places[found].pk, places[found].path) if found is not None else None

    event = PlacesMoved(ground.community.path, tuple(moves), by, at, frozenset(redrawn), spot)
    ended = [move.before for move in moves if move.into is not None]
    grants = move_grants(root=event.root, after=event.after, ended=ended, by=by, at=at)
    places_moved.tell(PlacesMoved(event.root, event.moves, by, at, event.redrawn, spot, grants))


def _note(
    ground: Ground,
    made: Mapping[str, Place],
    ended: Sequence[Place],
    heir_of: Mapping[str, Place],
    reshaped: Sequence[Place],
    moves: Sequence[Move],
    *,
    by: Actor,
    at: datetime,
    why: str,
) -> None:
    """The entries: one of the community, one of each grid and building that is not as it was."""

    def entry(verb: str, place: Place, **data: Any) -> "Draft":
        return draft(
            verb=f"place.{verb}", by=by, at=at, subject_type="place", subject_id=place.pk, place_path=place.path, **data
        )

    community = ground.community
    record(
        verb=f"place.{why}", by=by, at=at, subject_type="place", subject_id=community.pk, place_path=community.path,
        made=[grid.code for grid in made.values()], ended=[grid.code for grid in ended],
        reshaped=[grid.code for grid in reshaped], moved=sum(move.into is None for move in moves),
    )  # fmt: skip
    entries = [entry("grid_made", grid) for grid in made.values()]
    entries += [entry("grid_ended", grid, into=heir_of[grid.code].code) for grid in ended]
    entries += [
        entry("grid_reshaped", grid, before=digest_of(as_text(ground.areas[grid.code])))
        for grid in reshaped
        if grid.code in ground.areas
    ]
    entries += [
        draft(
            verb="place.moved", by=by, at=at, subject_type="place", subject_id=move.place_id, place_path=move.after,
            before=move.before,
        )
        for move in moves
        if move.into is None
    ]  # fmt: skip
    record_load(entries)


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
