"""How the scope table calls grids, buildings, workbooks, units, persons, talents and lists."""

import base64
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.test import Client

from pingzhan.access.actors import SYSTEM
from pingzhan.matters.models import Matter
from pingzhan.people import operations as people
from pingzhan.people.models import Appointment, ListVersion, Person, TalentRequest, Training
from pingzhan.people.operations import Line
from pingzhan.places.models import GridProposal, Outline, Place
from pingzhan.places.operations import propose_grids, take_workbook
from tests.factories.members import check_in

CSV = "居村,楼栋,层数\n{community},9号楼,6\n"
DUE = "2026-03-12T10:00:00+08:00"


def community_of(matter: Matter) -> Place:
    return Place.objects.get(code=matter.community)


def proposal_of(ground: Any, matter: Matter) -> GridProposal:
    community, at = community_of(matter), ground.world.at
    if Outline.objects.filter(place=community).exists():
        return propose_grids(community=community, by=SYSTEM, at=at)
    return GridProposal.objects.create(
        community=community, path=community.path, kind="new", grids=[], basis="", target=200, created_at=at
    )


def building_of(ground: Any, matter: Matter) -> Place:
    community = community_of(matter)
    code = f"{community.code}-B001"
    return Place.objects.filter(code=code).first() or Place.objects.create(
        code=code, name="1号楼", level="building", parent=community, path=f"{community.path}{code}/",
        created_at=ground.world.at,
    )  # fmt: skip


def person_of(ground: Any, matter: Matter) -> Person:
    return people.create_person(
        name="新人", phone="10000077777", place=community_of(matter), by=SYSTEM, at=ground.world.at
    )


def kind_of_training(ground: Any) -> Training:
    people.load_trainings(by=SYSTEM, at=ground.world.at)
    return Training.objects.get(code="flood")


def trained(ground: Any, matter: Matter) -> str:
    (made,) = people.enter_trainings(
        training=kind_of_training(ground), persons=[person_of(ground, matter)], on=ground.world.at.date(), by=SYSTEM,
        at=ground.world.at,
    )  # fmt: skip
    return str(made.pk)


def office_of(ground: Any, matter: Matter) -> Appointment:
    return people.appoint(
        person=person_of(ground, matter), role="building_leader", kind="online", place=building_of(ground, matter),
        by=SYSTEM, at=ground.world.at,
    )  # fmt: skip


def asked_in(ground: Any, matter: Matter) -> TalentRequest:
    member = check_in(ground.world, place=matter.place.code, to="approved")
    return people.ask_talents(
        text="帮忙量血压", place=community_of(matter), check_ins=[member.pk],
        due_at=ground.world.at + timedelta(days=1), by=SYSTEM, at=ground.world.at,
    )  # fmt: skip


def list_of(ground: Any, matter: Matter) -> ListVersion:
    return people.publish_list(
        kind="offers", place=community_of(matter), lines=[Line("修水龙头")], by=SYSTEM, at=ground.world.at
    )


def anothers_import(ground: Any, matter: Matter) -> str:
    actor = ground.world.actor("far_secretary")
    taken = take_workbook(
        kind="buildings", name="a.csv", content=CSV.format(community=matter.community).encode(),
        path=actor.holding("place.edit")[0].path, by=actor, at=ground.world.at,
    )  # fmt: skip
    return f"/api/v1/imports/{taken.pk}"


def _send(client: Client, method: str, url: str, **body: Any) -> Any:
    return client.generic(method.upper(), url, json.dumps(body), content_type="application/json")


def _to(method: str, make: Callable[[Any, Matter], str], **body: Any) -> Callable[[Any, Client, Matter], Any]:
    """A call of the address that `make` makes, with a body for what is sent."""

    def call(ground: Any, client: Client, matter: Matter) -> Any:
        url = f"/api/v1{make(ground, matter)}"
        if method == "get":
            return client.get(url, body)
        said = {key: value(ground, matter) if callable(value) else value for key, value in body.items()}
        return _send(client, method, url, **said)

    return call


def _proposal(step: str) -> Callable[[Any, Matter], str]:
    return lambda ground, matter: f"/grid-proposals/{proposal_of(ground, matter).pk}{step}"


def _building(step: str = "") -> Callable[[Any, Matter], str]:
    return lambda ground, matter: f"/buildings/{building_of(ground, matter).code}{step}"


def _unit(step: str = "") -> Callable[[Any, Matter], str]:
    return lambda ground, matter: f"/units/{matter.community}.committee{step}"


def _person(step: str = "") -> Callable[[Any, Matter], str]:
    return lambda ground, matter: f"/persons/{person_of(ground, matter).pk}{step}"


def _office(step: str) -> Callable[[Any, Matter], str]:
    return lambda ground, matter: f"/appointments/{office_of(ground, matter).pk}{step}"


def _here(ground: Any, matter: Matter) -> str:
    return matter.community


def _own_contact(ground: Any, client: Client, matter: Matter) -> Any:
    """Everybody who works here has a phone on file for this."""
    Person.objects.filter(user_id__isnull=False).update(phone_index="x", contact_confirmed_at=ground.world.at)
    return client.post("/api/v1/me/confirm-contact")


def _file(ground: Any, matter: Matter) -> str:
    return base64.b64encode(CSV.format(community=matter.community).encode()).decode()


PLACE_CALLS: dict[str, Callable[[Any, Client, Matter], Any]] = {
    "propose_grids": _to("post", lambda _, matter: f"/places/{matter.community}/grid-proposals"),
    "get_proposal": _to("get", _proposal("")),
    "adjust_proposal": _to(
        "post", _proposal("/adjust"), to="new", buildings=lambda ground, matter: [building_of(ground, matter).code]
    ),
    "accept_proposal": _to("post", _proposal("/accept")),
    "reject_proposal": _to("post", _proposal("/reject")),
    "list_buildings": _to("get", lambda _, matter: f"/places/{matter.community}/buildings"),
    "enter_building": _to("post", lambda _, matter: f"/places/{matter.community}/buildings", name="9号楼"),
    "change_building": _to("patch", _building(), floors=6),
    "end_building": _to("post", _building("/end")),
    "enter_households": _to("post", _building("/households"), rooms="901-903"),
    "end_households": _to("post", _building("/households/end"), rooms="101"),
    "upload_workbook": _to("post", lambda *_: "/imports", kind="buildings", content=_file, place=_here),
    "get_import": lambda ground, client, matter: client.get(anothers_import(ground, matter)),
    "list_import_errors": lambda ground, client, matter: client.get(f"{anothers_import(ground, matter)}/errors"),
    "write_import": lambda ground, client, matter: _send(client, "post", f"{anothers_import(ground, matter)}/write"),
    "drop_import": lambda ground, client, matter: _send(client, "post", f"{anothers_import(ground, matter)}/drop"),
    "get_unit": _to("get", _unit()),
    "create_unit": _to("post", lambda *_: "/units", code="n.1", name="新单位", kind="enterprise", place=_here),
    "change_unit": _to("put", _unit(), name="居委会", kind="community", section="community.committee", place=_here),
    "end_unit": _to("post", _unit("/end"), reason="撤并"),
    "get_person": _to("get", _person()),
    "enter_person": _to("post", lambda *_: "/persons", name="新人", phone="10000077778", place=_here),
    "change_person": _to("patch", _person(), name="新名"),
    "confirm_contacts": _to(
        "post",
        lambda *_: "/persons/confirm-contacts",
        persons=lambda ground, matter: [str(person_of(ground, matter).pk)],
    ),  # fmt: skip
    "enter_trainings": _to(
        "post",
        lambda ground, _: f"/trainings/{kind_of_training(ground).pk}/participants",
        on="2026-01-05",
        persons=lambda ground, matter: [str(person_of(ground, matter).pk)],
    ),  # fmt: skip
    "withdraw_training": _to("post", lambda ground, matter: f"/person-trainings/{trained(ground, matter)}/withdraw"),
    "confirm_own_contact": _own_contact,
    "open_phone": _to("post", _person("/phone"), purpose="核实到岗情况"),
    "appoint": _to(
        "post",
        lambda *_: "/appointments",
        role="building_leader",
        kind="online",
        place=lambda ground, matter: building_of(ground, matter).code,
        person=lambda ground, matter: str(person_of(ground, matter).pk),
    ),  # fmt: skip
    "dismiss": _to("post", _office("/dismiss"), reason="搬走"),
    "succeed": _to(
        "post",
        _office("/succeed"),
        person=lambda ground, matter: str(
            people.create_person(name="接任人", phone="", place=community_of(matter), by=SYSTEM, at=ground.world.at).pk
        ),
    ),  # fmt: skip
    "search_talents": lambda _, client, matter: client.get(
        "/api/v1/talents", {"place": matter.community, "skill": "medical"}
    ),
    "ask_talents": _to(
        "post",
        lambda *_: "/talent-requests",
        text="帮忙量血压",
        place=_here,
        due_at=DUE,
        check_ins=lambda ground, matter: [str(check_in(ground.world, place=matter.place.code, to="approved").pk)],
    ),  # fmt: skip
    "get_talent_request": _to("get", lambda ground, matter: f"/talent-requests/{asked_in(ground, matter).pk}"),
    "answer_ask": _to(
        "post", lambda ground, matter: f"/talent-asks/{asked_in(ground, matter).asks.get().pk}/answer", accept=True
    ),
    "get_list": _to("get", lambda ground, matter: f"/lists/{list_of(ground, matter).pk}"),
    "publish_list": _to("post", lambda *_: "/lists", kind="offers", place=_here, items=[{"name": "修水龙头"}]),
}
