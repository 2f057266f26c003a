"""The desk's pages for personal data: the draft of a notice, hiding words of a report, seeing the first wording."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.factories.world import World

pytestmark = pytest.mark.django_db

TEXT = "楼上5栋402住户王小明天天跳绳，电话10012345678，胡书记知道"


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        yield


def desk(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.users[name])
    return client


def test_the_draft_of_a_notice_shows_what_was_hidden_and_what_is_doubtful(world: World) -> None:
    matter = world.matter(text=TEXT, to="rated")
    page = desk(world, "secretary").get(reverse("desk:sheet", args=[matter.number])).content.decode()
    assert '<mark class="marked-hidden">10012345678<small>电话</small></mark>' in page
    assert '<mark class="marked-doubt">胡书记' in page
    draft = page.split('name="text"')[1].split("</textarea>")[0]
    assert "10012345678" not in draft
    assert "王小明" not in draft


def test_words_are_hidden_and_seen_again_for_a_purpose(world: World) -> None:
    matter = world.report(TEXT)
    client = desk(world, "secretary")
    sheet = reverse("desk:sheet", args=[matter.number])
    said = {"text": "楼上住户天天跳绳", "reason": "写了姓名电话"}
    answer = client.post(reverse("desk:redact", args=[matter.number]), said, follow=True)
    assert answer.redirect_chain[-1][0] == sheet
    page = client.get(sheet).content.decode()
    assert "楼上住户天天跳绳" in page
    assert "王小明" not in page
    inspector = desk(world, "inspector").get(sheet).content.decode()
    assert "王小明" not in inspector
    assert reverse("desk:original", args=[matter.number]) not in inspector
    opened = client.post(reverse("desk:original", args=[matter.number]), {"purpose": "核实是哪一户"}).content.decode()
    assert "王小明" in opened


def test_what_is_missing_is_said_and_what_was_typed_is_kept(world: World) -> None:
    matter = world.report(TEXT)
    answer = desk(world, "secretary").post(
        reverse("desk:redact", args=[matter.number]), {"text": "我改过的话", "reason": ""}
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "请写明隐去的理由" in page
    assert "我改过的话" in page
