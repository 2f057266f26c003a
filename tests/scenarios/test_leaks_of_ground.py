"""No member, team, list, ask, grid proposal, estate or workbook outside of one's own area: by page, list or API."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pingzhan.access.actors import SYSTEM
from pingzhan.people.operations import Line, ask_talents, publish_list
from pingzhan.places.models import Estate
from pingzhan.places.operations import propose_grids, take_workbook
from tests.factories.members import check_in, load_skills, team
from tests.factories.world import FAR, HOME, NEAR, World

pytestmark = pytest.mark.django_db

WORD, PHONE = "蓝鲸人", "10000055555"
# Who is nosy, and the community that is none of their business.
NOSY = [
    ("secretary", FAR), ("near_secretary", HOME), ("far_street_secretary", HOME), ("street_staff", FAR),
    ("community_staff", NEAR),
]  # fmt: skip


@pytest.fixture(params=NOSY, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def nosy(request: pytest.FixtureRequest, world: World) -> Any:
    """The things that are none of their business, by route and arguments; a client of theirs."""
    name, code = request.param
    load_skills(world)
    community, at = world.places[code], world.at
    member = check_in(
        world, name=WORD, phone=PHONE, place=f"{code}-B001", skills=("medical.nurse",), to="joined", wishes=WORD
    )
    asked = ask_talents(
        text=WORD, place=community, check_ins=[member.pk], due_at=at + timedelta(days=1), by=SYSTEM, at=at
    )
    kept = publish_list(kind="offers", place=community, lines=[Line(WORD)], by=SYSTEM, at=at)
    proposal = propose_grids(community=community, by=SYSTEM, at=at)
    estate = Estate.objects.create(
        code=f"{code}-E07", community=community, path=community.path, name=WORD, created_at=at
    )
    theirs = world.actor("command")
    book = f"居村,楼栋\n{code},{WORD}楼\n".encode()
    taken = take_workbook(kind="buildings", name="a.csv", content=book, path=community.path, by=theirs, at=at)
    doors = {
        "desk:member": [member.pk], "desk:member_team": [team(world, community.path).pk], "desk:list": [kept.pk],
        "desk:talent_request": [asked.pk], "desk:grid_proposal": [proposal.pk], "desk:grid_proposal_map": [proposal.pk],
        "desk:estate": [estate.code], "desk:place_import": [taken.pk], "desk:place_import_errors": [taken.pk],
        "desk:grids": [code], "desk:building_new": [code], "desk:building_edit": [f"{code}-B001"], "desk:place": [code],
    }  # fmt: skip
    calls = [
        f"/members?place={code}", f"/grid-proposals/{proposal.pk}", f"/imports/{taken.pk}",
        f"/imports/{taken.pk}/errors", f"/places/{code}/buildings", f"/talents?place={code}&skill=medical",
        f"/talent-requests/{asked.pk}", f"/lists/{kept.pk}", f"/teams/{doors['desk:member_team'][0]}",
        f"/persons/{member.person_id}", f"/units/{code}.property", f"/persons?place={code}",
    ]  # fmt: skip
    client = Client()
    client.force_login(world.users[name])
    with time_machine.travel(at + timedelta(hours=1), tick=False):
        yield world, name, code, doors, calls, client


def test_by_every_page(nosy: Any) -> None:
    _world, _name, code, doors, _calls, client = nosy
    for route, arguments in doors.items():
        answer = client.get(reverse(route, args=arguments))
        assert answer.status_code in (403, 404), route
    for route, query in (
        ("desk:members", {}), ("desk:members", {"q": WORD}), ("desk:members", {"q": PHONE}),
        ("desk:members", {"place": code}), ("desk:teams", {}), ("desk:talents", {"skill": "medical"}),
        ("desk:talents", {"skill": "medical", "place": code}), ("desk:talent_requests", {}), ("desk:lists", {}),
        ("desk:place_checks", {}), ("desk:places", {"q": WORD}), ("desk:place_imports", {}),
    ):  # fmt: skip
        answer = client.get(reverse(route), query)
        said = answer.content.decode().replace(f'value="{WORD}"', "")  # what they asked for themselves
        assert WORD not in said, (route, query)
        assert str(doors["desk:member"][0]) not in said, (route, query)


def test_by_the_api(nosy: Any) -> None:
    world, name, _code, doors, calls, _client = nosy
    api = world.client(name)
    for call in calls:
        answer = api.get(f"/api/v1{call}")
        assert answer.status_code == 404 or answer.json()["items"] == [], call
    for listed in ("/members", "/teams", "/lists", "/talent-requests", "/grid-proposals", "/imports", "/persons"):
        assert WORD not in json.dumps(api.get(f"/api/v1{listed}", {"limit": 200}).json(), ensure_ascii=False), listed
    proposal = doors["desk:grid_proposal"][0]
    for step in ("accept", "reject", "adjust"):
        answer = api.post(f"/api/v1/grid-proposals/{proposal}/{step}", {"to": "0"}, content_type="application/json")
        assert answer.status_code == 404, step
