"""A small world to test in: one district, two streets, four communities, units, people in every role, a catalogue.

    def test_something(world):                       # the fixture of tests/conftest.py, or world = make_world()
        matter = world.report("3号楼楼道漏水")           # in the first grid of the home community, at world.at
        world.advance(matter, to="in_progress")      # by those whose turn it is, a minute a step
        world.client("secretary").get("/api/v1/matters")

The ground is a chessboard of squares of 0.01 degrees from 121.40 E, 31.24 N: street i has the columns 2i and 2i + 1,
its community j the row j, its grid k the column 2i + k. Every grid has one building with one household.

    home       street "310107005" 曹杨新村街道, community "310107005001" 源园; here is who has no suffix
    near       community "310107005003" 花溪园, in the same street
    far        street "310107014" 长风新村街道, community "310107014001" 曹家巷
    (and community "310107014002" 中山桥, where nobody works)

Users, by the names that all methods take; each has the role of that name unless told otherwise:
    resident, other_resident (both without any right); building_leader, grid_worker, community_staff, secretary (of the
    community), property_staff (unit_staff of the property manager), street_staff, management_staff (unit_staff of the
    street's management office), street_secretary, housing_staff (unit_staff of the district's housing bureau), command
    (district_command), inspector (of the home street), administrator;
    in other places: near_grid_worker, near_property_staff, near_secretary, far_grid_worker, far_community_staff,
    far_secretary, far_property_staff, far_street_staff, far_management_staff, far_street_secretary, far_inspector.

Everything that has an operation is made by it; only the ground itself is written as rows. Nothing is random but the
ids, query codes and tokens. Takes about 0.2 s.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.test import Client

from pingzhan.access import operations as access
from pingzhan.access.actors import ANONYMOUS, SYSTEM, Actor
from pingzhan.access.models import User
from pingzhan.access.queries import actor_for
from pingzhan.core import flood, worktime
from pingzhan.matters import operations as matters
from pingzhan.matters.choices import Basis, ClockKind, Source, Urgency
from pingzhan.matters.models import Matter
from pingzhan.matters.operations import Location
from pingzhan.matters.operations.catalogue import CategoryRow, RuleRow, load_catalogue
from pingzhan.matters.queries import reference
from pingzhan.matters.rules import Allowance
from pingzhan.modes import queries as modes
from pingzhan.people import operations as people
from pingzhan.people.choices import UnitKind
from pingzhan.people.models import Unit
from pingzhan.places import locate
from pingzhan.places.models import Outline, Place
from pingzhan.places.operations import changed

# A Tuesday, 10:00 in Shanghai, two working weeks after the last holiday.
AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)

DISTRICT = "310107"
STREETS = {"310107005": "曹杨新村街道", "310107014": "长风新村街道"}
COMMUNITIES = {
    "310107005001": "源园居委会",
    "310107005003": "花溪园居委会",
    "310107014001": "曹家巷居委会",
    "310107014002": "中山桥居委会",
}
HOME_STREET, FAR_STREET = STREETS
HOME, NEAR, FAR, FARTHER = COMMUNITIES
WEST, SOUTH, SIDE = 121.40, 31.24, 0.01  # degrees, WGS-84

CATEGORIES = (
    CategoryRow("property", "", "物业管理", "Property management"),
    CategoryRow("property.leak", "property", "房屋渗漏", "Leaks", ("漏水", "渗水")),
    CategoryRow("housing", "", "房屋与设施", "Housing and facilities"),
    CategoryRow("housing.roof", "housing", "公共屋面维修", "Repair of shared roofs", ("屋面", "屋顶")),
    CategoryRow("noise", "", "噪声扰民", "Noise"),
    CategoryRow("noise.square", "noise", "广场舞噪声", "Noise of dancing in the square", ("广场舞", "音响")),
    CategoryRow("fire", "", "消防与安全隐患", "Fire and safety hazards"),
    CategoryRow(
        "fire.passage", "fire", "占用消防通道", "Blocked fire lanes", ("消防通道",), Urgency.URGENT, danger=True
    ),
    CategoryRow("neighbour", "", "邻里纠纷", "Disputes between neighbours"),
    CategoryRow("neighbour.quarrel", "neighbour", "邻里争吵", "Quarrels", ("吵架", "争吵"), publishable=False),
    CategoryRow("service", "", "政务服务与建议", "Public service and suggestions"),
    CategoryRow("service.other", "service", "其他", "Other"),
)
RULES = (
    RuleRow("", "community.committee"),
    RuleRow("property", "community.property"),
    RuleRow("housing", "district.housing"),
    RuleRow("noise", "street.management"),
    RuleRow("fire", "street.operations"),
)
_HOURS, _DAYS = 60, 1
ALLOWANCES = (
    Allowance(ClockKind.ACCEPT, Basis.WORKING, minutes=4 * _HOURS),
    Allowance(ClockKind.ACCEPT, Basis.CALENDAR, minutes=30, urgency=Urgency.CRITICAL),
    Allowance(ClockKind.DISPATCH, Basis.WORKING, minutes=4 * _HOURS),
    Allowance(ClockKind.DISPATCH, Basis.CALENDAR, minutes=15, urgency=Urgency.CRITICAL),
    Allowance(ClockKind.SIGN, Basis.WORKING, minutes=4 * _HOURS),
    Allowance(ClockKind.FIRST_FEEDBACK, Basis.WORKING, days=1),
    Allowance(ClockKind.FINISH, Basis.WORKING, days=5),
    Allowance(ClockKind.FINISH, Basis.WORKING, days=3, category="property"),
    Allowance(ClockKind.FINISH, Basis.CALENDAR, minutes=24 * _HOURS, urgency=Urgency.URGENT),
    Allowance(ClockKind.FINISH, Basis.CALENDAR, minutes=2 * _HOURS, urgency=Urgency.CRITICAL),
    Allowance(ClockKind.FEED_BACK, Basis.WORKING, days=1),
    Allowance(ClockKind.RATE, Basis.CALENDAR, days=7),
    Allowance(ClockKind.PUBLISH, Basis.WORKING, days=3),
    Allowance(ClockKind.ARCHIVE, Basis.WORKING, days=10),
)

# name: (shown name, role, code of the place, code of the unit)
PEOPLE: dict[str, tuple[str, str, str, str]] = {
    "building_leader": ("罗楼长", "building_leader", f"{HOME}-B001", ""),
    "grid_worker": ("葛网格", "grid_worker", f"{HOME}-G001", f"{HOME}.committee"),
    "community_staff": ("何干事", "community_staff", HOME, f"{HOME}.committee"),
    "secretary": ("沈书记", "community_secretary", HOME, f"{HOME}.committee"),
    "property_staff": ("吴经理", "unit_staff", HOME, f"{HOME}.property"),
    "street_staff": ("金科员", "street_staff", HOME_STREET, f"{HOME_STREET}.operations"),
    "management_staff": ("管科员", "unit_staff", HOME_STREET, f"{HOME_STREET}.management"),
    "street_secretary": ("纪书记", "street_secretary", HOME_STREET, f"{HOME_STREET}.operations"),
    "housing_staff": ("方科长", "unit_staff", DISTRICT, f"{DISTRICT}.housing"),
    "command": ("区主任", "district_command", DISTRICT, f"{DISTRICT}.operations"),
    "inspector": ("督查员", "inspector", HOME_STREET, ""),
    "administrator": ("管理员", "administrator", DISTRICT, ""),
    "near_grid_worker": ("田网格", "grid_worker", f"{NEAR}-G001", f"{NEAR}.committee"),
    "near_property_staff": ("宁经理", "unit_staff", NEAR, f"{NEAR}.property"),
    "near_secretary": ("韩书记", "community_secretary", NEAR, f"{NEAR}.committee"),
    "far_grid_worker": ("袁网格", "grid_worker", f"{FAR}-G001", f"{FAR}.committee"),
    "far_community_staff": ("苗干事", "community_staff", FAR, f"{FAR}.committee"),
    "far_secretary": ("袁书记", "community_secretary", FAR, f"{FAR}.committee"),
    "far_property_staff": ("元经理", "unit_staff", FAR, f"{FAR}.property"),
    "far_management_staff": ("关科员", "unit_staff", FAR_STREET, f"{FAR_STREET}.management"),
    "far_street_staff": ("远科员", "street_staff", FAR_STREET, f"{FAR_STREET}.operations"),
    "far_street_secretary": ("阮书记", "street_secretary", FAR_STREET, f"{FAR_STREET}.operations"),
    "far_inspector": ("原督查", "inspector", FAR_STREET, ""),
}
RESIDENTS = {"resident": "陆居民", "other_resident": "骆居民"}

# The main path, and who takes its steps: of the unit in charge by its section, of the receiver by the community.
MAIN_PATH = (
    "submitted",
    "accepted",
    "dispatched",
    "in_progress",
    "completed",
    "fed_back",
    "rated",
    "published",
    "archived",
)
_HANDLED_BY = {
    "community.committee": {HOME: "secretary", NEAR: "near_secretary", FAR: "far_secretary"},
    "community.property": {HOME: "property_staff", NEAR: "near_property_staff", FAR: "far_property_staff"},
    "street.management": {HOME_STREET: "management_staff", FAR_STREET: "far_management_staff"},
    "street.operations": {HOME_STREET: "street_staff", FAR_STREET: "far_street_staff"},
    "district.housing": {DISTRICT: "housing_staff"},
    "district.operations": {DISTRICT: "command"},
}
_RECEIVED_BY = {HOME: "secretary", NEAR: "near_secretary", FAR: "far_secretary"}


@dataclass
class World:
    """Places, units and users by their codes and names, and short ways to act in it."""

    at: datetime
    places: dict[str, Place] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    _tokens: dict[str, str] = field(default_factory=dict)

    def actor(self, name: str = "") -> Actor:
        """The actor of a user, with the roles in force at `self.at`; "" is a resident who is not signed in."""
        return actor_for(self.users[name], at=self.at) if name else ANONYMOUS

    def token(self, name: str) -> str:
        """A bearer token of the user, issued when first asked for."""
        if name not in self._tokens:
            # Issued by the test's clock but valid by the real one, whichever is later.
            until = max(self.at, datetime.now(UTC)) - self.at + timedelta(days=30)
            self._tokens[name] = access.issue_token(
                user=self.users[name], label="test", by=SYSTEM, at=self.at, days=until.days
            )
        return self._tokens[name]

    def client(self, name: str = "", **options: Any) -> Client:
        """A client of the API with the user's token; "" without one."""
        headers = {"Authorization": f"Bearer {self.token(name)}"} if name else {}
        return Client(headers=headers, **options)

    def browser(self, name: str = "", *, twice: bool = True, **options: Any) -> Client:
        """A browser in which the user has signed in, with a second factor if `twice`; "" without signing in."""
        client = Client(**options)
        if name:
            client.force_login(self.users[name])
            session = client.session
            session["account_authentication_methods"] = [{"method": "mfa", "at": 0}] if twice else []
            session.save()
        return client

    def path(self, code: str) -> str:
        """The path of the place with this code."""
        return self.places[code].path

    def point(self, grid: str = f"{HOME}-G001") -> tuple[float, float]:
        """Longitude and latitude (degrees, WGS-84) of the middle of a grid."""
        place = self.places[grid]
        assert place.lon is not None
        assert place.lat is not None
        return place.lon, place.lat

    def report(
        self,
        text: str = "3号楼楼道漏水，地上都是水，老人走路危险",
        *,
        by: str = "",
        place: str = f"{HOME}-G001",
        source: Source = Source.PORTAL,
        at: datetime | None = None,
        **more: Any,
    ) -> Matter:
        """A new matter at a place's code, by default from a resident who is not signed in."""
        return matters.report(
            text=text, location=Location(code=place), source=source, by=self.actor(by), at=at or self.at, **more
        )

    def advance(self, matter: Matter, *, to: str) -> Matter:
        """Take a matter along the main path to the state `to`, a minute a step, by those whose turn it is."""
        for status in MAIN_PATH[MAIN_PATH.index(matter.status) + 1 : MAIN_PATH.index(to) + 1]:
            self._step(matter, status)
        return matter

    def matter(self, *, to: str = "submitted", **more: Any) -> Matter:
        """A matter in the state `to`."""
        return self.advance(self.report(**more), to=to)

    def handled_by(self, matter: Matter) -> str:
        """The name of a user of the unit in charge."""
        unit = next(unit for unit in self.units.values() if unit.pk == matter.handler_id)
        return _HANDLED_BY[unit.section][unit.place.code]

    def received_by(self, matter: Matter) -> str:
        """The name of a user who accepts, dispatches and feeds back where the matter is."""
        return next((name for code, name in _RECEIVED_BY.items() if f"/{code}/" in matter.path), "command")

    def _step(self, matter: Matter, status: str) -> None:
        at = matter.status_at + timedelta(minutes=1)
        desk = self.actor(self.received_by(matter))
        match status:
            case "accepted":
                matters.accept(matter=matter, by=desk, at=at)
            case "dispatched":
                matters.dispatch(matter=matter, by=desk, at=at)
            case "in_progress":
                matters.sign(matter=matter, by=self.actor(self.handled_by(matter)), at=at)
            case "completed":
                matters.complete(
                    matter=matter, by=self.actor(self.handled_by(matter)), at=at, result="已更换水管，不再漏水"
                )
            case "fed_back":
                matters.feed_back(matter=matter, by=desk, at=at, reply="水管已更换，请您查看。")
            case "rated":
                matters.rate(matter=matter, by=desk, at=at, stars=5, comment="很快")
            case "published":
                matters.publish(
                    matter=matter,
                    by=desk,
                    at=at,
                    title="楼道漏水已修复",
                    text="居民反映楼道漏水。",
                    result="已更换水管。",
                )
            case "archived":
                matters.archive(matter=matter, by=desk, at=at)


def make_world(*, at: datetime = AT) -> World:
    """Make the world in an empty database; what earlier tests left in this process's memory is forgotten."""
    flood.forget()
    worktime.refresh()
    modes.forget()
    world = World(at=at)
    _lay_ground(world)
    locate.forget()
    _found_units(world)
    _appoint(world)
    load_catalogue(
        root=world.places[DISTRICT], categories=CATEGORIES, allowances=ALLOWANCES, rules=RULES, by=SYSTEM, at=at
    )
    reference.forget()
    return world


def _lay_ground(world: World) -> None:
    """The rows of the area tree, superiors first, and the outlines of all but buildings and households."""
    outlines = []
    for code, name, level, parent, box in _areas():
        above = world.places.get(parent)
        west, south, east, north = box
        place = Place(
            code=code,
            name=name,
            level=level,
            kind="town" if level == "grid" else "",
            parent=above,
            path=f"{above.path if above else ''}{code}/",
            lon=(west + east) / 2,
            lat=(south + north) / 2,
            is_demo=True,
            created_at=world.at,
        )
        world.places[code] = place
        if level not in ("building", "household"):
            outlines.append(Outline(place=place, geometry=_square(*box), is_demo=True))
    Place.objects.bulk_create(world.places.values())
    Outline.objects.bulk_create(outlines)
    changed()


_Box = tuple[float, float, float, float]


def _areas() -> Iterator[tuple[str, str, str, str, _Box]]:
    """(code, name, level, parent's code, box: west, south, east, north)"""
    yield DISTRICT, "普陀区", "district", "", _box(0, 0, columns=4, rows=2)
    for i, (street, street_name) in enumerate(STREETS.items()):
        yield street, street_name, "street", DISTRICT, _box(2 * i, 0, columns=2, rows=2)
        own = [code for code in COMMUNITIES if code.startswith(street)]
        for j, community in enumerate(own):
            yield community, COMMUNITIES[community], "community", street, _box(2 * i, j, columns=2)
            for k in range(2):
                grid, building = f"{community}-G{k + 1:03d}", f"{community}-B{k + 1:03d}"
                box = _box(2 * i + k, j)
                yield grid, f"第{k + 1}网格", "grid", community, box
                yield building, f"{k + 1}号楼", "building", grid, box
                yield f"{building}-H0101", "101室", "household", building, box


def _box(column: int, row: int, *, columns: int = 1, rows: int = 1) -> _Box:
    # Rounded, so that neighbours share their corners to the last bit.
    return (
        round(WEST + column * SIDE, 6),
        round(SOUTH + row * SIDE, 6),
        round(WEST + (column + columns) * SIDE, 6),
        round(SOUTH + (row + rows) * SIDE, 6),
    )


def _square(west: float, south: float, east: float, north: float) -> str:
    ring = f"[[{west},{south}],[{east},{south}],[{east},{north}],[{west},{north}],[{west},{south}]]"
    return f'{{"type":"Polygon","coordinates":[{ring}]}}'


def _found_units(world: World) -> None:
    """A hub on each level, a committee and a property manager in each community, two offices above."""

    def found(place: str, section: str, kind: UnitKind, name: str, name_en: str, superior: str = "") -> None:
        code = f"{place}.{section.partition('.')[2]}"
        world.units[code] = people.create_unit(
            code=code,
            name=name,
            name_en=name_en,
            kind=kind,
            section=section,
            place=world.places[place],
            superior=world.units.get(superior),
            by=SYSTEM,
            at=world.at,
        )

    found(DISTRICT, "district.operations", UnitKind.COMMAND, "普陀区城运中心", "Putuo Operations Centre")
    found(
        DISTRICT, "district.housing", UnitKind.DEPARTMENT, "普陀区房管局", "Putuo Housing Bureau",
        f"{DISTRICT}.operations",
    )  # fmt: skip
    for street, name in STREETS.items():
        hub = f"{street}.operations"
        found(
            street,
            "street.operations",
            UnitKind.STREET_OFFICE,
            f"{name}城运中心",
            f"Operations Centre {street}",
            f"{DISTRICT}.operations",
        )
        found(street, "street.management", UnitKind.STREET_OFFICE, f"{name}管理办", f"Management Office {street}", hub)
        for community in [code for code in COMMUNITIES if code.startswith(street)]:
            short = COMMUNITIES[community].removesuffix("居委会")
            committee = f"{community}.committee"
            found(
                community,
                "community.committee",
                UnitKind.COMMUNITY,
                COMMUNITIES[community],
                f"Committee {community}",
                hub,
            )
            found(
                community,
                "community.property",
                UnitKind.PROPERTY,
                f"{short}物业服务站",
                f"Property Manager {community}",
                committee,
            )


def _appoint(world: World) -> None:
    """Users, and the appointments from which they have their roles."""
    for number, (name, shown) in enumerate([*RESIDENTS.items(), *((n, row[0]) for n, row in PEOPLE.items())]):
        world.users[name] = access.create_user(
            username=name, name=shown, phone=f"100000{number:05d}", by=SYSTEM, at=world.at
        )
    for name, (shown, role, place, unit) in PEOPLE.items():
        person = people.create_person(
            name=shown, phone="", place=world.places[place], by=SYSTEM, at=world.at, user=world.users[name]
        )
        people.appoint(
            person=person, role=role, place=world.places[place], by=SYSTEM, at=world.at, unit=world.units.get(unit)
        )
