"""The hint while reporting: nothing of others is shown but kind, day, progress and how near; following; merging."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pingzhan.matters.models import Following, Matter
from tests.factories.world import FAR, HOME, World

pytestmark = pytest.mark.django_db

LIFT = "3号楼电梯又坏了，王小明家老人下不了楼，电话10012345678"
SAME = "3号楼的电梯坏了两天没人修，老人没法下楼"


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        yield


def asked(text: str = SAME, place: str = f"{HOME}-G001") -> str:
    return Client().post(reverse("portal:similar"), {"text": text, "place": place, "where": "list"}).content.decode()


def test_the_hint_tells_of_the_trouble_and_of_nobody(world: World) -> None:
    matter = world.report(LIFT, contact_name="王小明", contact_phone="10012345678")
    shown = asked()
    assert "附近已有 1 件类似事项" in shown
    assert "待受理" in shown
    for secret in ("王小明", "10012345678", "电梯又坏", matter.number, matter.query_code, matter.title):
        assert secret not in shown


def test_there_is_no_hint_elsewhere_or_for_something_else_or_before_the_place_is_told(world: World) -> None:
    world.report(LIFT)
    for text, place in ((SAME, f"{FAR}-G001"), ("路灯不亮，晚上看不见路", f"{HOME}-G001"), (SAME, ""), ("电梯", HOME)):
        assert "similar" not in asked(text, place)


def test_one_follows_what_was_offered_and_nothing_else(world: World) -> None:
    world.report(LIFT)
    token = asked().partition('name="token" value="')[2].partition('"')[0]
    client = Client()
    answer = client.post(reverse("portal:follow"), {"token": token, "contact_phone": "10012340000"})
    assert "已关注" in answer.content.decode()
    following = Following.objects.get()
    assert following.phone.open() == "10012340000"
    for wrong in (token + "x", str(Matter.objects.get().pk)):  # told in words, on the page where it was pressed
        answer = client.post(reverse("portal:follow"), {"token": wrong})
        assert answer.context["gone"]
    assert client.post(reverse("portal:follow"), {"token": token, "contact_phone": "abc"}).status_code == 422


def test_anonymously_nothing_is_kept_but_the_count(world: World) -> None:
    world.report(LIFT)
    token = asked().partition('name="token" value="')[2].partition('"')[0]
    client = Client()
    client.force_login(world.users["resident"])
    client.post(reverse("portal:follow"), {"token": token, "anonymous": "on", "contact_phone": "10012340000"})
    following = Following.objects.get()
    assert (following.user_id, following.phone_index, following.phone.open()) == (None, None, "")


def test_the_desk_offers_to_merge_with_what_is_alike(world: World) -> None:
    into, matter = world.report(LIFT), world.report(SAME)
    client = Client()
    client.force_login(world.users["secretary"])
    sheet = client.get(reverse("desk:sheet", args=[matter.number])).content.decode()
    assert "附近类似的事项" in sheet
    said = {"into": into.number, "version": matter.version}
    client.post(reverse("desk:step", args=[matter.number, "merge"]), said)
    matter.refresh_from_db()
    assert (matter.status, matter.merged_into_id) == ("merged", into.pk)
