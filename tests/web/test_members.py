"""The pages about members: the form on the phone, the ledger on the desk, the captain's list, one's own data."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pingzhan.access.models import User
from pingzhan.core.sheets import write_workbook
from pingzhan.people import operations
from pingzhan.people.models import CheckIn, PersonSkill, RosterLine
from pingzhan.people.operations import CHECK_IN_COLUMNS
from tests.factories.members import PHONE, check_in, load_skills, team
from tests.factories.world import FAR, HOME, World

pytestmark = pytest.mark.django_db
FORM = {"name": "秦志愿", "phone": PHONE, "place": [HOME], "consent": "on", "slots": ["weekend"], "key": "k1"}


@pytest.fixture(autouse=True)
def _now(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=5), tick=False):
        yield


def pages(world: World, name: str = "") -> Client:
    client = Client()
    if name:
        client.force_login(world.users[name])
    return client


def own_pages(found: CheckIn) -> Client:
    found.refresh_from_db()
    assert found.person is not None
    client = Client()
    client.force_login(User.objects.get(pk=found.person.user_id))
    return client


def test_the_form_checks_in_once_and_tells_everybody_the_same(world: World) -> None:
    load_skills(world)
    client = pages(world)
    asked = client.get("/check-in/").content.decode()
    assert "医生" in asked
    first = client.post("/check-in/", FORM | {"skills": ["medical.nurse"]})
    again = client.post("/check-in/", FORM | {"key": "k2"})
    assert (first.status_code, first.url) == (again.status_code, again.url) == (303, "/check-in/done/")
    assert CheckIn.objects.get().skills == ["medical.nurse"]


def test_what_is_missing_is_said_and_nothing_typed_is_lost(world: World) -> None:
    sent = pages(world).post("/check-in/", FORM | {"consent": "", "wishes": "陪护老人"})
    assert sent.status_code == 422
    said = sent.content.decode()
    assert "没有同意就不能登记" in said
    assert "陪护老人" in said
    assert not CheckIn.objects.exists()


def test_all_that_is_missing_is_said_at_once(world: World) -> None:
    sent = pages(world).post("/check-in/", {"name": "", "phone": "123", "place": "", "home": "", "key": "k1"})
    said = sent.content.decode()
    for words in ("请填写姓名", "电话号码不正确", "请选择居住的街镇和居村", "没有同意就不能登记"):
        assert words in said


def test_what_cannot_be_undone_is_asked_about_first(world: World) -> None:
    found = check_in(world, to="joined")
    shown = own_pages(found).get("/mine/data/").content.decode()
    for act in ("leave", "forget"):
        dialog = f"{act}-{found.pk.hex}"
        assert f'data-confirm="{dialog}"' in shown
        assert f'id="{dialog}"' in shown


def test_skills_are_called_in_the_readers_language(world: World) -> None:
    load_skills(world)
    client = own_pages(check_in(world, to="joined", skills=("medical.nurse",)))
    client.cookies["language"] = "en"
    shown = client.get("/mine/data/").content.decode()
    assert "Nurse" in shown
    assert "护士" not in shown


def test_the_first_page_of_who_is_on_a_team_leads_there(world: World) -> None:
    assert 'href="/check-in/"' in pages(world, "resident").get("/").content.decode()
    shown = own_pages(check_in(world, to="joined")).get("/").content.decode()
    assert 'href="/mine/team/"' in shown
    assert "源园居委会第二梯队" in shown
    assert 'href="/check-in/"' not in shown


def test_an_address_that_may_be_several_places_is_asked_for(world: World) -> None:
    sent = pages(world).post("/check-in/", FORM | {"place": "", "home": "1号楼"})
    assert sent.status_code == 422
    assert f'value="{HOME}-B001"' in sent.content.decode()
    chosen = pages(world).post("/check-in/", FORM | {"place": "", "home": "1号楼", "choice": f"{HOME}-B001"})
    assert chosen.status_code == 303


def test_the_ledger_masks_and_its_cost_does_not_grow(world: World) -> None:
    load_skills(world)
    client = pages(world, "secretary")

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            answer = client.get("/desk/members/")
        assert answer.status_code == 200
        assert PHONE not in answer.content.decode()
        return len(found)

    check_in(world, to="joined", skills=("medical.nurse",), unit_name="某局")
    cost()  # what stays in memory for seconds is read
    few = cost()
    for number in range(8):
        check_in(world, phone=f"1001235{number:04d}", to="approved", skills=("trade.driving",))
    assert cost() == few
    assert few <= 12


def test_the_sheet_takes_every_step(world: World) -> None:
    made = team(world)
    found = check_in(world)
    client = pages(world, "secretary")
    address = f"/desk/members/{found.pk}/"
    for step, sent in (("approve", {}), ("contact", {"reached": "1", "note": "周末有空"}), ("join", {}), ("pause", {})):
        assert step in client.get(address).content.decode()
        assert client.post(f"{address}{step}/", sent).status_code == 302, step
    found.refresh_from_db()
    assert found.state == "paused"
    assert "周末有空" in client.get(address).content.decode()
    assert made.members.count() == 1


def test_a_step_that_is_late_tells_what_happened(world: World) -> None:
    found = check_in(world, to="approved")
    sent = pages(world, "secretary").post(f"/desk/members/{found.pk}/reject/", {"reason": "不住这里"})
    assert sent.status_code == 409
    assert "可能刚刚由他人处理过" in sent.content.decode()


def test_the_phone_opens_for_a_purpose_and_the_member_sees_who_looked(world: World) -> None:
    found = check_in(world, to="approved", home="源园1号楼101室")
    client = pages(world, "secretary")
    address = f"/desk/members/{found.pk}/"
    assert client.post(f"{address}open/", {"purpose": ""}).status_code == 422
    opened = client.post(f"{address}open/", {"purpose": "核实居住"}).content.decode()
    assert PHONE in opened
    assert "源园1号楼101室" in opened
    assert PHONE not in client.get(address).content.decode()
    said = own_pages(found).get("/mine/data/").content.decode()
    assert "核实居住" in said
    assert "沈书记" in said


def test_staff_enter_somebody_and_set_it_right(world: World) -> None:
    client = pages(world, "community_staff")
    made = client.post("/desk/members/new/", FORM | {"home": "源园居委会1号楼101室", "standing": "退役军人"})
    assert made.status_code == 302
    found = CheckIn.objects.get()
    assert found.source == "desk"
    address = f"/desk/members/{found.pk}/correct/"
    assert "101室" not in client.get(address).content.decode()
    assert client.post(address, {"name": "秦志远", "place": [HOME], "wishes": "开车"}).status_code == 302
    found.refresh_from_db()
    assert (found.name, found.wishes, found.home.open(), found.standing.open()) == (
        "秦志远", "开车", "源园居委会1号楼101室", "退役军人",
    )  # fmt: skip
    assert (
        client.post("/desk/members/new/", FORM | {"phone": "10012340009", "place": [FAR], "key": "k9"}).status_code
        == 403
    )


def workbook(rows: list[dict[str, str]]) -> SimpleUploadedFile:
    columns = [header for header in CHECK_IN_COLUMNS if header != "手机号"]
    cells = [[row.get(CHECK_IN_COLUMNS[header], "") for header in columns] for row in rows]
    return SimpleUploadedFile("a.xlsx", write_workbook("报到", columns, cells))


def test_a_workbook_is_tried_then_entered_once(world: World) -> None:
    load_skills(world)
    good = {
        "name": "秦",
        "phone": PHONE,
        "place": HOME,
        "consent": "是",
        "skills": "护士、驾驶",
        "slots": "周末和节假日",
    }
    rows = [
        good,
        good | {"phone": "10012340002", "consent": "否"},
        good | {"phone": "10012340003", "skills": "魔法"},
        good | {"phone": "10012340004", "place": FAR},
        good | {"name": "又是他"},
        good | {"phone": "12"},
    ]
    client = pages(world, "secretary")
    tried = client.post("/desk/members/import/", {"file": workbook(rows)})
    assert not CheckIn.objects.exists()
    said = tried.content.decode()
    for words in ("没有写明已征得本人同意", "魔法", "出现了两次", "电话号码不正确", "没有进行此操作的权限"):
        assert words in said
    for _ in range(2):
        client.post("/desk/members/import/", {"file": workbook(rows), "for_real": "1"})
    found = CheckIn.objects.get()
    assert (found.source, found.skills, found.slots) == ("workbook", ["medical.nurse", "trade.driving"], ["weekend"])
    assert client.post("/desk/members/import/", {}).status_code == 422
    assert client.get("/desk/members/template.xlsx").content[:2] == b"PK"


def test_a_roster_shows_who_has_not_checked_in_and_forgets_when_closed(world: World) -> None:
    check_in(world)
    client = pages(world, "secretary")
    file = SimpleUploadedFile("r.csv", f"姓名,手机\n秦志愿,{PHONE}\n韦新来,10012340077\n坏行,12\n".encode())
    made = client.post("/desk/members/rosters/", {"title": "某局转入", "file": file})
    said = client.get(made.url).content.decode()
    assert "韦新来" in said
    assert "秦志愿" not in said
    assert "10012340077" not in said
    for expected in ("已给 1 人发提醒", "没有要提醒的人"):
        assert expected in client.post(f"{made.url}remind/", follow=True).content.decode()
    assert client.post(f"{made.url}close/").status_code == 302
    assert not RosterLine.objects.exists()
    assert client.get(made.url).status_code == 404


def test_a_proof_is_noted_and_marked_when_it_expires(world: World) -> None:
    load_skills(world)
    found = check_in(world, to="approved", skills=("medical.nurse",))
    client, skill = pages(world, "secretary"), PersonSkill.objects.get()
    address = f"/desk/members/{found.pk}/"
    assert "未看证明" in client.get(address).content.decode()
    client.post(f"{address}skills/{skill.pk}/", {"proof": "护士执业证", "until": "2026-03-12"})
    assert "已看证明" in client.get(address).content.decode()
    with time_machine.travel(world.at + timedelta(days=9), tick=False):
        client = pages(world, "secretary")
        assert "证明已过期" in client.get(address).content.decode()


def test_a_proof_ends_with_its_day_where_the_people_are(world: World) -> None:
    """At 23:30 in Greenwich it is the next morning in Shanghai: on the member's sheet and on one's own page."""
    load_skills(world)
    found = check_in(world, to="joined", skills=("medical.nurse",))
    operations.prove_skill(
        skill=PersonSkill.objects.get(), proof="护士执业证", until=world.at.date(), path=world.path(HOME),
        by=world.actor("secretary"), at=world.at,
    )  # fmt: skip
    for hour, expected in ((15, "已看证明"), (23, "证明已过期")):
        with time_machine.travel(world.at.replace(hour=hour, minute=30), tick=False):
            assert expected in pages(world, "secretary").get(f"/desk/members/{found.pk}/").content.decode()
            assert expected in own_pages(found).get("/mine/data/").content.decode()


def captain(world: World) -> Client:
    """The captain of the home community, appointed by the secretary, on their phone."""
    found = check_in(world, phone="10012340100", name="于队长", to="joined")
    member = team(world).members.get(person__name="于队长")
    operations.place_member(member=member, post="captain", by=world.actor("secretary"), at=world.at)
    return own_pages(found)


def test_the_captain_sees_whom_to_call_and_nothing_else(world: World) -> None:
    client = captain(world)
    waiting = check_in(world, to="approved")
    submitted = check_in(world, phone="10012340003", name="未审")
    elsewhere = check_in(world, phone="10012340004", name="别处", place=FAR, to="approved")
    said = client.get("/field/team/").content.decode()
    assert "秦志愿" in said
    assert "未审" not in said
    assert "别处" not in said
    for hidden in (submitted, elsewhere):
        assert client.get(f"/field/team/{hidden.pk}/").status_code == 404
    for closed in ("/desk/", "/desk/members/", "/field/", "/field/report/", f"/desk/members/{waiting.pk}/"):
        assert client.get(closed).status_code == 404, closed
    assert client.get("/home/").url == "/field/team/"
    address = f"/field/team/{waiting.pk}/"
    assert PHONE not in client.get(address).content.decode()
    opened = client.post(address, {"act": "open", "purpose": "电话联系报到队员"}).content.decode()
    assert PHONE in opened
    assert client.post(address, {"act": "missed", "note": ""}).status_code == 422
    client.post(address, {"act": "missed", "note": "没有接"})
    client.post(address, {"act": "contact", "note": "周末有空"})
    client.post(address, {"act": "join"})
    waiting.refresh_from_db()
    assert waiting.state == "joined"


def test_a_captain_replaced_sees_nothing_any_more(world: World) -> None:
    client = captain(world)
    member = team(world).members.get(person__name="于队长")
    operations.place_member(member=member, post="member", by=world.actor("secretary"), at=world.at + timedelta(hours=4))
    assert client.get("/field/team/").status_code == 404


def test_ones_own_page_corrects_pauses_and_withdraws(world: World) -> None:
    load_skills(world)
    found = check_in(world, to="joined", home="源园1号楼101室", skills=("medical.nurse",))
    client = own_pages(found)
    said = client.get("/mine/data/").content.decode()
    assert "护士" in said
    assert "101室" not in said
    base = f"/mine/check-ins/{found.pk}/"
    client.post(f"{base}correct/", {"name": "秦志远", "place": [HOME], "skills": ["trade.driving"]})
    for act, state in (("pause", "paused"), ("resume", "joined")):
        client.post(f"{base}{act}/")
        found.refresh_from_db()
        assert found.state == state
    assert (found.name, found.skills) == ("秦志远", ["trade.driving"])
    stranger = pages(world, "resident")
    assert stranger.post(f"{base}leave/").status_code == 404
    assert client.post(f"{base}forget/", follow=True).status_code == 200
    found.refresh_from_db()
    assert (found.state, found.phone.open(), found.name) == ("left", "", "秦**")


def test_a_mobile_worker_reports_on_the_round_from_the_phone(world: World) -> None:
    pages(world).post("/check-in/mobile/", FORM | {"unit_name": "快送"})
    found = CheckIn.objects.get()
    operations.approve(check_in=found, by=world.actor("secretary"), at=world.at)
    client = own_pages(found)
    assert client.get("/home/").url == "/field/report/"
    for closed in ("/field/", "/desk/", "/field/team/", "/desk/members/"):
        assert client.get(closed).status_code == 404
    sent = client.post("/field/report/", {"text": "路灯不亮", "where": "list", "place": f"{HOME}-G001", "key": "m1"})
    assert sent.status_code == 303
    assert client.get(sent.url).status_code == 200
    outside = client.post("/field/report/", {"text": "路灯不亮", "where": "list", "place": f"{FAR}-G001", "key": "m2"})
    assert outside.status_code == 403


def test_the_api_goes_the_same_way(world: World) -> None:
    public = json.dumps({"name": "秦志愿", "phone": PHONE, "place": HOME, "consent": True, "slots": ["weekend"]})
    anybody, secretary = world.client(), world.client("secretary")

    def post(client: Client, url: str, body: Any, **headers: str) -> Any:
        return client.post(f"/api/v1{url}", body, content_type="application/json", headers=headers)

    made = post(anybody, "/check-ins", public)
    assert (made.status_code, made.json()) == (201, {"id": None, "state": "submitted"})
    assert post(anybody, "/check-ins", public).json() == made.json()
    row = secretary.get("/api/v1/members").json()["items"][0]
    assert (row["phone"], row["state"]) == ("100****0001", "submitted")
    approved = post(secretary, f"/check-ins/{row['id']}/approve", "{}", **{"Idempotency-Key": "a", "If-Match": '"v1"'})
    again = post(secretary, f"/check-ins/{row['id']}/approve", "{}", **{"Idempotency-Key": "a", "If-Match": '"v1"'})
    assert approved.json() == again.json()
    assert approved.json()["contact_due_at"]
    stale = post(secretary, f"/check-ins/{row['id']}/contact", "{}", **{"If-Match": '"v1"'})
    assert stale.status_code == 412
    assert post(secretary, f"/check-ins/{row['id']}/reject", '{"reason": "x"}').status_code == 409
    made_team = team(world)
    assert post(secretary, f"/check-ins/{row['id']}/contact", '{"note": "好"}').json()["state"] == "contacted"
    assert post(secretary, f"/check-ins/{row['id']}/join", "{}").json()["state"] == "joined"
    shown = secretary.get(f"/api/v1/teams/{made_team.pk}").json()
    assert [one["name"] for one in shown["others"]] == ["秦志愿"]
    assert secretary.get("/api/v1/teams").json()["items"][0]["count"] == 1
    for name in ("far_secretary", "near_secretary", "inspector", "resident"):
        other = world.client(name)
        assert other.get("/api/v1/members").json()["items"] == []
        assert other.get("/api/v1/teams").json()["items"] == []
        assert other.get(f"/api/v1/teams/{made_team.pk}").status_code == 404
        assert post(other, f"/check-ins/{row['id']}/approve", "{}").status_code == 404


def test_too_many_from_one_place_are_told_to_wait(world: World, settings: Any) -> None:
    settings.FLOOD_REPORTS_PER_MINUTE = 2
    client = pages(world)
    codes = [
        client.post("/check-in/", FORM | {"phone": f"1001236{n:04d}", "key": f"f{n}"}).status_code for n in range(3)
    ]
    assert codes == [303, 303, 429]
