"""Rooms: which of them get an emergency function, and what becomes of their bookings."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from pingzhan.core.paths import code_of, paths_above
from pingzhan.modes.choices import OverlayKind as K
from pingzhan.response.queries.compile.work import Tree, Unit, Work, Zone, reason_of
from pingzhan.response.rules.manifest import Gap, Item
from pingzhan.stations.queries import Fit, facilities, functions, rooms_fit


def furnish(work: Work, zones: Sequence[Zone], tree: Tree) -> None:
    """Give rooms their functions; each room one, the fittest first; and tell what cannot be. Five statements."""
    wanted = {item["function"] for zone in zones for item in zone.wanted("functions", work.level)}
    if not wanted:
        return
    kinds = functions()
    names = {code: one.name for code, one in facilities().items()}
    below = {code: _by_place(fits) for code, fits in rooms_fit(wanted, work.paths).items()}
    for zone in zones:
        for item in zone.wanted("functions", work.level):
            kind = kinds.get(item["function"])
            if kind is None:
                continue
            for unit in tree.units(item["per"], zone):
                rooms = [
                    fit for fit in below.get(kind.code, {}).get(unit.path, []) if zone.holds(fit.room.station.path)
                ]
                _one(work, item, kinds, unit, rooms, names)
        for item in zone.wanted("bookings", work.level):
            _bookings(work, zone, item)


def _by_place(fits: Sequence[Fit]) -> dict[str, list[Fit]]:
    """The rooms at or below each path, whole ones before those with something missing, the larger first."""
    found: dict[str, list[Fit]] = defaultdict(list)
    for fit in sorted(fits, key=lambda one: (bool(one.missing), -one.capacity, str(one.room.pk))):
        for path in paths_above(fit.room.station.path):
            found[path].append(fit)
    return found


def _one(
    work: Work, item: Mapping[str, Any], kinds: Mapping[str, Any], unit: Unit, rooms: Sequence[Fit],
    names: Mapping[str, str],
) -> None:  # fmt: skip
    """The rooms of one unit: at the place's own station first, then below it."""
    kind = kinds[item["function"]]
    wanted = item.get("count", 1)
    work.asked += wanted
    free = [fit for fit in rooms if fit.room.pk not in work.used_rooms]
    free.sort(key=lambda fit: (bool(fit.missing), fit.room.station.path != unit.path))
    chosen = [fit for fit in free[:wanted] if not fit.missing]
    for fit in chosen:
        work.used_rooms.add(fit.room.pk)
        station = fit.room.station
        work.rooms_by_function[kind.code].append(fit)
        payload = {
            "function": kind.code, "minutes": fit.minutes, "capacity": fit.capacity,
            "checklist": list(item.get("checklist") or kind.checklist),
        }  # fmt: skip
        work.add(
            Item(
                K.ROOM_FUNCTION, str(fit.room.pk), station.path, code_of(station.path),
                kinds[fit.room.function_id].name, kind.name, reason_of("functions", item), payload,
                subject=f"{station.name} · {fit.room.name}",
            )
        )  # fmt: skip
    if len(chosen) == wanted:
        return
    lacking = next((fit for fit in free if fit.missing), None)
    if lacking is None:
        work.gaps.append(Gap("no_room", code_of(unit.path), unit.path, kind.name, _("没有可用的房间")))
        return
    what = _("、").join(names.get(code, code) for code in lacking.missing)
    room = f"{lacking.room.station.name}{lacking.room.name}"
    reason = _("%(room)s 缺 %(what)s") % {"room": room, "what": what}
    work.gaps.append(Gap("hardware", code_of(unit.path), unit.path, kind.name, reason, str(lacking.room.station_id)))


def _bookings(work: Work, zone: Zone, item: Mapping[str, Any]) -> None:
    """What happens to the bookings of the rooms that change."""
    after = {"suspended": _("暂停"), "moved": _("改址"), "kept": _("照常")}[item["state"]]
    payload = {"state": item["state"]} | ({"note": item["note"]} if "note" in item else {})
    for fits in work.rooms_by_function.values():
        for fit in fits:
            station = fit.room.station
            if fit.room.function_id in item["functions"] and zone.holds(station.path):
                work.add(
                    Item(
                        K.BOOKING, str(fit.room.pk), station.path, code_of(station.path), _("照常"), after,
                        reason_of("bookings", item), payload, subject=f"{station.name} · {fit.room.name}",
                    )
                )  # fmt: skip
