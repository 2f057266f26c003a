"""Entering what stands in a community: estates, buildings, homes; by hand, row by row of a workbook, by the API.

`enter_buildings` is the one way: a form sends one row, a workbook thousands. What is entered again changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pingzhan.access.actors import Actor
from pingzhan.access.following import move_grants
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.db import under
from pingzhan.core.errors import Invalid, NotFound, StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.core.paths import paths_above
from pingzhan.journal.operations import draft, record, record_many
from pingzhan.places.choices import Level
from pingzhan.places.events import Move, PlacesMoved, places_moved
from pingzhan.places.models import Alias, Estate, Place
from pingzhan.places.operations.imports import changed
from pingzhan.places.queries.grids import Ground, ground_of
from pingzhan.places.rules.codes import building_code, clean_name, estate_code, household_code, number_in
from pingzhan.places.rules.redrawing import holders
from pingzhan.places.rules.rows import (
    MOST_ROOMS,
    BadRow,
    BuildingRow,
    RowFault,
    building_name,
    building_row,
    rooms_of,
)

FAULTS: dict[RowFault, Any] = {
    RowFault.NO_COMMUNITY: gettext_lazy("没有这个居村，或不在您的辖区；请写代码或全称"),
    RowFault.MANY_COMMUNITIES: gettext_lazy("有几个同名的居村，请写代码"),
    RowFault.NO_BUILDING: gettext_lazy("没有写楼栋"),
    RowFault.LONG_NAME: gettext_lazy("名称不能超过 80 个字"),
    RowFault.FLOORS: gettext_lazy("层数应是 1 到 150 的整数"),
    RowFault.ENTRANCES: gettext_lazy("单元数应是 1 到 60 的整数"),
    RowFault.HOUSEHOLDS: gettext_lazy("户数应是 0 到 3000 的整数"),
    RowFault.POINT: gettext_lazy("经度、纬度应是以度为单位的数，两个都要写"),
    RowFault.OUTSIDE: gettext_lazy("经纬度不在这个居村的范围内"),
    RowFault.NO_GRID: gettext_lazy("这个居村没有这个网格"),
    RowFault.OTHER_GRID: gettext_lazy("这栋楼已在另一个网格；要换网格，请到“划分网格”里重划"),
    RowFault.TWICE: gettext_lazy("同一栋楼在前面的行已经写过"),
    RowFault.ROOMS: gettext_lazy("室号无法识别，请写成 101、102 或 201-204"),
    RowFault.UNKNOWN_BUILDING: gettext_lazy("没有这栋楼，请先登记楼栋"),
    RowFault.HELD: gettext_lazy("这里有应急响应或演练正在进行，楼栋等其结束后才能划入网格；请届时再传这一行"),
}
_FIELDS = {
    RowFault.NO_COMMUNITY: "community", RowFault.MANY_COMMUNITIES: "community", RowFault.NO_BUILDING: "building",
    RowFault.LONG_NAME: "building", RowFault.FLOORS: "floors", RowFault.ENTRANCES: "entrances",
    RowFault.HOUSEHOLDS: "households", RowFault.POINT: "lon", RowFault.OUTSIDE: "lon", RowFault.NO_GRID: "grid",
    RowFault.OTHER_GRID: "grid",
    RowFault.TWICE: "building", RowFault.ROOMS: "rooms", RowFault.UNKNOWN_BUILDING: "building", RowFault.HELD: "grid",
}  # fmt: skip

Cells = Mapping[str, str]
_BATCH = 500


@dataclass(slots=True)
class Entered:
    """What entering rows did, or in a trial run would do. errors: (row number, why)."""

    created: list[str] = field(default_factory=list)  # codes; in a trial run names
    changed: list[str] = field(default_factory=list)
    unchanged: int = 0
    errors: list[tuple[int, RowFault]] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        return {
            "created": len(self.created),
            "changed": len(self.changed),
            "unchanged": self.unchanged,
            "errors": len(self.errors),
        }


# --- buildings ------------------------------------------------------------------------------------------------------


def enter_building(*, community: Place, cells: Cells, by: Actor, at: datetime, building: Place | None = None) -> Place:
    """One building from a form; `building` is the one that is changed, also in its name. Raises Invalid by field."""
    with transaction.atomic():
        require(by, Permission.PLACE_EDIT, community.path)
        try:
            row = building_row(cells)
            batch = _Batch(community, by, at)
            code = batch.take(row, renamed=building.code if building is not None else "")
        except BadRow as error:
            raise _invalid_row(error.fault) from error
        batch.write()
    return Place.objects.get(code=code)


def enter_buildings(
    *, rows: Sequence[tuple[int, Cells]], root: str, by: Actor, at: datetime, trial: bool = False,
    told: Callable[[int], None] | None = None,
) -> Entered:  # fmt: skip
    """Enter the buildings of numbered rows under the path `root`: the good rows go in, each bad one is told.

    With `trial` nothing is written. `told` hears how many rows are done. Each community is one transaction; a second
    run with the same rows changes nothing.
    """
    done = Entered()
    sorted_rows = _by_community(rows, root, done)
    count = len(done.errors)
    for community, own in sorted_rows:
        require(by, Permission.PLACE_EDIT, community.path)
        try:
            batch, errors = _enter_in(community, own, by=by, at=at, trial=trial)
        except StateConflict:  # the ground is held as it is: all goes in but what would move
            batch, errors = _enter_in(community, own, by=by, at=at, trial=trial, held=True)
        done.errors += errors
        done.created += [place.code if not trial else place.name for place in batch.made]
        done.changed += [place.code for place in batch.touched]
        done.unchanged += batch.unchanged
        count += len(own)
        if told is not None:
            told(count)
    done.errors.sort(key=lambda error: error[0])
    return done


@transaction.atomic
def _enter_in(
    community: Place, rows: Sequence[tuple[int, Cells]], *, by: Actor, at: datetime, trial: bool, held: bool = False
) -> "tuple[_Batch, list[tuple[int, RowFault]]]":
    """The rows of one community, and which of them are not taken. Raises StateConflict where nothing may move."""
    batch, errors = _Batch(community, by, at, held=held), []
    for number, cells in rows:
        try:
            batch.take(building_row(cells))
        except BadRow as error:
            errors.append((number, error.fault))
    if not trial:
        batch.write()
    return batch, errors


@transaction.atomic
def end_building(*, building: Place, by: Actor, at: datetime) -> None:
    """A building that is no more: it and its homes end; what happened there stays on record."""
    require(by, Permission.PLACE_EDIT, building.path)
    ended = Place.objects.filter(pk=building.pk, level=Level.BUILDING, until__isnull=True).update(until=at)
    if not ended:
        raise NotFound(_("没有找到这栋楼"))
    Place.objects.filter(parent=building, until__isnull=True).update(until=at)
    count_households(building.path, -building.households)
    changed()
    record(
        verb="place.end", by=by, at=at, subject_type="place", subject_id=building.pk, place_path=building.path,
    )  # fmt: skip


class _Batch:
    """The buildings of one community: what is there, what rows make of it, and writing it in few statements."""

    def __init__(self, community: Place, by: Actor, at: datetime, *, held: bool = False) -> None:
        self.by, self.at, self.held = by, at, held
        self.community = Place.objects.select_for_update().get(pk=community.pk)
        self.ground: Ground = ground_of(self.community)
        every = Place.objects.filter(level=Level.BUILDING, code__startswith=f"{community.code}-B").order_by("code")
        self.number = max((number_in(code) for code in every.values_list("code", flat=True)), default=0)
        self.present = {place.name: place for place in every.filter(until__isnull=True).select_related("estate")}
        estates = Estate.objects.filter(community=community).order_by("code")
        self.estates = {one.name: one for one in estates if one.until is None}
        self.estate_number = max((number_in(one.code) for one in estates), default=0)
        self.new_estates: list[Estate] = []
        self.addresses: list[Estate] = []
        self.aliases: list[tuple[Place, str]] = []
        self.made: list[Place] = []
        self.touched: list[Place] = []
        self.unchanged = 0
        self.moves: list[Move] = []
        self.gained: dict[str, int] = {}  # households by path of what lies above
        self._seen: set[str] = set()

    def take(self, row: BuildingRow, *, renamed: str = "") -> str:
        """Take a row in; the building's code. Raises BadRow and takes nothing."""
        before = self.present.get(row.name)
        if renamed:
            if before is not None and before.code != renamed:
                raise BadRow(RowFault.TWICE)
            before = next((place for place in self.present.values() if place.code == renamed), None)
        if row.name in self._seen:
            raise BadRow(RowFault.TWICE)
        grid = self._grid(row, before)
        settled = before.parent_id if before is not None and row.grid else self.community.pk
        if grid is not None and settled not in (grid.pk, self.community.pk):
            raise BadRow(RowFault.OTHER_GRID)
        loose = before is not None and before.parent_id == self.community.pk
        if self.held and loose and grid is not None:
            raise BadRow(RowFault.HELD)
        self._seen.add(row.name)
        estate = self._estate(row)
        place = before or self._new(row)
        kept = (place.name, place.estate_id, place.floors, place.entrances, place.households, place.lon, place.lat,
                place.parent_id)  # fmt: skip
        place.name = row.name
        place.estate = estate or place.estate
        place.floors = row.floors if row.floors is not None else place.floors
        place.entrances = row.entrances if row.entrances is not None else place.entrances
        gained = (row.households - place.households) if row.households is not None else 0
        place.households += gained
        if row.lon is not None:
            place.lon, place.lat = row.lon, row.lat
        if before is None:
            above = grid or self.community
            place.parent, place.path = above, f"{above.path}{place.code}/"
        elif grid is not None and place.parent_id != grid.pk:
            self._into(grid, place)
        if gained:
            self.gained[place.path] = self.gained.get(place.path, 0) + gained
        if row.alias:
            self.aliases.append((place, row.alias))
        after = (place.name, place.estate_id, place.floors, place.entrances, place.households, place.lon, place.lat,
                 place.parent_id)  # fmt: skip
        if before is None:
            self.made.append(place)
            self.present[place.name] = place
        elif after != kept:
            self.touched.append(place)
        else:
            self.unchanged += 1
        return place.code

    def write(self) -> None:
        """Write all that was taken in, with an entry for each building that is not as it was."""
        Estate.objects.bulk_create(self.new_estates, batch_size=_BATCH)
        Estate.objects.bulk_update(self.addresses, ["address"], batch_size=_BATCH)
        Place.objects.bulk_create(self.made, batch_size=_BATCH)
        Place.objects.bulk_update(
            self.touched,
            ["name", "estate", "floors", "entrances", "households", "lon", "lat", "parent", "path"],
            batch_size=_BATCH,
        )
        Alias.objects.bulk_create(
            [Alias(place=place, name=name, created_at=self.at) for place, name in self.aliases if name != place.name],
            ignore_conflicts=True,
        )
        self._move_homes()
        for path, gained in self.gained.items():
            count_households(path, gained)
        if self.made or self.touched or self.new_estates:
            changed()
        record_many(
            [self._entry("place.enter", place) for place in self.made]
            + [self._entry("place.edit", place) for place in self.touched]
        )

    def _entry(self, verb: str, place: Place) -> Any:
        return draft(
            verb=verb, by=self.by, at=self.at, subject_type="place", subject_id=place.pk, place_path=place.path
        )

    def _into(self, grid: Place, place: Place) -> None:
        """A building that lay in no grid comes into one, and all that hangs on it follows."""
        if place.parent_id == self.community.pk:
            path = f"{grid.path}{place.code}/"
            self.moves.append(Move(place.pk, place.path, path))
            place.parent, place.path = grid, path

    def _move_homes(self) -> None:
        """What is at a building that has come into a grid follows it."""
        if not self.moves:
            return
        for move in self.moves:
            for home in Place.objects.filter(parent=move.place_id).order_by("code"):
                Place.objects.filter(pk=home.pk).update(path=f"{move.after}{home.code}/")
        event = PlacesMoved(self.community.path, tuple(self.moves), self.by, self.at)
        move_grants(root=event.root, after=event.after, ended=[], by=self.by, at=self.at)
        places_moved.tell(event)

    def _new(self, row: BuildingRow) -> Place:
        self.number += 1
        code = building_code(self.community.code, self.number)
        return Place(
            id=uuid7(self.at), code=code, name=row.name, level=Level.BUILDING, parent=self.community,
            path=f"{self.community.path}{code}/", is_demo=self.community.is_demo, created_at=self.at,
        )  # fmt: skip

    def _grid(self, row: BuildingRow, before: Place | None) -> Place | None:
        """The grid that the row names, or in which its point lies, or the only one; None where nothing tells."""
        grids = self.ground.grids
        if row.grid:
            found = [grid for grid in grids.values() if row.grid in (grid.code, grid.name)]
            if not found:
                raise BadRow(RowFault.NO_GRID)
            return found[0]
        if row.lon is not None and row.lat is not None:
            point = (row.lon, row.lat)
            if self.ground.outline is not None and holders({"": self.ground.outline}, [point])[0] is None:
                raise BadRow(RowFault.OUTSIDE)
            inside = holders(self.ground.areas, [point])[0]
            if inside is not None:
                return grids[inside]
        if before is not None:
            return None
        beside = next((place for place in self.present.values() if row.estate and place.estate
                       and place.estate.name == row.estate and place.parent_id != self.community.pk), None)  # fmt: skip
        if beside is not None:
            return next((grid for grid in grids.values() if grid.pk == beside.parent_id), None)
        return next(iter(grids.values())) if len(grids) == 1 else None

    def _estate(self, row: BuildingRow) -> Estate | None:
        if not row.estate:
            return None
        estate = self.estates.get(row.estate)
        if estate is None:
            self.estate_number += 1
            estate = Estate(
                id=uuid7(self.at), code=estate_code(self.community.code, self.estate_number),
                community=self.community, path=self.community.path, name=row.estate, address=row.address,
                is_demo=self.community.is_demo, created_at=self.at,
            )  # fmt: skip
            self.estates[row.estate] = estate
            self.new_estates.append(estate)
        elif row.address and estate.address != row.address:
            estate.address = row.address
            if estate not in self.new_estates:
                self.addresses.append(estate)
        return estate


def count_households(path: str, gained: int) -> None:
    """Add to the households of all that lies above a path; they never fall below none."""
    above = paths_above(path)[:-1]
    if gained > 0:
        Place.objects.filter(path__in=above).update(households=F("households") + gained)
    elif gained < 0:
        few = Greatest(F("households"), Value(-gained))
        Place.objects.filter(path__in=above).update(households=few + gained)


# --- homes ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def enter_households(*, building: Place, rooms: Sequence[tuple[int, int]], by: Actor, at: datetime) -> list[Place]:
    """Enter homes of a building by (floor, room); those that are there already are left. Returns the new ones.

    The building's number of households grows where it has more homes than were counted.
    """
    require(by, Permission.PLACE_EDIT, building.path)
    building = Place.objects.select_for_update().get(pk=building.pk)
    if building.level != Level.BUILDING or building.until is not None:
        raise NotFound(_("没有找到这栋楼"))
    if len(rooms) > MOST_ROOMS:
        raise _invalid_row(RowFault.ROOMS)
    codes = {household_code(building.code, floor=floor, room=room): (floor, room) for floor, room in rooms}
    there = {place.code: place for place in Place.objects.filter(code__in=codes).order_by("code")}
    back = [place for place in there.values() if place.until is not None]
    made = [
        Place(
            id=uuid7(at), code=code, name=f"{floor}{room:02d}室",  # untranslated: names of homes

            level=Level.HOUSEHOLD, parent=building, path=f"{building.path}{code}/", households=1,
            is_demo=building.is_demo, created_at=at,
        )
        for code, (floor, room) in codes.items()
        if code not in there
    ]  # fmt: skip
    Place.objects.bulk_create(made, batch_size=_BATCH)
    Place.objects.filter(pk__in=[place.pk for place in back]).update(until=None)
    homes = Place.objects.filter(parent=building, until__isnull=True).count()
    if homes > building.households:
        gained = homes - building.households
        Place.objects.filter(pk=building.pk).update(households=homes)
        count_households(building.path, gained)
    if made or back:
        record(
            verb="place.homes", by=by, at=at, subject_type="place", subject_id=building.pk, place_path=building.path,
            made=len(made) + len(back),
        )  # fmt: skip
    return [*made, *back]


@transaction.atomic
def end_households(*, building: Place, rooms: Sequence[tuple[int, int]], by: Actor, at: datetime) -> list[Place]:
    """Homes of a building, by (floor, room), that are no more; returns those that ended now.

    The building counts as many fewer; what happened there stays on record. Raises Invalid where none is known.
    """
    require(by, Permission.PLACE_EDIT, building.path)
    building = Place.objects.select_for_update().get(pk=building.pk)
    codes = [household_code(building.code, floor=floor, room=room) for floor, room in rooms[:MOST_ROOMS]]
    ended = list(Place.objects.filter(code__in=codes, parent=building, until__isnull=True).order_by("code"))
    if not ended:
        message = _("这栋楼没有登记这些室号")
        raise Invalid(message, errors=[{"loc": ["rooms"], "msg": message}])
    Place.objects.filter(pk__in=[home.pk for home in ended]).update(until=at)
    lost = min(len(ended), building.households)
    Place.objects.filter(pk=building.pk).update(households=building.households - lost)
    count_households(building.path, -lost)
    record(
        verb="place.end_homes", by=by, at=at, subject_type="place", subject_id=building.pk, place_path=building.path,
        ended=len(ended),
    )  # fmt: skip
    return ended


def enter_household_rows(
    *, rows: Sequence[tuple[int, Cells]], root: str, by: Actor, at: datetime, trial: bool = False,
    told: Callable[[int], None] | None = None,
) -> Entered:  # fmt: skip
    """Enter the homes of numbered rows; as enter_buildings, each row names a building and its rooms."""
    done = Entered()
    count = 0
    for community, own in _by_community(rows, root, done):
        require(by, Permission.PLACE_EDIT, community.path)
        standing = Place.objects.filter(
            level=Level.BUILDING, code__startswith=f"{community.code}-B", until__isnull=True
        ).order_by("code")
        named = {place.name: place for place in standing} | {place.code: place for place in standing}
        for number, cells in own:
            try:
                name = building_name(cells.get("building", ""), clean_name(cells.get("estate", "")))
                building = named.get(name) or named.get(clean_name(cells.get("building", "")))
                if building is None:
                    raise BadRow(RowFault.UNKNOWN_BUILDING)
                rooms = rooms_of(cells.get("rooms", ""))
            except BadRow as error:
                done.errors.append((number, error.fault))
                continue
            if trial:
                codes = [household_code(building.code, floor=floor, room=room) for floor, room in rooms]
                known = set(Place.objects.filter(code__in=codes, until__isnull=True).values_list("code", flat=True))
                fresh = [code for code in codes if code not in known]
            else:
                fresh = [place.code for place in enter_households(building=building, rooms=rooms, by=by, at=at)]
            done.created += fresh
            done.unchanged += len(rooms) - len(fresh)
        count += len(own)
        if told is not None:
            told(count)
    done.errors.sort(key=lambda error: error[0])
    return done


# --- shared ---------------------------------------------------------------------------------------------------------


def _by_community(
    rows: Sequence[tuple[int, Cells]], root: str, done: Entered
) -> list[tuple[Place, list[tuple[int, Cells]]]]:
    """The rows by the community that each names, by code or official name; the others are told. One statement."""
    known: dict[str, list[Place]] = {}
    for place in Place.objects.filter(under("path", root), level=Level.COMMUNITY, until__isnull=True).order_by("path"):
        known.setdefault(place.code, []).append(place)
        known.setdefault(place.name, []).append(place)
    own: dict[str, tuple[Place, list[tuple[int, Cells]]]] = {}
    for number, cells in rows:
        found = known.get(clean_name(cells.get("community", "")), [])
        if len(found) == 1:
            own.setdefault(found[0].code, (found[0], []))[1].append((number, cells))
        else:
            done.errors.append((number, RowFault.MANY_COMMUNITIES if found else RowFault.NO_COMMUNITY))
    return list(own.values())


def rooms_in(text: str) -> list[tuple[int, int]]:
    """The (floor, room) that a form or a call names. Raises Invalid by field."""
    try:
        return rooms_of(text)
    except BadRow as error:
        raise _invalid_row(error.fault) from error


def _invalid_row(fault: RowFault) -> Invalid:
    """A row's fault as the error of a form."""
    message = str(FAULTS[fault])
    return Invalid(message, errors=[{"loc": [_FIELDS[fault]], "msg": message}])
