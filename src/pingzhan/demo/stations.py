"""The demo's stations: a centre of the district and of each street, the stations and points of two streets.

Names follow how such places are called; addresses, rooms and equipment are invented.
"""

from collections.abc import Sequence
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

from pingzhan.access.actors import SYSTEM
from pingzhan.people.models import Person
from pingzhan.places.models import Place
from pingzhan.stations.operations import add_room, find_fit, load_functions, open_station

if TYPE_CHECKING:
    from pingzhan.demo.staff import Cast
    from pingzhan.stations.models import Station

STREETS = ("310107005", "310107014")

# (name, floor, people, function in peacetime, facilities, found fit for, minutes)
_Room = tuple[str, str, int, str, tuple[str, ...], tuple[str, ...], int | None]
_CENTRE: tuple[_Room, ...] = (
    ("政务服务大厅", "1F", 120, "service_hall",
     ("ground_floor", "step_free", "network", "power", "second_door", "ventilation", "toilet", "water", "fridge",
      "first_aid", "aed"),
     ("sampling_point", "vaccination_point", "shelter"), 200),
    ("党群会议室", "2F", 40, "meeting_room", ("network", "screen", "phone", "power", "backup_power"),
     ("command_post",), 45),
    ("多功能厅", "2F", 90, "activity_room", ("water", "toilet", "power", "step_free", "ventilation"),
     ("shelter", "assembly_point"), 150),
    ("后勤仓库", "B1", 10, "store", ("shelves", "power"), (), None),
)  # fmt: skip
_STATION: tuple[_Room, ...] = (
    ("服务厅", "1F", 40, "service_hall",
     ("ground_floor", "step_free", "network", "water", "toilet", "first_aid"),
     ("volunteer_post", "medical_point"), None),
    ("活动室", "1F", 60, "activity_room",
     ("ground_floor", "second_door", "ventilation", "network", "water", "toilet", "power", "step_free"),
     ("sampling_point", "shelter"), 160),
    ("议事厅", "2F", 24, "meeting_room", ("network", "screen", "phone", "power"), ("command_post",), 40),
    ("储藏间", "1F", 6, "store", ("ground_floor", "shelves", "vehicle_access"), ("supply_point", "donation_point"), 90),
)  # fmt: skip
_SMALL: tuple[_Room, ...] = (
    ("服务厅", "1F", 20, "service_hall", ("ground_floor", "network", "water", "toilet"), ("volunteer_post",), None),
    ("活动室", "1F", 30, "activity_room", ("ground_floor", "ventilation", "water", "toilet", "network"),
     ("sampling_point",), None),
)  # fmt: skip
_REST: tuple[_Room, ...] = (
    ("驿站", "1F", 12, "rest_stop", ("ground_floor", "water", "power", "network"), ("assembly_point",), 20),
)  # fmt: skip


def load_stations(*, places: Sequence[Place], cast: "Cast", rng: Random, at: datetime) -> int:
    """The catalogue of functions and the stations; returns how many stations."""
    load_functions(by=SYSTEM, at=at)
    heads = _heads(cast)
    count = 0
    for place in places:
        if place.level == "district":
            count += _open(place, "区党群服务中心", "district", _CENTRE, heads, at=at, suffix="S1")
        elif place.level == "street":
            name = f"{place.name}党群服务中心"
            count += _open(place, name, "street", _CENTRE, heads, at=at, suffix="S1")
        elif place.level == "community" and place.path.split("/")[1] in STREETS:
            short = place.name.removesuffix("居委会").removesuffix("居民区")
            # Some are small and lack what a sampling point needs: readiness shows them.
            rooms = _SMALL if rng.random() < 0.25 else _STATION
            count += _open(place, f"{short}党群服务站", "community", rooms, heads, at=at, suffix="S1")
            if rng.random() < 0.3:
                count += _open(
                    place,
                    f"{short}户外职工驿站",
                    "point",
                    _REST,
                    heads,
                    at=at,
                    suffix="S2",
                    temporary=rng.random() < 0.3,
                )
    return count


def _heads(cast: "Cast") -> dict[str, Person]:
    """By path the person of the unit that runs the place."""
    sections = ("community.committee", "street.operations", "district.operations")
    of_user = {person.user_id: person for person in Person.objects.filter(user_id__isnull=False).order_by("id")}
    return {
        path: of_user[cast.users[unit.pk].pk]
        for (path, section), unit in cast.units.items()
        if section in sections and unit.pk in cast.users
    }


def _open(
    place: Place,
    name: str,
    level: str,
    rooms: tuple[_Room, ...],
    heads: dict[str, Person],
    *,
    at: datetime,
    suffix: str,
    temporary: bool = False,
) -> int:
    # Beside the middle of its place, so that two of one community do not lie on one another.
    shift = 0.0006 if suffix == "S2" else 0.0
    station = open_station(
        code=f"{place.code}-{suffix}", name=name, level=level, place=place, by=SYSTEM, at=at, temporary=temporary,
        address=f"{place.name}内", lon=None if place.lon is None else round(place.lon + shift, 6),
        lat=None if place.lat is None else round(place.lat + shift, 6),
        opening="每天 8:30–20:30" if level != "point" else "每天 7:00–22:00", in_charge=heads.get(place.path),
        phone=f"100{int(place.code) % 10**8:08d}",
    )  # fmt: skip
    _furnish(station, rooms, at=at)
    return 1


def _furnish(station: "Station", rooms: tuple[_Room, ...], *, at: datetime) -> None:
    for name, floor, capacity, function, facilities, fit, minutes in rooms:
        room = add_room(
            station=station, name=name, function=function, floor=floor, capacity=capacity, facilities=facilities,
            by=SYSTEM, at=at,
        )  # fmt: skip
        if fit:
            find_fit(room=room, functions=fit, minutes=minutes, by=SYSTEM, at=at)
