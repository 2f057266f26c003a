"""Compiling: plan version × level × places × today's data → manifest. Deterministic, and writes nothing."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from math import cos, radians
from typing import TYPE_CHECKING, Any

import numpy as np
from django.utils.translation import gettext as _

from pingzhan.access.roles import ROLES
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.modes.choices import OverlayKind as K
from pingzhan.modes.queries import over_among
from pingzhan.people.queries.holders import Holder, holders_under
from pingzhan.places.choices import Level
from pingzhan.places.queries import at_level, get_places, names_along
from pingzhan.response.models import Activation, Plan, PlanVersion
from pingzhan.response.queries.plans import adaptations_in_use, data_of, published
from pingzhan.response.rules.adapt import effective
from pingzhan.response.rules.manifest import Gap, Item, Manifest, Right, digest_of
from pingzhan.response.rules.matching import Arc, assign
from pingzhan.stations.queries import Fit, facilities, functions, rooms_fit_for

if TYPE_CHECKING:
    from pingzhan.places.models import Place

METRES_A_DEGREE = 111_195.0  # of latitude, on a sphere of the Earth's mean radius
NEAREST = 10  # how many of the nearest people a unit may get
FAR = 5_000  # metres that count where nobody knows how far it is
TWICE = 2_000  # metres that count for somebody who has another duty already


@dataclass(slots=True)
class _Work:
    """What is gathered while a plan is compiled."""

    at: datetime
    level: int
    paths: list[str]
    facilities: dict[str, str]  # their names, by code
    items: list[Item] = field(default_factory=list)
    rights: dict[Right, None] = field(default_factory=dict)
    gaps: list[Gap] = field(default_factory=list)
    asked: int = 0
    used_rooms: set[Any] = field(default_factory=set)
    rooms_by_function: dict[str, list[tuple[Fit, str]]] = field(default_factory=lambda: defaultdict(list))
    on_duty: dict[Any, str] = field(default_factory=dict)  # person → the first duty as A
    users: dict[Any, Any] = field(default_factory=dict)  # person → user


@dataclass(frozen=True, slots=True)
class _Unit:
    """One of what something is asked for: a place, or a room for duties on the spot."""

    target: str
    path: str
    name: str
    lon: float | None
    lat: float | None


@dataclass(frozen=True, slots=True)
class _Zone:
    """An area in which one document holds: the plan's, or that of an adaptation."""

    path: str
    data: Mapping[str, Any]
    but: tuple[str, ...]  # parts of it in which another holds
    source: str

    def holds(self, path: str) -> bool:
        return path.startswith(self.path) and not any(path.startswith(other) for other in self.but)


def compile_plan(
    plan: Plan, *, level: int, codes: Sequence[str], at: datetime, exercise: bool = False,
    version: PlanVersion | None = None, after: str | None = None,
) -> Manifest:  # fmt: skip
    """What activating `plan` at `level` for the places `codes` would do. Raises Invalid and StateConflict.

    `version` is the published one unless given. `after`: see `manifest.digest_of`; looked up unless given. A number of
    statements that depends on the plan's length and not on the size of the area.
    """
    version = version or published(plan)
    if version is None:
        raise StateConflict(
            _("这个预案还没有发布的版本；先审核、发布，再启动。"), allowed=["published"], current="draft"
        )
    places = _places(plan, codes)
    paths = [place.path for place in places]
    base = data_of(version)
    if str(level) not in base.get("levels", {}):
        message = _("这个预案没有这一级")
        raise Invalid(message, errors=[{"loc": ["level"], "msg": message}])
    zones, digests = _zones(plan, version, base, paths)
    work = _Work(at, level, paths, {code: one.name for code, one in facilities().items()})
    tree = _Tree(places)
    for zone in zones:
        _functions(work, zone, tree)
    holders = _holders(zones, paths)
    for zone in zones:
        _reaching_down(work, zone)
        _tasks(work, zone, tree)
        _roles(work, zone, holders)
        _duties(work, zone, tree, holders)
    once: dict[tuple[str, str, str], Item] = {}
    for item in work.items:  # of two that would say something about the same, the plan's first counts
        once.setdefault((item.kind, item.target, item.key), item)
    items = sorted(once.values(), key=lambda one: (one.kind, one.path, one.target, one.key))
    rights = [] if exercise else sorted(work.rights, key=lambda one: (one.path, one.role, str(one.user_id)))
    gaps = sorted(work.gaps, key=lambda one: (one.path, one.kind, one.subject, one.reason))
    digest = digest_of(
        version_digests=digests, level=level, places=tuple(place.code for place in places), exercise=exercise,
        after=last_over(plan, at=at) if after is None else after, items=items, rights=rights, gaps=gaps,
    )  # fmt: skip
    return Manifest(
        plan=plan.code, title=plan.title, version=version.pk, level=level,
        places=tuple(place.code for place in places), paths=tuple(paths), exercise=exercise, items=tuple(items),
        rights=tuple(rights), participants=tuple(sorted(user for user in set(work.users.values()) if user)),
        gaps=tuple(gaps), asked=work.asked, checklist=tuple(base.get("stand_down", {}).get("checklist", [])),
        digest=digest, names=names_along([*paths, *{item.path for item in items}, *{gap.path for gap in gaps}]),
    )  # fmt: skip


def last_over(plan: Plan, *, at: datetime) -> str:
    """The newest response of this plan that is over, "" when there is none; two statements."""
    ids = list(Activation.objects.filter(plan=plan).order_by("-at").values_list("response_id", flat=True)[:50])
    over = over_among(ids, at=at)
    return next((str(one) for one in ids if one in over), "")


def _places(plan: Plan, codes: Sequence[str]) -> "list[Place]":
    """The places by path, none inside another; all of the plan's own area."""
    known = get_places(codes)
    unknown = [code for code in codes if code not in known or not known[code].path.startswith(plan.path)]
    if unknown or not codes:
        message = _("预案不适用于这些区域：%(codes)s") % {"codes": ", ".join(unknown)} if codes else _("请选择区域")
        raise Invalid(message, errors=[{"loc": ["places"], "msg": message}])
    found: list[Place] = []
    for place in sorted(known.values(), key=lambda one: one.path):
        if place.level in (Level.BUILDING, Level.HOUSEHOLD):
            message = _("响应区域最小到网格")
            raise Invalid(message, errors=[{"loc": ["places"], "msg": message}])
        if not found or not place.path.startswith(found[-1].path):
            found.append(place)
    return found


def _zones(
    plan: Plan, version: PlanVersion, base: dict[str, Any], paths: Sequence[str]
) -> tuple[list[_Zone], list[str]]:
    """Where the plan itself holds and where an adaptation does; and the digests of all versions that count."""
    inside = [
        (path, one)
        for path, one in adaptations_in_use(plan)
        if any(path.startswith(own) or own.startswith(path) for own in paths)
    ]
    zones = []
    data_at: dict[str, dict[str, Any]] = {"": base}
    for path, one in inside:  # the widest first: a community adapts what its street has adapted
        above = max((known for known in data_at if path.startswith(known)), key=len)
        data_at[path] = effective(data_at[above], data_of(one).get("changes", {}))
    starts = {*paths, *(path for path, _one in inside if any(path.startswith(own) for own in paths))}
    for start in sorted(starts):
        nearest = max((known for known in data_at if start.startswith(known)), key=len)
        but = tuple(other for other in sorted(starts) if other != start and other.startswith(start))
        zones.append(_Zone(start, data_at[nearest], but, nearest))
    return zones, [version.digest, *(one.digest for _path, one in inside)]


class _Tree:
    """The places of each level under the response's places, read once a level."""

    def __init__(self, places: "list[Place]") -> None:
        self.places = places
        self.paths = [place.path for place in places]
        self._levels: dict[str, list[_Unit]] = {}

    def units(self, per: str, zone: _Zone) -> list[_Unit]:
        """What `per` names in a zone; the response's place itself where it lies below that level."""
        if per == "place":
            return [_unit(place) for place in self.places if place.path == zone.path] or [
                one for level in ("street", "community", "grid") for one in self._at(level) if one.path == zone.path
            ]
        found = [one for one in self._at(per) if zone.holds(one.path)]
        return found or [_unit(place) for place in self.places if place.path == zone.path]

    def _at(self, level: str) -> list[_Unit]:
        if level not in self._levels:
            rows = at_level(Level(level), within=self.paths)
            self._levels[level] = [
                _Unit(path, path, name, lon, lat)
                for path, name, lon, lat in rows.values_list("path", "name", "lon", "lat")
            ]
        return self._levels[level]


def _unit(place: "Place") -> _Unit:
    return _Unit(place.path, place.path, place.name, place.lon, place.lat)


def _code(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _wanted(zone: _Zone, section: str, level: int) -> Iterable[Mapping[str, Any]]:
    return (item for item in zone.data.get(section, []) if level in item["levels"])


def _reason(section: str, item: Mapping[str, Any]) -> str:
    return f"{section}.{item['code']}"


# --- rooms ----------------------------------------------------------------------------------------------------------


def _functions(work: _Work, zone: _Zone, tree: _Tree) -> None:
    """Give rooms their emergency functions; each room one, the fittest first; and tell what cannot be."""
    kinds = functions()
    for item in _wanted(zone, "functions", work.level):
        kind = kinds.get(item["function"])
        if kind is None:
            continue
        fits = rooms_fit_for(kind.code, [zone.path])
        rooms = [fit for rooms in fits.values() for fit in rooms if zone.holds(fit.room.station.path)]
        for unit in tree.units(item["per"], zone):
            _furnish(work, item, kind, unit, rooms)
    for item in _wanted(zone, "bookings", work.level):
        _bookings(work, zone, item)


def _furnish(work: _Work, item: Mapping[str, Any], kind: Any, unit: _Unit, rooms: Sequence[Fit]) -> None:
    wanted = item.get("count", 1)
    work.asked += wanted
    # At the place's own station first, then below it; whole rooms before those with something missing.
    here = sorted(
        (fit for fit in rooms if fit.room.station.path.startswith(unit.path) and fit.room.pk not in work.used_rooms),
        key=lambda fit: (bool(fit.missing), fit.room.station.path != unit.path, -fit.capacity, str(fit.room.pk)),
    )
    given = 0
    for fit in here:
        if given == wanted or fit.missing:
            break
        given += 1
        work.used_rooms.add(fit.room.pk)
        station = fit.room.station
        work.rooms_by_function[kind.code].append((fit, unit.path))
        subject = f"{station.name} · {fit.room.name}"
        payload = {
            "function": kind.code,
            "minutes": fit.minutes,
            "capacity": fit.capacity,
            "checklist": list(item.get("checklist") or kind.checklist),
        }
        work.items.append(
            Item(
                K.ROOM_FUNCTION,
                str(fit.room.pk),
                station.path,
                _code(station.path),
                fit.room.function.name,
                kind.name,
                _reason("functions", item),
                payload,
                subject=subject,
            )
        )
    if given < wanted:
        lacking = next((fit for fit in here if fit.missing), None)
        if lacking is not None:
            what = _("、").join(work.facilities.get(code, code) for code in lacking.missing)
            room = f"{lacking.room.station.name}{lacking.room.name}"
            reason = _("%(room)s 缺 %(what)s") % {"room": room, "what": what}
            work.gaps.append(Gap("hardware", _code(unit.path), unit.path, kind.name, reason))
        else:
            work.gaps.append(Gap("no_room", _code(unit.path), unit.path, kind.name, _("没有可用的房间")))


def _bookings(work: _Work, zone: _Zone, item: Mapping[str, Any]) -> None:
    """What happens to the bookings of the rooms that change."""
    for fits in work.rooms_by_function.values():
        for fit, _path in fits:
            if fit.room.function_id in item["functions"] and zone.holds(fit.room.station.path):
                payload = {"state": item["state"]} | ({"note": item["note"]} if "note" in item else {})
                target = str(fit.room.pk)
                if any(one.kind == K.BOOKING and one.target == target for one in work.items):
                    continue
                work.items.append(
                    Item(
                        K.BOOKING,
                        target,
                        fit.room.station.path,
                        _code(fit.room.station.path),
                        _("照常"),
                        {"suspended": _("暂停"), "moved": _("改址"), "kept": _("照常")}[item["state"]],
                        _reason("bookings", item),
                        payload,
                        subject=f"{fit.room.station.name} · {fit.room.name}",
                    )
                )


# --- what reaches down ----------------------------------------------------------------------------------------------


def _reaching_down(work: _Work, zone: _Zone) -> None:
    """Deadlines, visits, supplies, instructions and notices hold for the whole zone."""

    def add(kind: str, section: str, item: Mapping[str, Any], after: str, payload: dict[str, Any], key: str) -> None:
        work.items.append(
            Item(
                kind,
                zone.path,
                zone.path,
                _code(zone.path),
                "",
                after,
                _reason(section, item),
                payload,
                key,
                subject=item.get("title") or item.get("item") or item.get("need") or item.get("clock") or "",
            )
        )

    for item in _wanted(zone, "clocks", work.level):
        payload = {"minutes": item["minutes"], "basis": item.get("basis", "calendar")}
        add(K.CLOCK, "clocks", item, _("%(n)s 分钟") % {"n": item["minutes"]}, payload, item["clock"])
    for item in _wanted(zone, "visits", work.level):
        add(
            K.VISIT, "visits", item, _("每天 %(n)s 次") % {"n": item["per_day"]},
            {"per_day": item["per_day"], "need": item["need"]}, item["code"],
        )  # fmt: skip
    for item in _wanted(zone, "supplies", work.level):
        after = _("每人每天 %(n)s %(unit)s") % {"n": item["per_head_day"], "unit": item["unit"]}
        payload = {name: item[name] for name in ("item", "per_head_day", "unit", "source")}
        add(K.SUPPLY, "supplies", item, after, payload, item["code"])
    for item in _wanted(zone, "instructions", work.level):
        payload = {"text": item["text"], "roles": list(item["roles"])}
        if "acknowledge_minutes" in item:
            payload["acknowledge_minutes"] = item["acknowledge_minutes"]
        add(K.INSTRUCTION, "instructions", item, item["text"], payload, item["code"])
    for item in _wanted(zone, "notices", work.level):
        payload = {"title": item["title"], "text": item["text"], "services": list(item.get("services", []))}
        add(K.NOTICE, "notices", item, item["text"], payload, item["code"])


def _tasks(work: _Work, zone: _Zone, tree: _Tree) -> None:
    for item in _wanted(zone, "tasks", work.level):
        payload = {name: item[name] for name in ("title", "role", "due_minutes") if name in item}
        for unit in tree.units(item["per"], zone):
            work.items.append(
                Item(
                    K.TASK,
                    unit.path,
                    unit.path,
                    _code(unit.path),
                    "",
                    item["title"],
                    _reason("tasks", item),
                    payload,
                    item["code"],
                    subject=unit.name,
                )
            )


# --- people ---------------------------------------------------------------------------------------------------------


def _holders(zones: Sequence[_Zone], paths: Sequence[str]) -> list[Holder]:
    roles = {
        role
        for zone in zones
        for section, name in (("duties", "roles"), ("roles", "from"))
        for item in zone.data.get(section, [])
        for role in item[name]
    }
    return holders_under(list(paths), roles) if roles else []


def _roles(work: _Work, zone: _Zone, holders: Sequence[Holder]) -> None:
    """Whoever holds one of the roles gets another one too, at their own place or at their community or street."""
    lengths = {"street": 9, "community": 12}
    for item in _wanted(zone, "roles", work.level):
        for holder in holders:
            if holder.role not in item["from"] or not zone.holds(holder.path):
                continue
            path = holder.path if item["at"] == "own" else _cut(holder.path, lengths[item["at"]])
            if not any(path.startswith(own) for own in work.paths):
                path = holder.path  # a right never reaches beyond the response's own places
            label = str(ROLES[item["give"]].label)
            payload = {"role": item["give"], "path": path, "title": item["title"]}
            key = f"{item['code']}:{_code(path)}"
            if any(
                one.kind == K.PERSON_ROLE and one.target == str(holder.person_id) and one.key == key
                for one in work.items
            ):
                continue
            work.items.append(
                Item(
                    K.PERSON_ROLE,
                    str(holder.person_id),
                    path,
                    _code(path),
                    str(ROLES[holder.role].label),
                    f"{item['title']}（{label}）",
                    _reason("roles", item),
                    payload,
                    key,
                    holder.person_id,
                    holder.name,
                )
            )
            work.users[holder.person_id] = holder.user_id
            if holder.user_id and not (ROLES[item["give"]].by_unit and holder.unit_id is None):
                work.rights[Right(holder.user_id, item["give"], path, holder.unit_id)] = None


def _cut(path: str, length: int) -> str:
    """The part of a path down to the code of so many digits; the whole when there is none."""
    at = 0
    for code in path.rstrip("/").split("/"):
        at += len(code) + 1
        if len(code) == length:
            return path[:at]
    return path


def _duties(work: _Work, zone: _Zone, tree: _Tree, holders: Sequence[Holder]) -> None:
    for item in _wanted(zone, "duties", work.level):
        if "function" in item:
            units = [
                _Unit(str(fit.room.pk), fit.room.station.path, f"{fit.room.station.name}{fit.room.name}",
                      fit.room.station.lon, fit.room.station.lat)
                for fit, _path in work.rooms_by_function[item["function"]]
                if zone.holds(fit.room.station.path)
            ]  # fmt: skip
        else:
            units = tree.units(item["per"], zone)
        fit_people = [one for one in holders if one.role in item["roles"] and zone.holds(one.path)]
        _share_out(work, item, units, _once(fit_people))


def _once(holders: Sequence[Holder]) -> list[Holder]:
    """Each person once, at the place that comes first."""
    found: dict[Any, Holder] = {}
    for holder in holders:
        found.setdefault(holder.person_id, holder)
    return list(found.values())


def _share_out(work: _Work, item: Mapping[str, Any], units: Sequence[_Unit], people: Sequence[Holder]) -> None:
    """A and B roles of one duty, by the least distance in all."""
    number, backup = item.get("number", 1), item.get("backup", 1)
    work.asked += (number + backup) * len(units)
    arcs = _arcs(units, people, most_metres=item.get("max_metres"), busy=work.on_duty)
    given = assign(
        wanted=[number + backup] * len(units), load=[item.get("max_load", 8)] * len(people), arcs=list(arcs.values())
    )
    for index, (unit, chosen) in enumerate(zip(units, given, strict=True)):
        for place, person in enumerate(chosen):
            holder = people[person]
            part = f"A{place + 1}" if place < number else f"B{place - number + 1}"
            if place < number:
                work.on_duty.setdefault(holder.person_id, item["code"])
            work.users[holder.person_id] = holder.user_id
            payload: dict[str, Any] = {"duty": item["code"], "part": part, "title": item["title"], "subject": unit.name}
            if item.get("tasks"):
                payload["tasks"] = list(item["tasks"])
            if item.get("reports_to"):
                payload["reports_to"] = item["reports_to"]
            metres = arcs[index, person].cost
            if metres < FAR:
                payload["metres"] = metres
            work.items.append(
                Item(
                    K.PERSON_DUTY,
                    unit.target,
                    unit.path,
                    _code(unit.path),
                    "",
                    f"{part[0]} · {holder.name}",
                    _reason("duties", item),
                    payload,
                    f"{item['code']}:{part}",
                    holder.person_id,
                    f"{item['title']} · {unit.name}",
                )
            )
            if place < number and not holder.reachable:
                work.gaps.append(
                    Gap("no_contact", _code(unit.path), unit.path, holder.name, _("没有登记电话，通知不到"))
                )
        subject = f"{item['title']} · {unit.name}"
        if len(chosen) < number:
            work.gaps.append(Gap("uncovered", _code(unit.path), unit.path, subject, _("没有人负责")))
        elif len(chosen) < number + backup:
            work.gaps.append(Gap("no_backup", _code(unit.path), unit.path, subject, _("没有 B 角")))


def _arcs(
    units: Sequence[_Unit], people: Sequence[Holder], *, most_metres: int | None, busy: Mapping[Any, str]
) -> dict[tuple[int, int], Arc]:
    """Who may take what: the nearest people of each unit, and those who hold an office on its path.

    Costs are metres along a plane at the area's latitude; where a position is not known, what the paths tell.
    """
    found: dict[tuple[int, int], Arc] = {}

    def offer(unit: int, person: int, metres: int) -> None:
        extra = TWICE if people[person].person_id in busy else 0
        found.setdefault((unit, person), Arc(unit, person, min(metres, FAR * 4) + extra))

    located = [(index, one) for index, one in enumerate(people) if one.lon is not None and one.lat is not None]
    if located and units:
        latitude = radians(float(np.mean([one.lat for _index, one in located])))
        points = np.array([_flat(one.lon, one.lat, latitude) for _index, one in located])
        from scipy.spatial import cKDTree  # loaded with the first matching, not with every process

        tree = cKDTree(points)
        here = [(index, unit) for index, unit in enumerate(units) if unit.lon is not None and unit.lat is not None]
        if here:
            wanted = np.array([_flat(unit.lon, unit.lat, latitude) for _index, unit in here])
            count = min(NEAREST, len(located))
            metres, which = tree.query(wanted, k=range(1, count + 1))
            for (index, _unit), row, nearest in zip(here, metres, which, strict=True):
                for distance, position in zip(row, nearest, strict=True):
                    if most_metres is None or distance <= most_metres:
                        offer(index, located[int(position)][0], round(float(distance)))
    at_path: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(people):
        at_path[one.path].append(index)
    for index, unit in enumerate(units):
        for steps, above in enumerate(reversed(_prefixes(unit.path))):
            near = at_path.get(above, [])
            # Each unit starts at another of them, so that those of one place share the work.
            turned = near[index % len(near) :] + near[: index % len(near)] if near else []
            for person in turned[:NEAREST]:
                offer(index, person, 100 * steps if people[person].lon is None else min(FAR - 1, 300 * steps))
            if steps >= 2:
                break
    return dict(sorted(found.items()))


def _flat(lon: float | None, lat: float | None, latitude: float) -> tuple[float, float]:
    assert lon is not None
    assert lat is not None
    return lon * METRES_A_DEGREE * cos(latitude), lat * METRES_A_DEGREE


def _prefixes(path: str) -> list[str]:
    return [path[: index + 1] for index, letter in enumerate(path) if letter == "/"]
