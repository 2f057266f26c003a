"""A prefecture city switches: 8,886 grids, 37,762 people; compile, activate, stand down, against a bare load of rows.

The codes are the official ones of Jiamusi (`PINGZHAN_BENCH_DATA`, else invented); grids, buildings, stations and people
are invented. The plan is the shipped one for infectious diseases at level Ⅰ for the whole city. Meanwhile somebody
reports matters, one after another, in a process of their own: what they wait is what activation costs everybody else.
"""

import multiprocessing
import random
import time
from collections.abc import Iterator
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from bench.city import ROOT, codes
from bench.ground import QUICK, quantile, row, settle, statements
from pingzhan.access.actors import ANONYMOUS, SYSTEM
from pingzhan.access.models import Grant, User
from pingzhan.core.clock import now
from pingzhan.core.db import insert_many
from pingzhan.core.ids import uuid7
from pingzhan.demo.bulk import Office, take_on_many
from pingzhan.demo.load import load_reference
from pingzhan.demo.texts.names import person_name
from pingzhan.matters.choices import Source
from pingzhan.matters.operations import Location, report
from pingzhan.modes.models import Overlay, Response
from pingzhan.modes.queries import get_response
from pingzhan.people.models import Person, Unit
from pingzhan.places.models import Place
from pingzhan.places.operations import changed, import_places
from pingzhan.response import operations
from pingzhan.response.models import Plan
from pingzhan.response.operations import activation
from pingzhan.response.operations.shipped import load_shipped
from pingzhan.response.queries.compile import compile_plan
from pingzhan.stations.models import Profile, Room, Station
from pingzhan.stations.operations import load_functions

GRIDS = 460 if QUICK else 8886
PEOPLE = 1950 if QUICK else 37_762
BUILDINGS_A_GRID = 2
LEVEL = 1
PLAN = "infectious-disease"
_PLACE = (
    "id",
    "code",
    "name",
    "level",
    "path",
    "parent_id",
    "kind",
    "households",
    "lon",
    "lat",
    "is_demo",
    "created_at",
)
ROOMS = (
    ("服务厅", "service_hall", ["ground_floor", "network"], "volunteer_post"),
    ("活动室", "activity_room",
     ["ground_floor", "second_door", "ventilation", "network", "water", "toilet", "power", "step_free"],
     "sampling_point"),
    ("议事厅", "meeting_room", ["network", "phone", "power"], "command_post"),
    ("储藏间", "store", ["ground_floor", "shelves", "vehicle_access"], "supply_point"),
)  # fmt: skip


# --- the city -------------------------------------------------------------------------------------------------------


def lay_city() -> list[Place]:
    """Everything that peacetime has; the places of the city, superiors first."""
    at, rng = now(), random.Random(5)
    import_places(rows=codes(), root=ROOT, by=SYSTEM, at=at)
    communities = list(Place.objects.filter(level="community").order_by("path"))
    grids, buildings = [], []
    for n, place in enumerate(communities):
        place.lon, place.lat = 129.5 + rng.random() * 5, 45.9 + rng.random() * 2.5
        for g in range(1, GRIDS // len(communities) + (n < GRIDS % len(communities)) + 1):
            grid = below(place, f"{place.code}-G{g:03d}", "grid", f"第{g}网格", at, rng)
            grids.append(grid)
            for b in range(BUILDINGS_A_GRID):
                number = (g - 1) * BUILDINGS_A_GRID + b + 1
                buildings.append(below(grid, f"{place.code}-B{number:03d}", "building", f"{number}号楼", at, rng))
    Place.objects.bulk_update(communities, ["lon", "lat"], batch_size=500)
    for made in (grids, buildings):
        insert_many(Place, _PLACE, ([getattr(one, name) for name in _PLACE] for one in made))
    with transaction.atomic():
        changed()
    root = Place.objects.get(code=ROOT)
    load_reference(root, at=at)
    load_functions(by=SYSTEM, at=at)
    streets = list(Place.objects.filter(level="street").order_by("path"))
    put_stations([*streets, *communities], at)
    Unit.objects.bulk_create(
        Unit(code=one.code, name=one.name, kind="community", section="community.committee", place=one, path=one.path)
        for one in communities
    )
    take_on_many(offices(communities, grids, buildings, rng), by=SYSTEM, at=at)
    open_accounts(at)
    load_shipped(place=root, by=SYSTEM, at=at, publish=True)
    settle()
    return [*communities, *grids, *buildings]


def below(above: Place, code: str, level: str, name: str, at: Any, rng: random.Random) -> Place:
    lon, lat = (above.lon or 0) + rng.uniform(-0.01, 0.01), (above.lat or 0) + rng.uniform(-0.01, 0.01)
    return Place(
        id=uuid7(at), code=code, name=name, level=level, path=f"{above.path}{code}/", parent_id=above.pk, lon=lon,
        lat=lat, is_demo=True, created_at=at, households=60,
        kind="town" if level == "grid" else "",
    )  # fmt: skip


def put_stations(places: list[Place], at: Any) -> None:
    """A station in each, with four rooms that somebody found fit for what an emergency asks."""
    stations = [
        Station(
            code=f"{place.code}-S1", name=f"{place.name}党群服务站", level=place.level, place=place, path=place.path,
            lon=place.lon, lat=place.lat, created_at=at,
        )
        for place in places
    ]  # fmt: skip
    Station.objects.bulk_create(stations, batch_size=500)
    rooms = [
        Room(station=station, name=name, function_id=function, capacity=30, facilities=facilities)
        for station in stations
        for name, function, facilities, _fit in ROOMS
    ]
    Room.objects.bulk_create(rooms, batch_size=500)
    fit = {name: fit for name, _function, _facilities, fit in ROOMS}
    profiles = [Profile(room=room, function_id=fit[room.name], minutes=60) for room in rooms]
    Profile.objects.bulk_create(profiles, batch_size=500)


def offices(
    communities: list[Place], grids: list[Place], buildings: list[Place], rng: random.Random
) -> Iterator[Office]:
    """Secretaries of communities, heads and full-time workers of grids, leaders of buildings while there are people."""
    posts = [(place, "community_secretary", "", True) for place in communities]
    posts += [(place, "grid_head", "", True) for place in grids]
    posts += [(place, "grid_worker", "full_time", False) for place in grids]
    posts += [(place, "building_leader", "offline", True) for place in buildings]
    posts += [(place, "building_leader", "online", True) for place in buildings]
    for n, (place, role, kind, sole) in enumerate(posts[:PEOPLE]):
        yield Office(person_name(rng), f"100{n:08d}", role, kind, place, sole)


def open_accounts(at: Any) -> None:
    """Everybody can sign in, so that the plan's roles become rights."""
    people = list(Person.objects.order_by("id").only("id", "name"))
    for person in people:
        person.user_id = uuid7(at)
    columns = ("id", "password", "username", "name", "phone", "phone_verified", "subject_kind", "subject_id",
               "is_active", "created_at")  # fmt: skip
    insert_many(
        User, columns,
        ((one.user_id, "!", f"u{n}", one.name, "", False, "person", one.pk, True, at) for n, one in enumerate(people)),
    )  # fmt: skip
    Person.objects.bulk_update(people, ["user_id"], batch_size=500)


# --- intake ---------------------------------------------------------------------------------------------------------


class Intake:
    """Somebody who reports matters in the city without pause, from `start` to `stop`, and notes what each took."""

    def __init__(self, places: list[str]) -> None:
        context = multiprocessing.get_context("fork")
        self._stop: Any = context.Event()
        self._told: Any = context.Queue()
        connection.close()
        self._process = context.Process(target=self._work, args=(places,))
        self._process.start()
        self._told.get(timeout=60)  # it has reported once

    def _work(self, places: list[str]) -> None:
        rng = random.Random(9)
        one(places, rng)
        self._told.put(None)
        spent = []
        while not self._stop.is_set():
            began = time.perf_counter()
            one(places, rng)
            spent.append((time.perf_counter() - began) * 1000)
        self._told.put(spent)

    def stop(self) -> list[float]:
        """Milliseconds of each report since the start."""
        self._stop.set()
        spent: list[float] = self._told.get(timeout=60)
        self._process.join()
        return spent


def one(places: list[str], rng: random.Random) -> None:
    report(
        text="楼道灯坏了一个星期", location=Location(code=rng.choice(places)), source=Source.API, by=ANONYMOUS,
        at=now(), contact_name="王女士", contact_phone=f"100{rng.randrange(10**8):08d}",
    )  # fmt: skip


def waited(spent: list[float]) -> str:
    return f"meanwhile {len(spent)} reports, p50 {quantile(spent, 0.5):.0f} ms, p99 {quantile(spent, 0.99):.0f} ms, "


# --- the measure ----------------------------------------------------------------------------------------------------


def bare(response: Response) -> float:
    """Seconds in which the same overlays and rights go in again, with other keys, by nothing but the driver."""
    at = now()
    other = Response.objects.create(plan="bare", level=1, since=at, until=response.until)
    spent = 0.0
    for model, query in (
        (Overlay, Overlay.objects.filter(response=response)), (Grant, Grant.objects.filter(response_id=response.pk)),
    ):  # fmt: skip
        fields = [field.attname for field in model._meta.concrete_fields]
        keys = {"id": uuid7, "response_id": lambda: other.pk}
        rows = []
        for held in query.order_by("id").values_list(*fields):
            values = (keys[name]() if name in keys else value for name, value in zip(fields, held, strict=True))
            rows.append(tuple(
                model._meta.get_field(name).get_db_prep_save(value, connection)
                for name, value in zip(fields, values, strict=True)
            ))  # fmt: skip
        spent += load(model, fields, rows)
    with transaction.atomic():
        Overlay.objects.filter(response=other).delete()
        Grant.objects.filter(response_id=other.pk).delete()
        other.delete()
    return spent


def load(model: Any, fields: list[str], rows: list[tuple[Any, ...]]) -> float:
    """Seconds of a COPY, or of an executemany on SQLite, with its commit."""
    names = ", ".join(f'"{name}"' for name in fields)
    table = model._meta.db_table
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f'COPY "{table}" ({names}) FROM STDIN') as copy:
                for values in rows:
                    copy.write_row(values)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
    return time.perf_counter() - began


def timed_compile() -> list[float]:
    """Let `activate` note the seconds that it spends on compiling."""
    spent: list[float] = []
    plain = activation.compile_plan

    def timing(*args: Any, **kwargs: Any) -> Any:
        began = time.perf_counter()
        try:
            return plain(*args, **kwargs)
        finally:
            spent.append(time.perf_counter() - began)

    activation.compile_plan = timing
    return spent


def main() -> None:
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    places = lay_city()
    grids = [place.code for place in places if place.level == "grid"]
    row("the city", f"{time.perf_counter() - began:.0f} s", detail=f"{PEOPLE:,} people, {len(grids):,} grids, invented")
    plan = Plan.objects.get(code=PLAN)
    at = now()
    compile_plan(plan, level=LEVEL, codes=[ROOT], at=at)  # warm: the solver is loaded with the first
    began = time.perf_counter()
    manifest = compile_plan(plan, level=LEVEL, codes=[ROOT], at=at)
    compiled = time.perf_counter() - began
    count = statements(lambda: compile_plan(plan, level=LEVEL, codes=[ROOT], at=at))
    row(
        "compile for the city", f"{compiled:.2f} s",
        detail=f"{len(manifest.items):,} changes, {len(manifest.rights):,} rights, {len(manifest.gaps):,} gaps, "
        f"{count} statements",
    )  # fmt: skip

    quiet = Intake(grids)
    time.sleep(1 if QUICK else 4)
    before = quiet.stop()
    intake = Intake(grids)
    compiling = timed_compile()
    began = time.perf_counter()
    made = operations.activate(plan=plan, level=LEVEL, codes=[ROOT], digest=manifest.digest, by=SYSTEM, at=now())
    activated = time.perf_counter() - began
    activating = intake.stop()
    response = get_response(made.response.pk)
    rows = Overlay.objects.filter(response=response).count() + Grant.objects.filter(response_id=response.pk).count()
    limit = bare(response)
    row("intake by itself", f"p99 {quantile(before, 0.99):.0f} ms", detail=f"p50 {quantile(before, 0.5):.0f} ms")
    row("the same rows, bare", f"{limit:.2f} s", detail=f"{rows:,} rows; the limit")
    row(
        "activate, the whole press", f"{activated:.2f} s", target="intake p99 ≤ 1 s",
        detail=f"{waited(activating)}of it {sum(compiling):.2f} s to compile again",
    )  # fmt: skip
    writing = activated - sum(compiling)
    row(
        "of it from the roster on", f"{writing:.2f} s", target="≤ 5 s, ≤ 3 × bare",
        detail=f"{writing / limit:.1f} × bare: check, convert, write, journal, commit",
    )  # fmt: skip

    began = time.perf_counter()
    operations.change_level(response=response, level=2, by=SYSTEM, at=now(), reason="bench")
    row("change its level", f"{time.perf_counter() - began:.2f} s")
    intake = Intake(grids)
    began = time.perf_counter()
    operations.stand_down(response=response, by=SYSTEM, at=now())
    ended = time.perf_counter() - began
    row("stand down", f"{ended:.3f} s", detail=waited(intake.stop()).rstrip(", "))


main()
