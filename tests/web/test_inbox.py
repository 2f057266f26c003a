"""The inbox on each face: how many are unread, what they say, where they lead, and that nobody reads another's."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pingzhan.core.models import Message
from pingzhan.core.outbox import delayed, inbox, inbox_page, mark_read, queue, queue_many, unread_count, withdraw
from tests.factories.world import HOME, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=12), tick=False):
        yield


def tell(world: World, name: str, *texts: str, template: str = "matter.urge") -> None:
    for second, text in enumerate(texts):
        queue_many([(world.users[name].pk, text)], at=world.at + timedelta(seconds=second), template=template)


def test_the_bell_counts_what_is_unread_on_every_face(world: World, sign_in: Callable[[str], Client]) -> None:
    tell(world, "secretary", "一", "二")
    client = sign_in("secretary")
    for page, box in (("/desk/", "/desk/messages/"), ("/field/me/", "/field/messages/"), ("/", "/mine/messages/")):
        shown = client.get(page).content.decode()
        assert f'href="{box}"' in shown
        assert "消息，2 条未读" in shown
    assert "条未读" not in sign_in("grid_worker").get("/field/").content.decode()
    assert "messages/" not in Client().get("/").content.decode()


def test_a_message_leads_to_its_matter_and_is_read_by_opening_it(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    matter = world.matter(to="in_progress")
    tell(world, "grid_worker", f"事项 {matter.number} 有人催办，请抓紧。")
    client = sign_in("grid_worker")
    shown = client.get("/field/messages/?unread=1").content.decode()
    assert f'href="/field/matters/{matter.number}/"' in shown
    assert matter.title in shown
    message = inbox(world.users["grid_worker"].pk)[0]
    went = client.post("/field/messages/read/", {"message": str(message.id)})
    assert went["Location"] == f"/field/matters/{matter.number}/"
    assert "没有未读的消息" in client.get("/field/messages/?unread=1").content.decode()
    assert matter.number in client.get("/field/messages/").content.decode()


def test_a_matter_that_the_reader_may_not_open_is_no_link_and_says_nothing_more(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    matter = world.report(place=f"{HOME}-G002")  # next to the grid worker's grid
    tell(world, "grid_worker", f"事项 {matter.number} 有人催办，请抓紧。")
    client = sign_in("grid_worker")
    shown = client.get("/field/messages/").content.decode()
    assert matter.number in shown
    assert matter.title not in shown
    assert f"/field/matters/{matter.number}/" not in shown
    message = inbox(world.users["grid_worker"].pk)[0]
    assert client.post("/field/messages/read/", {"message": str(message.id)})["Location"] == "/field/messages/"


def test_all_at_once_and_never_anothers(world: World, sign_in: Callable[[str], Client]) -> None:
    tell(world, "secretary", "一", "二")
    tell(world, "grid_worker", "别人的")
    others = inbox(world.users["grid_worker"].pk)[0]
    client = sign_in("secretary")
    assert "别人的" not in client.get("/desk/messages/").content.decode()
    assert client.post("/desk/messages/read/", {"message": str(others.id)})["Location"] == "/desk/messages/"
    assert client.post("/desk/messages/read/", {"message": "x"}).status_code == 302
    assert client.post("/desk/messages/read/", {}).status_code == 302
    assert unread_count(world.users["secretary"].pk) == 0
    assert unread_count(world.users["grid_worker"].pk) == 1


def test_what_was_taken_back_or_goes_by_phone_is_not_in_the_inbox(world: World) -> None:
    user = world.users["resident"].pk
    with delayed(timedelta(minutes=1)) as made:
        queue(channel="inbox", to="", to_user=user, text="撤回的", at=world.at)
    withdraw(made)
    queue(channel="sms", to="10000000001", to_user=user, text="短信", at=world.at)
    assert inbox_page(user).items == []
    assert unread_count(user) == 0


def test_what_comes_after_is_not_read_by_marking_all(world: World) -> None:
    user = world.users["secretary"].pk
    tell(world, "secretary", "早的")
    queue_many([(user, "晚的")], at=world.at + timedelta(minutes=5), template="matter.urge")
    assert mark_read(user, at=world.at + timedelta(minutes=1)) == 1
    assert [bool(one.read_at) for one in inbox(user)] == [False, True]
    before = Message.objects.get(read_at__isnull=False).read_at
    assert mark_read(user, at=world.at + timedelta(minutes=2), ids=[Message.objects.get(read_at__isnull=False).pk]) == 0
    assert Message.objects.get(read_at__isnull=False).read_at == before


def test_pages_cost_the_same_whatever_their_length(world: World, sign_in: Callable[[str], Client]) -> None:
    client = sign_in("secretary")
    tell(world, "secretary", "一")

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get("/desk/messages/").status_code == 200
        return len(found)

    count()
    few = count()
    tell(world, "secretary", *map(str, range(30)))
    assert count() == few
    user = world.users["secretary"].pk
    first = inbox_page(user, limit=20)
    rest = inbox_page(user, limit=20, after=first.next)
    assert (len(first.items), len(rest.items), rest.next) == (20, 11, None)


def test_by_the_api(world: World) -> None:
    tell(world, "secretary", "一", "二")
    client = world.client("secretary")
    listed = client.get("/api/v1/me/messages?limit=1").json()
    assert [(one["text"], one["occasion"], one["read_at"]) for one in listed["items"]] == [("二", "matter.urge", None)]
    assert [one["text"] for one in client.get("/api/v1/me/messages", {"after": listed["next"]}).json()["items"]] == [
        "一"
    ]
    said = client.post("/api/v1/me/messages/read", {"ids": [listed["items"][0]["id"]]}, content_type="application/json")
    assert said.json() == {"read": 1, "unread": 1}
    assert [one["text"] for one in client.get("/api/v1/me/messages?unread=true").json()["items"]] == ["一"]
    assert client.post("/api/v1/me/messages/read", {}, content_type="application/json").json() == {
        "read": 1,
        "unread": 0,
    }
