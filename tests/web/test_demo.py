"""The demo's doors: there in a demo, and nowhere else."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pingzhan.access import operations as access
from pingzhan.access.actors import SYSTEM
from pingzhan.access.models import User
from pingzhan.demo.accounts import ACCOUNTS, enter_token
from tests.factories.world import DISTRICT, HOME, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def demo(world: World, settings: Any) -> World:
    """A demo with an account in some roles, under the demo's own user names."""
    settings.DEMO = True
    for username, role, place in (("inspector", "inspector", DISTRICT), ("staff", "community_staff", HOME)):
        user = world.users.get(username) or access.create_user(username=username, name="何干事", by=SYSTEM, at=world.at)
        access.grant(user=user, role=role, path=world.path(place), by=SYSTEM, at=world.at)
    return world


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_one_card_a_role_says_what_to_try_and_signs_in(demo: World, language: str) -> None:
    visitor = Client()
    visitor.cookies["language"] = language
    shown = visitor.get(reverse("demo:index"))
    assert shown.status_code == 200
    assert shown.content.decode().count("/demo/enter/") == len({"inspector", "secretary", "staff", "command"})
    answer = visitor.get(reverse("demo:enter", args=[enter_token("staff")]))
    assert answer.url == "/home/"
    assert visitor.get("/home/").url == "/desk/"
    assert visitor.get("/desk/").status_code == 200


def test_every_account_of_the_demo_has_its_card(demo: World) -> None:
    """Also of those who hold a second role: the card is that of the account's own."""
    for username, (role, _label) in ACCOUNTS.items():
        known = User.objects.filter(username=username).first()
        user = known or access.create_user(username=username, name=username, by=SYSTEM, at=demo.at)
        unit = demo.units[f"{HOME}.property"].pk
        for held in (role, "resident"):
            access.grant(user=user, role=held, path=demo.path(HOME), unit_id=unit, by=SYSTEM, at=demo.at)
    shown = Client().get(reverse("demo:index"))
    assert shown.status_code == 200
    assert shown.content.decode().count("/demo/enter/") == len(ACCOUNTS)


def test_the_messages_that_a_gateway_would_have_sent_are_read_there(demo: World) -> None:
    empty = Client().get(reverse("demo:messages"))
    assert "还没有短信" in empty.content.decode()
    matter = demo.report("楼道漏水", contact_phone="13800001234")
    shown = Client().get(reverse("demo:messages")).content.decode()
    assert matter.query_code in shown
    assert "13800001234" in shown


def test_a_link_that_is_forged_leads_nowhere(demo: World) -> None:
    for token in ("nonsense", enter_token("staff")[:-1], enter_token("nobody")):
        assert Client().get(reverse("demo:enter", args=[token])).status_code == 404
    assert "nobody" not in ACCOUNTS


def test_without_a_demo_there_is_no_such_door(world: World) -> None:
    enter = reverse("demo:enter", args=[enter_token("secretary")])
    for address in (reverse("demo:index"), reverse("demo:messages"), enter):
        assert Client().get(address).status_code == 404
