"""Stations for the little world: one in each community and street, with a hall, an activity room and a store.

stations = furnish(world)      # by the code of the place
stations[HOME].rooms           # 服务厅, 活动室 (fit as a sampling point), 储藏间 (fit as a supply point)
"""

from pingzhan.access.actors import SYSTEM
from pingzhan.stations.models import Station
from pingzhan.stations.operations import add_room, find_fit, load_functions, open_station
from tests.factories.world import COMMUNITIES, STREETS, World

ALL_THERE = ("ground_floor", "second_door", "ventilation", "network", "water", "toilet", "power", "step_free")
ROOMS = (
    ("服务厅", "service_hall", ("ground_floor", "network"), ("volunteer_post",)),
    ("活动室", "activity_room", ALL_THERE, ("sampling_point", "shelter")),
    ("会议室", "meeting_room", ("network", "phone", "power"), ("command_post",)),
    ("储藏间", "store", ("ground_floor", "shelves", "vehicle_access"), ("supply_point",)),
)


def furnish(world: World) -> dict[str, Station]:
    """The stations by the code of their place; those of communities stand where the community's name is written."""
    load_functions(by=SYSTEM, at=world.at)
    made: dict[str, Station] = {}
    for level, codes in (("street", STREETS), ("community", COMMUNITIES)):
        for code in codes:
            place = world.places[code]
            made[code] = open_station(
                code=f"{code}-S1", name=f"{place.name}党群服务站", level=level, place=place, lon=place.lon,
                lat=place.lat, by=SYSTEM, at=world.at, opening="每天 8:30–20:30", phone="10000000000",
            )  # fmt: skip
            for name, function, facilities, fit in ROOMS:
                room = add_room(
                    station=made[code], name=name, function=function, capacity=30, facilities=facilities, by=SYSTEM,
                    at=world.at,
                )  # fmt: skip
                find_fit(room=room, functions=fit, minutes=60, by=SYSTEM, at=world.at)
    return made
