"""Role × route: who may what, inside of their area and outside of it. A route that is not in the table fails.

Every role's area holds the building at home. Two matters are there: one that the property manager handles, one that the
committee handles; a third is with the neighbours, a fourth in another street, a fifth in another district. Each role
tries everything on all of them. What a call did is undone before the next one.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from pingzhan.access.actors import SYSTEM
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.api.root import api
from pingzhan.core.paths import code_of
from pingzhan.journal.models import Entry
from pingzhan.journal.operations import seal
from pingzhan.matters import operations
from pingzhan.matters.findable import make_findable
from pingzhan.matters.models import Matter
from pingzhan.matters.operations.pictures import store_pictures
from pingzhan.matters.operations.visiting import visit
from pingzhan.matters.operations.whistle import blow
from pingzhan.matters.queries import reference
from pingzhan.matters.queries.lists import Filters
from pingzhan.matters.queries.similar import offer
from pingzhan.people.operations import create_unit, set_up_team
from pingzhan.people.queries import colleagues_of
from pingzhan.places.models import Place
from pingzhan.stations.queries import current_stations
from tests.api.calls import BODIES
from tests.api.conftest import undone
from tests.api.place_calls import PLACE_CALLS
from tests.api.switch_calls import SWITCH_CALLS, begin_in_each
from tests.factories.inspections import inspection
from tests.factories.members import check_in
from tests.factories.pictures import upload
from tests.factories.plans import ready
from tests.factories.world import DISTRICT, FAR, HOME, NEAR, World

pytestmark = pytest.mark.django_db

# The columns of the table, and how far each role's area reaches: a grid or less, a community, a street, the district.
ROLES = {
    "": "",
    "resident": "",
    "building_leader": "community",
    "grid_worker": "community",
    "community_staff": "community",
    "secretary": "community",
    "property_staff": "community",
    "street_staff": "street",
    "street_secretary": "street",
    "command": "district",
    "inspector": "street",
    "administrator": "district",
}
# The matters that lie outside of an area of each size.
OUTSIDE = {
    "": ("near", "far", "elsewhere"),
    "community": ("near", "far", "elsewhere"),
    "street": ("far", "elsewhere"),
    "district": ("elsewhere",),
}

# y allowed · c only where the committee is in charge · n not allowed (403) · - not there (404) · u sign in first (401)
# The property manager, a unit, sees only the matter that it handles; its column is about that one.
EVERYBODY = "y y y y y y y y y y y y"
SIGNED_IN = "u y y y y y y y y y y y"
WORKS = "    u - y y y y y y y y y y"
SEE = "      u - y y y y y y y y y -"
RUN = "      u - n n y y n y y y n -"
HANDLE = "   u - n c c c y n n n n -"
ASSIGN = "   u - n n c c n n n n n -"
ANSWER_FOR = "u - n n n y n n y y n -"
PRESS_ON = " u - n n n y n y y y y -"
CONTACT = "  u - n y y y y n n n n -"
EXPORT = "   u n n n y y y y y y y n"
NOT_ANOTHERS = "u - - - - - - - - - - -"
ANSWER = "   u - n y y y n n n n n -"
COVERAGE = " u - - - y y - y y y y y"
JOURNAL = "  u - - - - y - - y y y y"
TRACE = "    u - - - - y - - y y y -"
READ_PLANS = "u - - - y y - y y y y -"
SWITCH = "    u - - - n y - n y y n -"
SEE_RESPONSES = "u - y y y y - y y y y -"
DECIDE = "    u - - - - y - - y y - -"
NOTE_SIGNALS = "u - - - - y - y y y - -"
LEAD = "      u - n n n y - n y y n -"

MEMBERS = "  u - - - y y - y y y - -"
DRAW = "     u - - - - y - - y y - y"
EDIT = "     u - - - y y - y y y - y"
APPOINT = "  u - - - n y - n y y - y"
TRAIN = "    u - - - y y - y y y - n"
STAND = "    u - - - y y - y y y y y"
TEAMS = "    u - - - - y - - y y - -"
VISIT = "    u - - - y y - y y y - -"
OPEN_PHONE = "u - - - n y - n y y - n"

TABLE = {
    "list_proposals": SIGNED_IN,  # what is in them: tests/api/test_ground.py
    "propose_grids": DRAW,
    "get_proposal": DRAW,
    "adjust_proposal": DRAW,
    "accept_proposal": DRAW,
    "reject_proposal": DRAW,
    "list_buildings": STAND,
    "enter_building": EDIT,
    "change_building": EDIT,
    "end_building": EDIT,
    "end_households": EDIT,
    "enter_households": EDIT,
    "upload_workbook": EDIT,
    "list_imports": SIGNED_IN,
    "get_import": NOT_ANOTHERS,
    "list_import_errors": NOT_ANOTHERS,
    "write_import": NOT_ANOTHERS,
    "drop_import": NOT_ANOTHERS,
    "get_unit": EDIT,
    "create_unit": APPOINT,
    "change_unit": APPOINT,
    "end_unit": APPOINT,
    "list_persons": SIGNED_IN,  # what is in them: tests/api/test_offices.py
    "get_person": EDIT,
    "enter_person": DRAW,
    "change_person": APPOINT,
    "list_trainings": EVERYBODY,
    "enter_trainings": TRAIN,
    "withdraw_training": TRAIN,
    "confirm_contacts": APPOINT,
    "open_phone": OPEN_PHONE,
    "appoint": DRAW,
    "dismiss": DRAW,
    "succeed": DRAW,
    "list_skills": EVERYBODY,
    "search_talents": MEMBERS,
    "ask_talents": MEMBERS,
    "list_talent_requests": SIGNED_IN,  # what is in them: tests/api/test_talents.py
    "get_talent_request": MEMBERS,
    "answer_ask": NOT_ANOTHERS,
    "list_lists": SIGNED_IN,  # what is in them: tests/api/test_talents.py
    "get_list": EDIT,
    "publish_list": TEAMS,
    "report_matter": EVERYBODY,
    "track_matter": EVERYBODY,  # with the code; test_steps.py tells what is without
    "list_notices": EVERYBODY,
    "list_categories": EVERYBODY,
    "list_rating_reasons": EVERYBODY,
    "locate": EVERYBODY,
    "get_place": EVERYBODY,  # but for households: below
    "list_children": EVERYBODY,
    "get_problem_kind": EVERYBODY,
    "check_in": EVERYBODY,
    "list_members": SIGNED_IN,  # what is in them: tests/api/test_members.py
    "list_teams": SIGNED_IN,
    "get_team": MEMBERS,
    "approve_check_in": MEMBERS,
    "reject_check_in": MEMBERS,
    "contact_check_in": MEMBERS,
    "join_team": MEMBERS,
    "list_plans": SIGNED_IN,
    "get_plan_schema": EVERYBODY,
    "get_readiness": READ_PLANS,
    "preview_response": READ_PLANS,
    "activate_response": SWITCH,
    "list_plan_proposals": SIGNED_IN,
    "accept_plan_proposal": DECIDE,
    "dismiss_plan_proposal": DECIDE,
    "list_signals": SIGNED_IN,
    "take_signal": NOTE_SIGNALS,
    "list_responses": SIGNED_IN,
    "get_response": SEE_RESPONSES,
    "list_duties": SEE_RESPONSES,
    "preview_change_level": LEAD,
    "change_level": LEAD,
    "renew_response": LEAD,
    "stand_down_response": LEAD,
    "list_stations": EVERYBODY,
    "get_station": EVERYBODY,
    "list_rooms": EVERYBODY,
    "list_functions": EVERYBODY,
    "get_me": SIGNED_IN,
    "confirm_own_contact": WORKS,
    "get_today": SIGNED_IN,
    "list_messages": SIGNED_IN,
    "read_messages": SIGNED_IN,
    "list_my_matters": SIGNED_IN,
    "list_openings": SIGNED_IN,
    "list_matters": SIGNED_IN,  # what is in them: test_no_list_names_what_is_outside
    "count_matters": SIGNED_IN,
    "list_units": SEE,
    "list_appointments": SIGNED_IN,  # what is in them: tests/scenarios/test_leaks_of_people.py
    "get_coverage": COVERAGE,
    "get_matter": SEE,
    "get_timeline": SEE,
    "get_attachment": SEE,
    "draft_notice": ANSWER_FOR,
    "open_contact": CONTACT,
    "prove_entry": JOURNAL,
    "get_chain": TRACE,
    "request_export": EXPORT,
    "get_export": NOT_ANOTHERS,
    "get_export_file": NOT_ANOTHERS,
    "accept_matter": RUN,
    "reject_matter": RUN,
    "dispatch_matter": RUN,
    "sign_matter": HANDLE,
    "return_matter": HANDLE,
    "progress_matter": HANDLE,
    "refer_matter": RUN,
    "hold_matter": HANDLE,
    "decide_pause_matter": RUN,
    "ask_matter": HANDLE,
    "answer_matter": HANDLE,
    "resume_matter": HANDLE,
    "complete_matter": HANDLE,
    "verify_matter": RUN,
    "feed_back_matter": RUN,
    "call_back_matter": RUN,
    "reply_rating_matter": RUN,
    "rate_matter": RUN,
    "publish_matter": ANSWER_FOR,
    "archive_matter": ANSWER_FOR,
    "reopen_matter": RUN,
    "urge_matter": PRESS_ON,
    "supervise_matter": PRESS_ON,
    "report_back_matter": HANDLE,
    "release_matter": PRESS_ON,
    "unmerge_matter": RUN,
    "merge_matter": RUN,
    "split_matter": RUN,
    "withdraw_matter": RUN,
    "grab_matter": HANDLE,
    "assign_matter": ASSIGN,
    "rotate_matter": ASSIGN,
    "hand_back_matter": HANDLE,
    "get_matter_team": HANDLE,
    "whistle_matter": RUN,
    "find_similar": EVERYBODY,
    "follow_matter": EVERYBODY,
    "list_similar": RUN,
    "get_suggestions": RUN,
    "redact_matter": RUN,
    "open_original": CONTACT,
    "list_clusters": SIGNED_IN,  # what is in them: tests/api/test_hints.py
    "list_firsts": SIGNED_IN,
    "list_visits": SIGNED_IN,  # what is in them: tests/unit/matters/test_visits.py
    "record_visit": VISIT,
    "get_visit": SEE_RESPONSES,
    "list_inspections": SIGNED_IN,  # what is in them: tests/unit/matters/test_inspections.py
    "make_inspection": PRESS_ON,
    "get_inspection": SEE,
    "mend_finding": HANDLE,
    "confirm_finding": PRESS_ON,
    "list_whistles": SIGNED_IN,  # what is in them: tests/unit/matters/test_whistles.py
    "get_whistle": SEE,
    "check_in_whistle": ANSWER,  # the committee is summoned; a unit that was not may not answer for it
    "report_whistle": ANSWER,
    "feed_back_whistle": ANSWER,
    "arrive_whistle": ANSWER,
    "leave_whistle": ANSWER,
    "hand_over_whistle": ANSWER,
    "call_whistle": RUN,
    "release_whistle": RUN,
    "close_whistle": RUN,
}
# Nothing of these belongs to one area.
WITHOUT_AREA = {
    operation for operation, row in TABLE.items() if row in (EVERYBODY, SIGNED_IN, WORKS, EXPORT, NOT_ANOTHERS)
}
STATUS = {"n": 403, "-": 404, "u": 401}


def operations_of_document() -> dict[str, tuple[str, str]]:
    """Operation id → (method, path) of everything in the OpenAPI document."""
    return {
        operation["operationId"]: (method, path)
        for path, methods in api.get_openapi_schema()["paths"].items()
        for method, operation in methods.items()
    }


def expected(operation: str, role: str) -> str:
    return TABLE[operation].split()[list(ROLES).index(role)]


@dataclass
class Ground:
    """The matters, by where they are: property, committee (both at home), near, far, elsewhere."""

    world: World
    matters: dict[str, Matter]
    same_hands: Matter  # at home, with the property manager too

    def call(self, operation: str, role: str, where: str) -> Any:
        """Call an operation on one of the matters, and undo what it did."""
        matter = self.matters[where]
        client = self.world.client(role)
        with undone():
            if operation in SPECIAL:
                return SPECIAL[operation](self, client, matter)
            method, path = operations_of_document()[operation]
            url = path.replace("{number}", matter.number)
            assert "{" not in url, f"say in SPECIAL how to call {operation}"
            if method == "get":
                return client.get(url)
            step = operation.removesuffix("_matter")
            # Into a matter that whoever sees this one sees too, so that only the right is asked.
            body = BODIES.get(step, {}) | ({"into": self.same_hands.number} if step == "merge" else {})
            return client.post(url, json.dumps(body), content_type="application/json")


def _post(client: Client, url: str, **body: Any) -> Any:
    return client.post(url, json.dumps(body), content_type="application/json")


def _attachment(ground: Ground, client: Client, matter: Matter) -> Any:
    picture = matter.attachments.get()
    return client.get(f"/api/v1/matters/{matter.number}/attachments/{picture.pk}")


def _proof(ground: Ground, client: Client, matter: Matter) -> Any:
    entry = Entry.objects.get(subject_id=matter.pk, verb="matter.report")
    return client.get(f"/api/v1/journal/entries/{entry.uid}/proof")


def _member(step: str, **body: Any) -> Callable[["Ground", Client, Matter], Any]:
    """A step on somebody who checked in where the matter is."""

    def call(ground: Ground, client: Client, matter: Matter) -> Any:
        made = check_in(ground.world, place=matter.place.code)
        return _post(client, f"/api/v1/check-ins/{made.pk}/{step}", **body)

    return call


def _team(ground: Ground, client: Client, matter: Matter) -> Any:
    place = Place.objects.get(code=matter.community)
    made = set_up_team(place=place, name="第二梯队", by=SYSTEM, at=ground.world.at)
    return client.get(f"/api/v1/teams/{made.pk}")


def _export(ground: Ground) -> str:
    """An export of somebody whom no role of the table is."""
    asked = operations.request_export(
        format="csv", filters=Filters(), by=ground.world.actor("far_secretary"), at=ground.world.at
    )
    return f"/api/v1/exports/{asked.pk}"


WHISTLE_STEPS = ("check_in", "report", "feed_back", "arrive", "leave", "hand_over", "call", "release", "close")
WHISTLE_BODIES: dict[str, dict[str, Any]] = {
    "report": {"note": "现场已疏散"},
    "feed_back": {"note": "阀门已关"},
    "hand_over": {"to": f"{DISTRICT}.operations"},
    "call": {"units": [f"{DISTRICT}.operations"]},
}


def _whistle(step: str) -> Callable[["Ground", Client, Matter], Any]:
    """Call a step of a whistle that was blown for the matter and summons its committee; "" reads it."""

    def call(ground: Ground, client: Client, matter: Matter) -> Any:
        committee = next(u for u in reference.reference().units.values() if u.id == matter.receiver_id)
        blown = blow(matter=matter, units=[committee.code], by=SYSTEM, at=ground.world.at)
        url = f"/api/v1/whistles/{blown.pk}"
        if not step:
            return client.get(url)
        body = WHISTLE_BODIES.get(step, {"unit": committee.code} if step == "release" else {})
        return _post(client, f"{url}/{step}", **body)

    return call


def _original(ground: Ground, client: Client, matter: Matter) -> Any:
    name = {HOME: "community_staff", NEAR: "near_secretary"}.get(matter.community, "far_secretary")
    receiver, afresh = ground.world.actor(name), Matter.objects.get(pk=matter.pk)
    if can(receiver, Permission.MATTER_ACCEPT, matter.path):
        operations.redact(matter=afresh, text="楼道漏水", reason="写了邻居的姓名", by=receiver, at=ground.world.at)
    return _post(client, f"/api/v1/matters/{matter.number}/original", purpose="核实")


def _inspection(act: str = "", **body: Any) -> Callable[["Ground", Client, Matter], Any]:
    """Read an inspection that goes back from the matter to the unit in charge of it, or act on what was found."""

    def call(ground: Ground, client: Client, matter: Matter) -> Any:
        url = f"/api/v1/inspections/{inspection(ground.world, matter).pk}"
        return _post(client, f"{url}/findings/1/{act}", **body) if act else client.get(url)

    return call


def _visit(ground: "Ground", client: Client, matter: Matter) -> Any:
    """Read a visit to where the matter is."""
    place = code_of(matter.path)
    made = visit(kind="household", place=place, topic="走访", by=SYSTEM, at=ground.world.at)
    return client.get(f"/api/v1/visits/{made.pk}")


SPECIAL: dict[str, Callable[[Ground, Client, Matter], Any]] = {
    "report_matter": lambda _, client, matter: _post(client, "/api/v1/matters", text="漏水", place=HOME),
    "track_matter": lambda _, client, matter: client.get(
        f"/api/v1/public/matters/{matter.number}", {"query_code": matter.query_code}
    ),
    "get_place": lambda _, client, matter: client.get(f"/api/v1/places/{HOME}"),
    "list_children": lambda _, client, matter: client.get(f"/api/v1/places/{HOME}/children"),
    "locate": lambda _, client, matter: client.get("/api/v1/places/locate", {"lon": 121.405, "lat": 31.245}),
    "get_problem_kind": lambda _, client, matter: client.get("/api/v1/problems/stale"),
    "list_units": lambda _, client, matter: client.get("/api/v1/units", {"matter": matter.number}),
    **SWITCH_CALLS,
    **PLACE_CALLS,
    "list_stations": lambda _, client, matter: client.get("/api/v1/stations", {"place": HOME}),
    "get_station": lambda _, client, matter: client.get(f"/api/v1/stations/{station_of(HOME)}"),
    "list_rooms": lambda _, client, matter: client.get(f"/api/v1/stations/{station_of(HOME)}/rooms"),
    "list_functions": lambda _, client, matter: client.get("/api/v1/stations/functions"),
    "get_coverage": lambda _, client, matter: client.get(f"/api/v1/places/{matter.community}/coverage"),
    "open_contact": lambda _, client, matter: _post(client, f"/api/v1/matters/{matter.number}/contact", purpose="联系"),
    "get_attachment": _attachment,
    "prove_entry": _proof,
    "whistle_matter": lambda _, client, matter: _post(
        client, f"/api/v1/matters/{matter.number}/whistle", units=[f"{DISTRICT}.operations"]
    ),
    "assign_matter": lambda _, client, matter: _post(
        client, f"/api/v1/matters/{matter.number}/assign", person=str(_colleague(matter))
    ),
    "find_similar": lambda _, client, matter: _post(client, "/api/v1/matters/similar", text="楼道漏水了", place=HOME),
    "follow_matter": lambda _, client, matter: _post(client, "/api/v1/matters/follow", token=offer(matter)),
    "redact_matter": lambda _, client, matter: _post(
        client, f"/api/v1/matters/{matter.number}/redact", text="楼道漏水", reason="写了邻居的姓名"
    ),
    "open_original": _original,
    "record_visit": lambda _, client, matter: _post(
        client,
        "/api/v1/visits",
        kind="household",
        place=matter.community,
        topic="走访",
        problems=[{"text": "楼道堆物"}],
    ),
    "get_visit": _visit,
    "make_inspection": lambda _, client, matter: _post(
        client,
        "/api/v1/inspections",
        form="trace",
        unit=f"{matter.community}.committee",
        topic="倒查",
        summary="看过",
        matter=matter.number,
    ),
    "get_inspection": _inspection(),
    "mend_finding": _inspection("mend", answer="已清走"),
    "confirm_finding": _inspection("confirm"),
    "get_whistle": _whistle(""),
    **{f"{step}_whistle": _whistle(step) for step in WHISTLE_STEPS},
    "check_in": lambda _, client, matter: _post(
        client, "/api/v1/check-ins", name="秦", phone="10012340001", place=HOME, consent=True
    ),
    "get_team": _team,
    "approve_check_in": _member("approve"),
    "reject_check_in": _member("reject", reason="不住在这里"),
    "contact_check_in": _member("contact"),
    "join_team": _member("join"),
    "request_export": lambda _, client, matter: _post(client, "/api/v1/exports", format="csv"),
    "get_export": lambda ground, client, matter: client.get(_export(ground)),
    "get_export_file": lambda ground, client, matter: client.get(f"{_export(ground)}/file"),
}


def _colleague(matter: Matter) -> UUID:
    """Somebody of the unit in charge, whoever where it has nobody."""
    return next((one.person_id for one in colleagues_of([matter.handler_id])), uuid4())


def station_of(place: str) -> UUID:
    return current_stations().get(code=f"{place}-S1").pk


@pytest.fixture(scope="module")
def ground(standing_world: World) -> Ground:
    world = standing_world
    ready(world)
    elsewhere = _another_district(world)
    places = {
        "property": f"{HOME}-B001",
        "committee": f"{HOME}-B001",
        "near": f"{NEAR}-G001",
        "far": f"{FAR}-G001",
        "elsewhere": elsewhere.code,
    }
    matters = {}
    for number, (where, place) in enumerate(places.items()):
        matters[where] = world.report(
            "没有路灯，夜里看不见" if where == "committee" else "楼道漏水，老人走路危险",
            place=place,
            pictures=store_pictures([upload()]),
            contact_name="王女士",
            contact_phone=f"1000000{number:04d}",
        )
        if where != "elsewhere":
            world.advance(matters[where], to="in_progress")
    make_findable(matter.pk for matter in matters.values())
    seal(at=world.at)
    begin_in_each(world, {matter.community for matter in matters.values()})
    return Ground(world, matters, world.matter(place=f"{HOME}-B001", to="in_progress"))


def _another_district(world: World) -> Place:
    """A second root with a community that has a committee; nobody of the little world has a right there."""
    above = None
    for code, level in (("310115", "district"), ("310115004", "street"), ("310115004001", "community")):
        above = Place.objects.create(
            code=code, name="潍坊", level=level, parent=above, path=f"{above.path if above else ''}{code}/",
            created_at=world.at,
        )  # fmt: skip
    assert above is not None
    create_unit(
        code="310115004001.committee", name="潍坊居委会", kind="community", section="community.committee", place=above,
        by=SYSTEM, at=world.at,
    )  # fmt: skip
    reference.forget()
    return above


def test_every_route_is_in_the_table() -> None:
    assert set(operations_of_document()) == set(TABLE)
    assert all(len(row.split()) == len(ROLES) for row in TABLE.values())
    # And there is no address that the document does not tell of, but those of the document itself and of nowhere.
    assert len(api.urls[0]) == len(TABLE) + len({"openapi-json", "openapi-view", "api-root", "nowhere"})


@pytest.mark.parametrize("role", ROLES)
def test_inside_of_the_area(ground: Ground, role: str) -> None:
    for operation in TABLE:
        cell = expected(operation, role)
        # Where nothing depends on the unit in charge, one matter tells as much as two.
        both = cell == "c" or (role == "property_staff" and operation not in WITHOUT_AREA)
        for where in ("property", "committee") if both else ("property",):
            status = ground.call(operation, role, where).status_code
            told = f"{role or 'nobody'} {operation} on the matter of the {where}: {status}"
            if role == "property_staff" and where == "committee" and operation not in WITHOUT_AREA:
                assert status == 404, told  # another unit's
            elif cell == "y" or (cell == "c" and where == "committee"):
                assert status in (200, 201, 409), told  # 409: the right is there, the state is not
            else:
                assert status == STATUS["n" if cell == "c" else cell], told


@pytest.mark.parametrize("role", ROLES)
def test_outside_of_the_area(ground: Ground, role: str) -> None:
    for operation in sorted(set(TABLE) - WITHOUT_AREA):
        for where in OUTSIDE[ROLES[role]][:1]:  # the nearest; the others are looked for in lists below
            status = ground.call(operation, role, where).status_code
            assert status == (404 if role else 401), f"{role or 'nobody'} {operation} {where}: {status}"


@pytest.mark.parametrize("role", [role for role in ROLES if role])
def test_no_list_names_what_is_outside(ground: Ground, role: str) -> None:
    """By list, filter, number, words, phone and count: what is outside is not there; what is inside is."""
    client = ground.world.client(role)
    outside = {ground.matters[where].number for where in OUTSIDE[ROLES[role]]}
    inside = {matter.number for matter in (*ground.matters.values(), ground.same_hands)} - outside
    if expected("get_matter", role) == "-":
        inside = set()
    elif role == "property_staff":
        inside = {ground.matters["property"].number, ground.same_hands.number}

    def listed(**filters: Any) -> set[str]:
        return {row["number"] for row in client.get("/api/v1/matters", {"limit": 200, **filters}).json()["items"]}

    assert listed() == inside
    assert listed(order="due") == inside
    assert listed(status="in_progress") == {n for n in inside if n != ground.matters["elsewhere"].number}
    for where, matter in ground.matters.items():
        number = {matter.number} & inside
        assert listed(q=matter.number) == number, where
        assert listed(q=matter.contact_phone.open()) == number, where
        assert listed(place=matter.community) == {n for n in inside if n.startswith(matter.community)}, where
    spoken = ground.matters["committee"], ground.same_hands
    assert listed(q="漏水 老人") == inside - {matter.number for matter in spoken}
    assert listed(category="property") == inside - {ground.matters["committee"].number}
    assert listed(handler=f"{FAR}.property") <= inside
    counts = client.get("/api/v1/matters/counts").json()
    assert counts["open"] == len(inside)
    assert sum(counts["states"].values()) == len(inside)
    today = client.get("/api/v1/me/today").json()["matters"]["items"]
    assert {row["number"] for row in today} <= inside
    assert client.get("/api/v1/me/matters").json()["items"] == []
    # The same words again, as text: nothing of what is outside stands anywhere in the answers.
    everything = b"".join(
        client.get(url).content for url in ("/api/v1/matters", "/api/v1/me", "/api/v1/me/today", "/api/v1/me/openings")
    ).decode()
    assert not any(number in everything for number in outside)


@pytest.mark.parametrize("role", ROLES)
def test_households_are_seen_inside_of_the_area_only(ground: Ground, role: str) -> None:
    client = ground.world.client(role)
    sees = role not in ("", "resident", "property_staff")  # a unit sees its matters, not who lives where
    for community in (HOME, NEAR, FAR):
        here = community == HOME or (community == NEAR and ROLES[role] == "street") or ROLES[role] == "district"
        status = 200 if sees and here else 404
        for url in (f"{community}-B001-H0101", f"{community}-B001/children"):
            assert client.get(f"/api/v1/places/{url}").status_code == status, url


def test_units_are_named_for_ones_own_area(ground: Ground) -> None:
    def units(role: str, **filters: str) -> set[str]:
        answer = ground.world.client(role).get("/api/v1/units", {"limit": 200, **filters})
        return (
            {row["code"] for row in answer.json()["items"]} if answer.status_code == 200 else {str(answer.status_code)}
        )

    assert units("secretary", place=FAR) == units("secretary", place=NEAR) == {"404"}
    assert units("resident", place=HOME) == {"404"}
    assert not any(code.startswith(("310107014", NEAR, "310115")) for code in units("secretary"))
    assert units("resident") == set()


def test_an_entry_of_nowhere_in_particular_is_nobodys(ground: Ground) -> None:
    entry = Entry.objects.filter(place_path="").first()
    assert entry is not None
    for role in ("command", "administrator", "secretary"):
        assert ground.world.client(role).get(f"/api/v1/journal/entries/{entry.uid}/proof").status_code == 404


def test_a_code_opens_its_own_matter_only(ground: Ground) -> None:
    mine, other = ground.matters["property"], ground.matters["far"]
    client = ground.world.client()
    code = {"query_code": mine.query_code}
    assert client.get(f"/api/v1/public/matters/{other.number}", code).status_code == 404
    assert client.get(f"/api/v1/matters/{mine.number}/attachments/{mine.attachments.get().pk}", code).status_code == 200
    assert (
        client.get(f"/api/v1/matters/{mine.number}/attachments/{other.attachments.get().pk}", code).status_code == 404
    )
    assert client.get(f"/api/v1/matters/{mine.number}", code).status_code == 401


def test_a_matter_that_was_handed_on_is_the_next_ones(ground: Ground) -> None:
    """The unit that returns a matter no longer sees it."""
    matter = ground.matters["property"]
    manager = ground.world.client("property_staff")
    assert manager.get(f"/api/v1/matters/{matter.number}").status_code == 200
    operations.return_matter(
        matter=Matter.objects.get(pk=matter.pk),
        by=ground.world.actor("property_staff"),
        at=ground.world.at,
        reason="不属于我们",
    )
    assert manager.get(f"/api/v1/matters/{matter.number}").status_code == 404
