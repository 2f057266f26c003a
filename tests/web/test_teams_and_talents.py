"""The pages of teams, of the talent pool and of the lists; and a member's own page with what they are asked for."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from pingzhan.people import operations
from pingzhan.people.models import ListVersion, TalentAsk, TalentRequest, Team, TeamMember
from tests.factories.members import check_in, load_skills, team
from tests.factories.world import FAR, HOME, HOME_STREET, NEAR, World
from tests.web.test_members import own_pages, pages

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=5), tick=False):
        yield


def test_a_team_is_set_up_divided_and_led(world: World) -> None:
    client = pages(world, "secretary")
    assert "还没有队伍" in client.get("/desk/teams/").content.decode()
    assert client.post("/desk/teams/", {"place": FAR, "name": "别人的"}).status_code == 404
    made = client.post("/desk/teams/", {"place": HOME, "name": "源园第二梯队"})
    found = Team.objects.get()
    assert made.url == f"/desk/teams/{found.pk}/"
    check_in(world, to="joined")
    check_in(world, phone="10012340002", name="于热心", to="joined")
    captain, other = TeamMember.objects.order_by("pk")
    client.post(f"{made.url}group/", {"name": "医疗组", "focus": "skill"})
    assert client.post(f"{made.url}group/", {"name": "医疗组", "focus": "skill"}).status_code == 422
    client.post(f"{made.url}post/", {"member": captain.pk, "post": "captain"})
    assert client.post(f"{made.url}post/", {"member": other.pk, "post": "captain"}).status_code == 409
    nomination = {"nominee": other.pk, "for_post": "vice_captain", "way": "mass", "supporters": "12"}
    client.post(f"{made.url}nominate/", nomination)
    said = client.get(made.url).content.decode()
    assert "12 人推荐" in said
    assert "医疗组" in said
    assert "10012340002" not in said
    client.post(f"{made.url}decide/", {"nomination": found.nominations.get().pk, "appoint": "1"})
    other.refresh_from_db()
    assert other.post == "vice_captain"
    assert pages(world, "community_staff").post(f"{made.url}group/", {"name": "x", "focus": "time"}).status_code == 404
    assert pages(world, "far_secretary").get(made.url).status_code == 404


def test_somebody_is_found_asked_and_answers_on_the_phone(world: World) -> None:
    load_skills(world)
    near = check_in(world, to="joined", skills=("medical.nurse",), slots=("weekend",))
    check_in(world, phone="10012340002", name="邻村的", place=NEAR, to="joined", skills=("medical.nurse",))
    client = pages(world, "secretary")
    asked = {"skill": "medical.nurse", "slot": "weekend", "place": f"{HOME}-G001"}
    said = client.get("/desk/talents/", asked).content.decode()
    for words in ("秦志愿", "周末和节假日有空", "离这里约", "还没有看过证明"):
        assert words in said
    assert "邻村的" not in said
    assert client.post("/desk/talents/", asked | {"text": "陪护", "hours": "24"}).status_code == 422
    made = client.post("/desk/talents/", asked | {"text": "周六陪护", "hours": "24", "chosen": [str(near.pk)]})
    assert made.url == f"/desk/talents/requests/{TalentRequest.objects.get().pk}/"
    phone = own_pages(near)
    assert "周六陪护" in phone.get("/mine/team/").content.decode()
    answer = f"/mine/asks/{TalentAsk.objects.get().pk}/"
    assert pages(world, "resident").post(answer, {"accept": "1"}).status_code == 404
    assert phone.post(answer, {"accept": "1", "note": "我开车去"}).status_code == 303
    said = client.get(made.url).content.decode()
    assert "我开车去" in said
    assert "答应了" in said
    assert "周六陪护" in client.get("/desk/talents/requests/").content.decode()
    assert pages(world, "far_secretary").get(made.url).status_code == 404
    with time_machine.travel(world.at + timedelta(days=3), tick=False):
        assert own_pages(near).post(answer, {"accept": "0"}).status_code == 409


def test_lists_are_written_in_versions(world: World) -> None:
    client = pages(world, "street_secretary")
    assert "还没有发布过" in client.get("/desk/lists/").content.decode()
    address = "/desk/lists/pass_down/"
    assert client.get(address, {"place": HOME_STREET}).status_code == 200
    made = client.post(address, {"place": HOME_STREET, "codes": ["property", "neighbour.quarrel"]})
    said = client.get(made.url).content.decode()
    assert "物业管理" in said
    assert client.post(address, {"place": HOME_STREET, "codes": ["nothing"]}).status_code == 422
    powers = client.post(
        "/desk/lists/powers/", {"place": HOME_STREET, "lines": "邻里纠纷调解｜标的 1 万元以内\n\n楼道堆物劝离"}
    )
    assert [(item.name, item.limits) for item in ListVersion.objects.get(kind="powers").items.order_by("position")] == [
        ("邻里纠纷调解", "标的 1 万元以内"), ("楼道堆物劝离", ""),
    ]  # fmt: skip
    assert "邻里纠纷调解" in client.get("/desk/lists/powers/", {"place": HOME_STREET}).content.decode()
    reader = pages(world, "community_staff")
    assert reader.get(powers.url).status_code == 200
    assert reader.get(address, {"place": HOME_STREET}).status_code == 404
    assert pages(world, "far_street_secretary").get(powers.url).status_code == 404


def test_bulk_dispatch_leaves_out_what_the_list_forbids_and_says_why(world: World) -> None:
    operations.publish_list(
        kind="pass_down", place=world.places[HOME_STREET], lines=[operations.Line("物业管理", "property")],
        by=world.actor("street_secretary"), at=world.at,
    )  # fmt: skip
    matter = world.matter(text="有人吵架", to="accepted")  # by rule the committee's
    client = Client()
    client.force_login(world.users["street_staff"])
    sent = client.post("/desk/bulk/", {"step": "dispatch", "numbers": [matter.number], "list": "all=1"}, follow=True)
    assert "下沉准入清单" in sent.content.decode()
    matter.refresh_from_db()
    assert matter.status == "accepted"


def test_a_member_without_team_is_told_what_to_do(world: World) -> None:
    assert "您还没有编入队伍" in pages(world, "resident").get("/mine/team/").content.decode()
    found = check_in(world, to="joined")
    said = own_pages(found).get("/mine/team/").content.decode()
    assert team(world).name in said
