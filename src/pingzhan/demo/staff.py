"""The demo's units and people: invented names, phones of the form 100xxxxxxxx, appointed through the operations."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.models import User
from pingzhan.access.operations import create_user, grant
from pingzhan.access.queries import actor_for
from pingzhan.demo.texts.departments import PROPERTY_COMPANIES, UNITS
from pingzhan.demo.texts.names import person_name
from pingzhan.people.choices import AppointmentKind as Kind
from pingzhan.people.choices import UnitKind
from pingzhan.people.models import Unit
from pingzhan.people.operations import appoint, create_person, create_unit
from pingzhan.places.models import Place

KINDS = {
    "committee": UnitKind.COMMUNITY,
    "owners": UnitKind.OWNERS,
    "property": UnitKind.PROPERTY,
    "department": UnitKind.DEPARTMENT,
    "utility": UnitKind.ENTERPRISE,
}
DEMO_STREET = "310107005"


@dataclass(slots=True)
class Cast:
    """Who acts in the demo: users by unit, workers by grid path."""

    rng: Random
    at: datetime
    units: dict[tuple[str, str], Unit] = field(default_factory=dict)  # (path, section)
    users: dict[object, User] = field(default_factory=dict)  # by unit id
    workers: dict[str, User] = field(default_factory=dict)  # by grid path
    resident: User | None = None
    _phones: int = 0
    _actors: dict[object, Actor] = field(default_factory=dict)

    def phone(self) -> str:
        """The next invented number."""
        self._phones += 1
        return f"100{self._phones:08d}"

    def actor(self, user: User) -> Actor:
        if user.pk not in self._actors:
            self._actors[user.pk] = actor_for(user, at=self.at)
        return self._actors[user.pk]

    def of_unit(self, unit_id: object) -> Actor:
        return self.actor(self.users[unit_id])


def make_cast(*, places: list[Place], rng: Random, at: datetime) -> Cast:
    """Units of every level, a user for each that handles matters, a worker for each grid."""
    cast = Cast(rng, at)
    by_level: dict[str, list[Place]] = {}
    for place in places:
        by_level.setdefault(place.level, []).append(place)
    for level in ("district", "street", "community"):
        for place in by_level[level]:
            _make_units(cast, place, level)
    for grid in by_level["grid"]:
        _grid_worker(cast, grid)
    _accounts(cast, by_level)
    return cast


def _make_units(cast: Cast, place: Place, level: str) -> None:
    above = place.path[: -len(place.code) - 1]
    superior = {
        "district": None,
        "street": cast.units.get((above, "district.operations")),
        "community": cast.units.get((above, "street.operations")),
    }[level]
    if level == "district":
        _unit(
            cast,
            place,
            "district.operations",
            "区城市运行管理中心",
            "District Urban Operations Centre",
            UnitKind.COMMAND,
            None,
        )
        superior = cast.units[place.path, "district.operations"]
    for template in UNITS.values():
        if template.level != level:
            continue
        name, name_en = template.name, template.name_en
        if template.kind == "property":
            company = cast.rng.choice(PROPERTY_COMPANIES)
            name, name_en = f"{company.name}（{place.name.removesuffix('居委会')}）", company.name_en
        elif template.kind == "committee":
            name = place.name if place.name.endswith("会") else f"{place.name}居委会"
        elif level != "district":
            name = f"{place.name.removesuffix('居委会')}{template.name}"
        _unit(cast, place, template.code, name, name_en, KINDS.get(template.kind, UnitKind.STREET_OFFICE), superior)


def _unit(
    cast: Cast, place: Place, section: str, name: str, name_en: str, kind: UnitKind, superior: Unit | None
) -> None:
    code = place.code if section == "community.committee" else f"{place.code}.{section.partition('.')[2]}"
    unit = create_unit(
        code=code, name=name, name_en=name_en, kind=kind, section=section, place=place, superior=superior, by=SYSTEM,
        at=cast.at, phone=cast.phone(),
    )  # fmt: skip
    cast.units[place.path, section] = unit
    role = {
        "community.committee": "community_secretary",
        "street.operations": "street_staff",
        "district.operations": "district_command",
    }.get(section, "unit_staff")
    if section == "community.owners":  # a body of residents: it has no account of its own
        return
    cast.users[unit.pk] = _somebody(cast, username=f"u-{code}", role=role, place=place, unit=unit)


def _grid_worker(cast: Cast, grid: Place) -> None:
    community = grid.path[: -len(grid.code) - 1]
    unit = cast.units[community, "community.committee"]
    cast.workers[grid.path] = _somebody(cast, username=f"g-{grid.code}", role="grid_worker", place=grid, unit=unit)


def _somebody(cast: Cast, *, username: str, role: str, place: Place, unit: Unit | None, kind: str = "") -> User:
    name = person_name(cast.rng)
    phone = cast.phone()
    user = create_user(username=username, name=name, phone=phone, by=SYSTEM, at=cast.at, path=place.path)
    person = create_person(name=name, phone=phone, place=place, by=SYSTEM, at=cast.at, user=user)
    appoint(person=person, role=role, kind=kind, place=place, unit=unit, by=SYSTEM, at=cast.at)
    return user


def _accounts(cast: Cast, by_level: dict[str, list[Place]]) -> None:
    """The accounts behind the sign-in links, all around one community of the demo street."""
    district = by_level["district"][0]
    street = next(place for place in by_level["street"] if place.code == DEMO_STREET)
    community = next(place for place in by_level["community"] if place.path.startswith(street.path))
    grid = next(place for place in by_level["grid"] if place.path.startswith(community.path))
    building = next(place for place in by_level["building"] if place.path.startswith(grid.path))
    units = cast.units
    committee = units[community.path, "community.committee"]
    cast.resident = create_user(
        username="resident", name="周阿姨", phone=cast.phone(), by=SYSTEM, at=cast.at, path=district.path
    )
    grant(user=cast.resident, role="resident", path=district.path, by=SYSTEM, at=cast.at)
    staff: list[tuple[str, str, Place, Unit | None]] = [
        ("grid", "grid_worker", grid, committee),
        ("leader", "building_leader", building, committee),
        ("secretary", "community_secretary", community, committee),
        ("staff", "community_staff", community, committee),
        ("street", "street_secretary", street, units[street.path, "street.operations"]),
        ("streetstaff", "street_staff", street, units[street.path, "street.operations"]),
        ("housing", "unit_staff", district, units[district.path, "district.housing"]),
        ("enforcement", "unit_staff", street, units[street.path, "street.enforcement"]),
        ("command", "district_command", district, units[district.path, "district.operations"]),
        ("inspector", "inspector", district, None),
        ("admin", "administrator", district, None),
    ]
    for username, role, place, unit in staff:
        kind = {"leader": Kind.ONLINE, "secretary": Kind.DEPUTY}.get(username, "")
        user = _somebody(cast, username=username, role=role, place=place, unit=unit, kind=kind)
        if role in {"district_command", "administrator"}:
            TOTP.activate(user, generate_totp_secret())
