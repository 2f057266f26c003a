"""Leaders of buildings by workbook: who is there stays, who is new follows on or fills the vacancy."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.core.sheets import read_rows
from pingzhan.core.wording import for_others
from pingzhan.people.choices import AppointmentKind as Kind
from pingzhan.people.models import Appointment
from pingzhan.people.operations.appointments import appoint, succeed
from pingzhan.people.operations.persons import enter_person
from pingzhan.people.operations.unit_import import lost_rows, problem_of
from pingzhan.people.rules.imports import Imported, RowProblem
from pingzhan.people.rules.names import clean_name
from pingzhan.places.choices import Level
from pingzhan.places.queries import get_places

if TYPE_CHECKING:
    from pingzhan.places.models import Place

COLUMNS: Mapping[str, str] = {  # untranslated: headers of the workbook, the English ones beside them
    "楼栋编码": "building", "Building": "building",
    "楼栋": "name", "Building name": "name",
    "线下楼组长": "offline", "Offline leader": "offline",
    "线下手机": "offline_phone", "Offline phone": "offline_phone",
    "线上楼组长": "online", "Online leader": "online",
    "线上手机": "online_phone", "Online phone": "online_phone",
}  # fmt: skip
HEADERS = tuple(COLUMNS)[::2]
_BATCH = 500  # rows whose buildings and leaders are fetched at once


def import_leaders(*, source: bytes | BinaryIO, by: Actor, at: datetime, dry: bool) -> Imported:
    """Appoint the leaders that a workbook names. An empty name changes nothing; a masked phone means the same.

    Counted are leaders, not rows: created (a vacancy filled), changed (somebody followed on), unchanged.
    """
    told = Imported(dry)
    lost: list[dict[str, object]] = []
    rows = read_rows(source, columns=COLUMNS, required=("building",), problems=lost)
    with transaction.atomic():
        batch: list[tuple[int, dict[str, str]]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == _BATCH:
                _take_batch(batch, told, by=by, at=at)
                batch = []
        _take_batch(batch, told, by=by, at=at)
        if dry:
            transaction.set_rollback(True)
    told.problems += lost_rows(lost)
    told.problems.sort(key=lambda problem: problem.row)
    return told


def _take_batch(batch: list[tuple[int, dict[str, str]]], told: Imported, *, by: Actor, at: datetime) -> None:
    within = None if by.kind == "system" else roots(by, Permission.APPOINT)
    buildings = get_places([row["building"] for _number, row in batch], within=within)
    held = _leaders(buildings.values())
    for number, row in batch:
        place = buildings.get(row["building"])
        if place is None or place.level != Level.BUILDING:
            message = _("没有这个楼栋编码，或不在您的管理范围内")
            told.problems.append(RowProblem(number, "building", message))
            continue
        for kind in (Kind.OFFLINE, Kind.ONLINE):
            name, phone = row[kind.value], row[f"{kind.value}_phone"]
            if not name:
                continue
            try:
                with transaction.atomic():
                    done = _take(place, kind, name, phone, held, by=by, at=at)
            except DomainError as error:
                columns = {"name": kind.value, "phone": f"{kind.value}_phone"}
                told.problems += [
                    RowProblem(number, columns.get(one.column, kind.value), one.message)
                    for one in problem_of(number, error)
                ]
            else:
                setattr(told, done, getattr(told, done) + 1)


Held = dict[tuple[str, str], Appointment]  # by the building's code and the kind


def _leaders(buildings: "Iterable[Place]") -> Held:
    rows = Appointment.objects.filter(place__in=list(buildings), role="building_leader", until__isnull=True)
    return {(row.place.code, row.kind): row for row in rows.select_related("person", "place", "unit").order_by("id")}


def _take(place: "Place", kind: Kind, name: str, phone: str, held: Held, *, by: Actor, at: datetime) -> str:
    """One leader; which count it belongs to."""
    present = held.get((place.code, kind.value))
    same_name = present is not None and present.person.name == clean_name(name)
    if "*" in phone:
        if same_name:
            return "unchanged"
        message = _("号码是隐去中间几位的，新人请填完整号码")
        raise Invalid(message, errors=[{"loc": ["phone"], "msg": message}])
    if same_name and not phone:
        return "unchanged"
    person, _new = enter_person(name=name, phone=phone, place=place, by=by, at=at)
    if present is None:
        made = appoint(person=person, role="building_leader", kind=kind, place=place, by=by, at=at)
    elif present.person_id == person.pk:
        return "unchanged"
    else:
        made = succeed(appointment=present, person=person, by=by, at=at, reason=for_others("批量更新"))
    held[place.code, kind.value] = made
    return "created" if present is None else "changed"
