"""The pages of grid workers and building leaders: today's list, the next step, reporting on the spot."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image

from pingzhan.access.actors import SYSTEM
from pingzhan.access.operations import grant
from pingzhan.journal.models import Opening
from pingzhan.matters import operations
from pingzhan.matters.models import Attachment, Matter
from tests.factories.plans import SHORT, publish_plan
from tests.factories.stations import furnish
from tests.factories.world import HOME, HOME_STREET, NEAR, World
from tests.unit.response.test_switch import press

pytestmark = pytest.mark.django_db

QUARREL = "楼上楼下为拖椅子吵架，请来调解"  # what the community's committee handles itself


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    """Pages read the clock: here it is an hour after the world was made."""
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def worker(world: World) -> Client:
    return signed_in(world, "grid_worker")


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.users[name])
    return client


def page(response: Any) -> str:
    return response.content.decode()


def photo() -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (320, 240), "teal").save(file, "JPEG")
    file.seek(0)
    file.name = "IMG_0001.jpg"
    return file


def task(world: World, *, to: str = "dispatched", **more: Any) -> Matter:
    """A matter for the committee, which the grid worker belongs to."""
    return world.matter(to=to, text=QUARREL, **more)


def url(matter: Matter, step: str = "") -> str:
    return reverse("field:step", args=[matter.number, step]) if step else reverse("field:matter", args=[matter.number])


def take(client: Client, matter: Matter, step: str, **said: Any) -> Any:
    return client.post(url(matter, step), {"key": "k" * 24, **said})


# --- who may come in ------------------------------------------------------------------------------------------------

PAGES = ["field:today", "field:report", "field:done", "field:me"]


@pytest.mark.parametrize("name", PAGES)
def test_visitors_are_asked_to_sign_in(client: Client, name: str) -> None:
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response.url.startswith(settings.LOGIN_URL)


@pytest.mark.parametrize("name", PAGES)
def test_residents_find_nothing_here(world: World, name: str) -> None:
    assert signed_in(world, "resident").get(reverse(name)).status_code == 404


@pytest.mark.parametrize("name", ["far_grid_worker", "near_grid_worker"])
def test_matters_of_other_places_are_not_there(world: World, name: str) -> None:
    matter = task(world)
    client = signed_in(world, name)
    assert QUARREL not in page(client.get(reverse("field:today")))
    assert client.get(url(matter)).status_code == 404
    assert take(client, matter, "sign").status_code == 404
    assert client.post(reverse("field:contact", args=[matter.number]), {"purpose": "看看"}).status_code == 404
    matter.refresh_from_db()
    assert matter.status == "dispatched"


# --- today ----------------------------------------------------------------------------------------------------------


def test_today_shows_what_is_to_be_done_the_most_pressing_first(worker: Client, world: World) -> None:
    later = task(world, to="in_progress")
    sooner = task(world)  # to be signed within hours
    other = world.matter(to="dispatched", text="3号楼漏水")  # the property manager's
    shown = page(worker.get(reverse("field:today")))
    assert shown.index(sooner.number) < shown.index(later.number)
    assert other.number not in shown
    assert "1 件待签收" in shown


def test_what_is_late_is_marked_and_counted(worker: Client, world: World) -> None:
    task(world)
    with time_machine.travel(world.at + timedelta(days=4), tick=False):
        worker.force_login(world.users["grid_worker"])
        shown = page(worker.get(reverse("field:today")))
    assert "1 件逾期" in shown
    assert "已超" in shown


def test_an_empty_day_says_what_to_do(worker: Client) -> None:
    assert "随手上报" in page(worker.get(reverse("field:today")))


def test_building_leaders_see_what_is_open_in_their_building_and_only_look(world: World) -> None:
    leader = signed_in(world, "building_leader")
    mine = task(world, place=f"{HOME}-B001")
    other = task(world, place=f"{HOME}-B002")
    shown = page(leader.get(reverse("field:today")))
    assert mine.number in shown
    assert other.number not in shown
    shown = page(leader.get(url(mine)))
    assert QUARREL in shown
    assert "签收</button>" not in shown
    assert take(leader, mine, "sign").status_code == 403
    mine.refresh_from_db()
    assert mine.status == "dispatched"


# --- steps ----------------------------------------------------------------------------------------------------------


def test_a_visit_from_signing_to_done(worker: Client, world: World) -> None:
    matter = task(world)
    assert take(worker, matter, "sign", version=matter.version).url == url(matter)
    assert take(worker, matter, "progress", reply="已上门，双方愿意谈", pictures=[photo()]).status_code == 303
    matter.refresh_from_db()
    done = take(worker, matter, "complete", version=matter.version, result="双方签了调解书")
    assert done.url == reverse("field:today")
    matter.refresh_from_db()
    assert matter.status == "completed"
    assert Attachment.objects.get().step == "progress"
    assert matter.number in page(worker.get(reverse("field:done")))
    assert matter.number not in page(worker.get(reverse("field:today")))


def test_a_step_sent_twice_is_taken_once(worker: Client, world: World) -> None:
    matter = task(world)
    version = matter.version
    assert take(worker, matter, "sign", version=version).status_code == 303
    assert take(worker, matter, "sign", version=version).status_code == 303
    assert matter.clocks.filter(kind="sign").count() == 1


def test_not_ours_goes_back_with_the_reason(worker: Client, world: World) -> None:
    matter = task(world)
    missing = take(worker, matter, "return", reason="")
    assert missing.status_code == 422
    assert "请写明退回的理由" in page(missing)
    assert take(worker, matter, "return", reason="属于隔壁居委").status_code == 303
    matter.refresh_from_db()
    assert (matter.status, matter.returns) == ("accepted", 1)


def test_what_somebody_else_changed_meanwhile_is_told_and_the_words_stay(worker: Client, world: World) -> None:
    matter = task(world, to="in_progress")
    seen = matter.version
    operations.progress(
        matter=matter, by=world.actor("community_staff"), at=world.at + timedelta(minutes=30), note="我去过了"
    )
    response = take(worker, matter, "complete", version=seen, result="双方签了调解书")
    assert response.status_code == 412
    assert "双方签了调解书" in page(response)
    assert "我去过了" in page(response)
    matter.refresh_from_db()
    assert matter.status == "in_progress"


def test_words_for_a_step_that_is_gone_are_still_shown(worker: Client, world: World) -> None:
    matter = task(world, to="completed")
    response = take(worker, matter, "progress", reply="还差一户没谈")
    assert response.status_code == 409
    assert "还差一户没谈" in page(response)


def test_progress_without_anything_is_refused(worker: Client, world: World) -> None:
    matter = task(world, to="in_progress")
    assert take(worker, matter, "progress").status_code == 422
    assert take(worker, matter, "verify").status_code == 404


def test_the_address_of_a_step_opens_its_form(worker: Client, world: World) -> None:
    matter = task(world, to="in_progress")
    shown = page(worker.get(url(matter, "complete")))
    assert "确定办结" in shown
    assert shown.count('<details class="way" open') == 1


def test_calling_the_reporter_takes_a_purpose_and_is_on_record(worker: Client, world: World) -> None:
    matter = task(world, contact_name="陈女士", contact_phone="13800001234")
    contact = reverse("field:contact", args=[matter.number])
    assert "13800001234" not in page(worker.get(url(matter)))
    assert worker.post(contact, {"purpose": ""}).status_code == 422
    assert not Opening.objects.exists()
    shown = page(worker.post(contact, {"purpose": "约定上门时间"}))
    assert 'href="tel:13800001234"' in shown
    assert Opening.objects.get().purpose == "约定上门时间"
    assert "13800001234" not in page(worker.get(url(matter)))


# --- reporting ------------------------------------------------------------------------------------------------------


def report(client: Client, **more: Any) -> Any:
    said = {"key": "r" * 24, "text": QUARREL, "place": ["", f"{HOME}-G001"], **more}
    return client.post(reverse("field:report"), said)


def test_what_is_seen_on_a_round_becomes_a_matter(worker: Client, world: World) -> None:
    lon, lat = world.point()
    response = report(worker, place="", lon=str(lon), lat=str(lat), urgency="urgent", pictures=[photo()])
    matter = Matter.objects.get()
    assert response.url == url(matter)
    assert (matter.source, matter.urgency, matter.place.code) == ("field", "urgent", f"{HOME}-G001")
    assert matter.reporter_id is None
    assert matter.number in page(worker.get(response.url))
    report(worker, place="", lon=str(lon), lat=str(lat), urgency="urgent", pictures=[photo()])
    assert Matter.objects.count() == 1


def test_the_worker_can_enter_what_a_resident_told(worker: Client) -> None:
    report(worker, contact_name="陈女士", contact_phone="13800001234")
    assert Matter.objects.get().contact_phone.open() == "13800001234"


def test_reporting_outside_of_ones_own_place_is_refused_and_keeps_the_words(worker: Client) -> None:
    response = report(worker, place=["", f"{NEAR}-G001"])
    assert response.status_code == 403
    assert QUARREL in page(response)
    assert "这个位置不在您的工作范围内" in page(response)
    assert not Matter.objects.exists()


def test_an_address_that_nobody_knows_is_reported_in_ones_own_grid(worker: Client) -> None:
    response = report(worker, place="", address="彩虹桥下面第三个桥墩")
    assert response.status_code == 303
    matter = Matter.objects.get()
    assert (matter.place.code, matter.address) == (f"{HOME}-G001", "彩虹桥下面第三个桥墩")


def test_of_what_an_address_may_mean_ones_own_area_is_offered(worker: Client) -> None:
    response = report(worker, place="", address="1号楼")
    assert response.status_code == 422
    offered = re.findall(r'name="choice"[^>]*value="([^"]+)"', page(response))
    assert offered == [f"{HOME}-B001", f"{HOME}-G001"]  # and, if it is none of them, the own grid


def test_building_leaders_report_for_their_building(world: World) -> None:
    leader = signed_in(world, "building_leader")
    assert f'<option value="{HOME}-B001" selected' in page(leader.get(reverse("field:report")))
    response = report(leader, place=["", f"{HOME}-B001"])
    assert response.status_code == 303
    assert Matter.objects.get().place.code == f"{HOME}-B001"


def test_those_who_only_look_have_no_report_page(world: World) -> None:
    assert signed_in(world, "inspector").get(reverse("field:report")).status_code == 404


# --- what holds for all ---------------------------------------------------------------------------------------------


def test_the_lists_ask_the_database_as_often_however_long_they_are(
    worker: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    for to in ("dispatched", "in_progress", "completed", "fed_back"):
        for _ in range(3):
            task(world, to=to)
    for name in ("field:today", "field:done"):
        worker.get(reverse(name))
        with django_assert_max_num_queries(8):
            worker.get(reverse(name))


def test_a_matters_page_asks_the_database_as_often_however_long_its_story(
    worker: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    matter = task(world, to="in_progress")
    for minute in range(3):
        operations.progress(
            matter=matter, by=world.actor("grid_worker"), at=world.at + timedelta(minutes=10 + minute), note="去过了"
        )
    worker.get(url(matter))
    with django_assert_max_num_queries(14):
        worker.get(url(matter))


# --- in an emergency ------------------------------------------------------------------------------------------------

ORDERS = (
    SHORT
    + """\
instructions:
  - {code: round, text: 沿途留意积水, roles: [mobile_worker, team_captain, resident], levels: [1, 2]}
"""
)


@pytest.mark.parametrize(
    ("role", "first"), [("mobile_worker", "/field/report/"), ("team_captain", "/field/team/"), ("resident", "/")]
)
def test_everybody_reads_on_the_first_page_what_a_response_asks(world: World, role: str, first: str) -> None:
    grant(user=world.users["resident"], role=role, path=world.path(HOME), by=SYSTEM, at=world.at)
    furnish(world)
    press(world, publish_plan(world, ORDERS), codes=(HOME_STREET,))
    client = signed_in(world, "resident")
    home = client.get("/home/")
    assert home.url == first
    assert "沿途留意积水" in page(client.get(first))
