"""Units, persons and offices written by the API; talents and lists."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pingzhan.access.actors import SYSTEM
from pingzhan.core.models import Message
from pingzhan.journal.queries import openings_of
from pingzhan.people.models import Appointment, Person, TalentAsk
from pingzhan.people.operations import change_person, create_person, load_trainings
from tests.api.test_ground import send
from tests.factories.members import actor_of, check_in, load_skills
from tests.factories.people import somebody
from tests.factories.world import DISTRICT, FAR, HOME, HOME_STREET

pytestmark = pytest.mark.django_db


def test_a_unit_is_entered_changed_once_and_ended(world):
    api = world.client("secretary")
    facts = {"name": "兰溪物业", "kind": "property", "place": HOME}
    made = send(api, "POST", "/units", code=f"{HOME}.lanxi", **facts)
    assert made.status_code == 201
    url = f"/units/{HOME}.lanxi"
    tag = api.get(f"/api/v1{url}").json()["version"]
    changed = api.put(
        f"/api/v1{url}", facts | {"phone": "02100000000"}, content_type="application/json",
        headers={"If-Match": f'"v{tag}"'},
    )  # fmt: skip
    assert (changed.status_code, changed.json()["phone"], changed["ETag"]) == (200, "02100000000", f'"v{tag + 1}"')
    stale = api.put(f"/api/v1{url}", facts, content_type="application/json", headers={"If-Match": f'"v{tag}"'})
    assert stale.status_code == 412
    assert "事项" not in stale.json()["detail"]  # it is a unit
    assert send(api, "POST", "/units", code=f"{HOME}.lanxi", **facts).status_code == 422
    assert send(api, "PUT", url, **facts | {"place": FAR}).status_code == 404
    assert send(api, "POST", f"{url}/end", reason="合同到期").json()["until"]


def test_a_person_is_entered_once_and_the_phone_opens_on_record(world):
    api = world.client("secretary")
    said = {"name": "新来的人", "phone": "10000066666", "place": HOME}
    made = send(api, "POST", "/persons", **said)
    assert made.status_code == 201
    assert send(api, "POST", "/persons", **said).status_code == 200
    assert Person.objects.filter(name="新来的人").count() == 1
    url = f"/persons/{made.json()['id']}"
    assert "10000066666" not in made.content.decode()
    opened = send(api, "POST", f"{url}/phone", purpose="核实到岗情况")
    assert (opened.json(), opened["Cache-Control"]) == ({"phone": "10000066666"}, "no-store")
    assert openings_of("person", Person.objects.get(name="新来的人").pk).count() == 1
    assert send(api, "PATCH", url, name="改名的人", place=f"{HOME}-G001").json()["place"] == f"{HOME}-G001"
    assert [row["name"] for row in api.get("/api/v1/persons", {"q": "gmdr"}).json()["items"]] == ["改名的人"]


def test_phones_are_confirmed_by_who_called_and_by_their_owners(world):
    api, old = world.client("secretary"), world.at - timedelta(days=200)
    person = create_person(name="久未联系", phone="10000066667", place=world.places[HOME], by=SYSTEM, at=old)
    create_person(name="刚联系过", phone="10000066668", place=world.places[HOME], by=SYSTEM, at=timezone.now())

    def listed():
        rows = api.get("/api/v1/persons", {"place": HOME, "unconfirmed_days": 180}).json()["items"]
        return [row["name"] for row in rows]

    assert listed() == ["久未联系"]
    assert send(api, "POST", "/persons/confirm-contacts", persons=[str(person.pk)]).json() == {"confirmed": 1}
    assert listed() == []
    assert api.get(f"/api/v1/persons/{person.pk}").json()["contact_confirmed_at"] > "2026"
    far = world.client("far_secretary")
    assert send(far, "POST", "/persons/confirm-contacts", persons=[str(person.pk)]).status_code == 404
    worker = Person.objects.get(user_id=world.users["grid_worker"].pk)
    own = world.client("grid_worker")
    assert send(own, "POST", "/me/confirm-contact").status_code == 422  # no phone on file
    change_person(person=worker, name=worker.name, phone="10000066669", by=SYSTEM, at=old)
    assert send(own, "POST", "/me/confirm-contact").json()["phone"] == "100****6669"
    assert Person.objects.get(pk=worker.pk).contact_confirmed_at > old
    assert send(world.client("resident"), "POST", "/me/confirm-contact").status_code == 404


def test_a_session_is_entered_and_one_of_it_withdrawn(world):
    load_trainings(by=SYSTEM, at=world.at)
    api = world.client("community_staff")
    assert {"code": "flood", "name": "防汛", "months": 12} in world.client().get("/api/v1/trainings").json()
    persons = [str(somebody(world, f"受训{n}").pk) for n in range(2)]
    said = {"persons": persons, "on": world.at.date().isoformat()}
    assert send(api, "POST", "/trainings/flood/participants", **said).json() == {"entered": 2}
    assert send(api, "POST", "/trainings/flood/participants", **said).json() == {"entered": 0}
    (row,) = api.get(f"/api/v1/persons/{persons[0]}").json()["trainings"]
    assert (row["training"], row["name"], row["on"]) == ("flood", "防汛", said["on"])
    assert send(api, "POST", "/trainings/nothing/participants", **said).status_code == 404
    assert send(api, "POST", "/trainings/flood/participants", **said | {"on": "2999-01-01"}).status_code == 422
    assert send(api, "POST", f"/person-trainings/{row['id']}/withdraw").status_code == 200
    assert api.get(f"/api/v1/persons/{persons[0]}").json()["trainings"] == []


def test_persons_of_others_are_in_no_list(world):
    person = somebody(world, "远方来客", place=FAR)
    api = world.client("secretary")
    for asked in ({}, {"q": "远方"}, {"q": "yflk"}):
        assert str(person.pk) not in api.get("/api/v1/persons", {"limit": 200, **asked}).content.decode()
    assert api.get("/api/v1/persons", {"place": FAR}).status_code == 404
    assert api.get(f"/api/v1/persons/{person.pk}").status_code == 404
    assert world.client("resident").get("/api/v1/persons").json()["items"] == []


def test_an_office_is_given_passed_on_and_ended(world):
    api = world.client("secretary")
    one, other = somebody(world, "甲楼长"), somebody(world, "乙楼长")
    said = {"role": "building_leader", "kind": "online", "place": f"{HOME}-B001"}
    made = send(api, "POST", "/appointments", person=str(one.pk), **said)
    assert made.status_code == 201
    assert send(api, "POST", "/appointments", person=str(other.pk), **said).status_code == 409
    passed = send(api, "POST", f"/appointments/{made.json()['id']}/succeed", person=str(other.pk), reason="搬走")
    assert (passed.status_code, passed.json()["person"]["name"]) == (201, "乙楼长")
    ended = send(api, "POST", f"/appointments/{passed.json()['id']}/dismiss", reason="搬走")
    assert ended.json()["until"]
    assert not Appointment.objects.filter(place__code=f"{HOME}-B001", kind="online", until__isnull=True).exists()
    history = api.get(f"/api/v1/persons/{one.pk}").json()["history"]
    assert [(row["role"], bool(row["until"])) for row in history] == [("building_leader", True)]
    stranger = somebody(world, "外人", place=FAR)
    assert send(api, "POST", "/appointments", person=str(stranger.pk), **said).status_code == 422


def test_somebody_with_the_skill_is_found_asked_and_answers(world):
    load_skills(world)
    member = check_in(world, skills=("medical.nurse",), slots=("weekend",), to="joined")
    check_in(world, name="远处的护士", phone="10012340009", place=f"{FAR}-B001", skills=("medical.nurse",), to="joined")
    api = world.client("secretary")
    asked = {"place": HOME, "skill": "medical", "slot": "weekend"}
    found = api.get("/api/v1/talents", asked).json()
    assert ([row["check_in"] for row in found["items"]], found["total"]) == ([str(member.pk)], 1)
    assert {reason["kind"] for reason in found["items"][0]["reasons"]} >= {"unproved", "in_time"}
    before = Message.objects.count()
    body = {
        "text": "周末帮老人量血压", "place": HOME, "check_ins": [str(member.pk)], "due_at": "2026-03-12T10:00:00+08:00",
        "skill": "medical.nurse",
    }  # fmt: skip
    made = send(api, "POST", "/talent-requests", key="t", **body)
    assert (made.status_code, made.json()["waiting"]) == (201, 1)
    assert send(api, "POST", "/talent-requests", key="t", **body).json()["id"] == made.json()["id"]
    assert Message.objects.count() == before + 1
    ask = TalentAsk.objects.get()
    assert actor_of(member, world.at).user_id == ask.person.user_id
    assert send(api, "POST", f"/talent-asks/{ask.pk}/answer", accept=True).status_code == 404, "the person's own"
    assert world.client("near_secretary").get("/api/v1/talent-requests").json()["items"] == []
    assert api.get("/api/v1/talent-requests").json()["items"][0]["id"] == made.json()["id"]
    groups = world.client().get("/api/v1/skills").json()
    assert {"medical", "medical.nurse"} <= {row["code"] for row in groups}


def test_a_list_is_published_in_versions_and_read_below(world):
    street, community = world.client("street_secretary"), world.client("secretary")
    body = {"kind": "pass_down", "place": HOME_STREET, "items": [{"code": "property"}]}
    first = send(street, "POST", "/lists", **body)
    assert (first.status_code, first.json()["number"]) == (201, 1)
    assert first.json()["items"][0]["name"]
    unknown = send(street, "POST", "/lists", **body | {"items": [{"code": "property"}, {"code": "mars"}]})
    assert (unknown.status_code, unknown.json()["errors"][0]["loc"]) == (422, ["body", "items", 1, "code"])
    second = send(street, "POST", "/lists", **body)
    assert second.json()["number"] == 2
    assert [row["id"] for row in community.get("/api/v1/lists").json()["items"]] == [second.json()["id"]]
    assert community.get(f"/api/v1/lists/{first.json()['id']}").json()["until"]
    assert world.client("far_street_secretary").get("/api/v1/lists").json()["items"] == []
    assert send(community, "POST", "/lists", **body).status_code == 404
    assert send(street, "POST", "/lists", **body | {"place": DISTRICT}).status_code == 404


def test_of_somebody_who_is_filed_elsewhere_nothing_more_is_told(world):
    said = {"name": "别处的人", "phone": "10000077777"}
    made = send(world.client("far_secretary"), "POST", "/persons", **said, place=FAR)
    assert made.status_code == 201
    known = send(world.client("secretary"), "POST", "/persons", **said, place=HOME)
    assert known.status_code == 200
    told = known.json()
    assert (told["id"], told["place"], told["offices"], told["history"]) == (made.json()["id"], None, [], [])
    assert FAR not in known.content.decode()


def test_a_unit_tells_the_version_that_a_change_is_made_to(world):
    api = world.client("secretary")
    unit = api.get(f"/api/v1/units/{HOME}.property")
    assert unit["ETag"] == f'"v{unit.json()["version"]}"'
