"""The desk: a queue within one's own area, many at once, one sheet a matter, notices, the journal, background work."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pingzhan.access.actors import SYSTEM
from pingzhan.access.operations import EmergencyGrant, grant_for_response
from pingzhan.core import jobs
from pingzhan.journal.models import Entry, Opening
from pingzhan.journal.operations import seal
from pingzhan.matters import operations, tasks
from pingzhan.matters.models import Matter, Notice
from pingzhan.matters.queries.reference import reference
from pingzhan.modes.queries import mode_at
from tests.factories.world import AT, DISTRICT, FAR, HOME, HOME_STREET, NEAR, World

pytestmark = pytest.mark.django_db

QUARREL = "楼上楼下为拖椅子吵架，请来调解"  # for the community's committee


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    """Pages read the clock: here it is an hour after the world was made."""
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def secretary(sign_in: Callable[..., Client]) -> Client:
    return sign_in("secretary")


def page(response: Any) -> str:
    return response.content.decode()


def sheet_url(matter: Matter) -> str:
    return reverse("desk:sheet", args=[matter.number])


def take(client: Client, matter: Matter, step: str, **said: Any) -> Any:
    """Send a step as the sheet's form does, with the version that the page shows."""
    said = {"version": matter.version, "key": f"{step}-{matter.version}-key", **said}
    return client.post(reverse("desk:step", args=[matter.number, step]), said)


def numbers_on(client: Client, address: str) -> list[str]:
    return re.findall(r'name="numbers" value="([^"]+)"', page(client.get(address)))


def counts_on(client: Client, address: str = "/desk/") -> dict[str, int]:
    """The tabs that have a number."""
    tabs = page(client.get(address)).partition('id="queue-tabs"')[2].partition("</nav>")[0]
    return {label: int(count) for label, count in re.findall(r'>([^<>]+)<span class="count num">(\d+)</span>', tabs)}


# --- the queue ------------------------------------------------------------------------------------------------------


def test_the_queue_shows_ones_own_area_and_its_counts_never_leak(world: World, sign_in: Callable[..., Client]) -> None:
    here = world.report("楼道漏水")
    world.report("楼道漏水", place=f"{NEAR}-G001")
    for _ in range(3):
        world.report("楼道漏水", place=f"{FAR}-G001")
    everything = world.advance(world.report("屋面开裂"), to="dispatched")
    seen = {
        "secretary": (2, {everything.number, here.number}),
        "near_secretary": (1, None),
        "street_staff": (3, None),
        "far_street_secretary": (3, None),
        "command": (6, None),
        "housing_staff": (1, {everything.number}),
        "management_staff": (0, set()),
    }
    for name, (count, numbers) in seen.items():
        client = sign_in(name)
        assert counts_on(client)["未办结"] == count, name
        found = numbers_on(client, "/desk/")
        assert len(found) == count, name
        assert numbers is None or set(found) == numbers, name


def test_filters_and_search_narrow_within_ones_own_area(world: World, secretary: Client) -> None:
    leak = world.report("楼道漏水")
    fire = world.report("消防通道被车堵了", place=f"{HOME}-G002")
    far = world.report("消防通道被车堵了", place=f"{FAR}-G001")
    seal(at=world.at)
    tasks.index_new(world.at)
    assert numbers_on(secretary, "/desk/?category=fire") == [fire.number]
    assert numbers_on(secretary, f"/desk/?place={HOME}-G001") == [leak.number]
    assert numbers_on(secretary, f"/desk/?place={FAR}") == []
    assert numbers_on(secretary, "/desk/?urgency=urgent") == [fire.number]
    assert numbers_on(secretary, f"/desk/?all=1&q={leak.number}") == [leak.number]
    assert numbers_on(secretary, f"/desk/?all=1&q={far.number}") == []
    assert numbers_on(secretary, "/desk/?all=1&q=消防通道") == [fire.number]
    assert counts_on(secretary, "/desk/?category=fire")["未办结"] == 1


def test_an_address_that_makes_no_sense_is_no_error(secretary: Client, world: World) -> None:
    world.report("楼道漏水")
    for query in ("status=nonsense", "since=²", "since=99999", "limit=9", "order=x", "place=%00", "q=%00", "urgency=1"):
        assert secretary.get(f"/desk/?{query}").status_code == 200, query
    assert secretary.get("/desk/?after=nonsense").status_code == 422


def test_what_waits_for_ones_own_unit_has_a_tab(world: World, sign_in: Callable[..., Client]) -> None:
    mine = world.report("楼道漏水")
    theirs = world.advance(world.report("楼道漏水"), to="dispatched")
    assert numbers_on(sign_in("secretary"), "/desk/?mine=1") == [mine.number]
    assert numbers_on(sign_in("property_staff"), "/desk/?mine=1") == [theirs.number]
    assert counts_on(sign_in("property_staff"))["待我处理"] == 1


def test_the_most_pressing_come_first_when_asked_for(world: World, secretary: Client) -> None:
    relaxed = world.report("楼道漏水", at=world.at)
    late = world.report("楼道漏水", at=world.at - timedelta(days=3))
    assert numbers_on(secretary, "/desk/") == [relaxed.number, late.number]
    assert numbers_on(secretary, "/desk/?order=due") == [late.number, relaxed.number]
    assert numbers_on(secretary, "/desk/?overdue=1") == [late.number]
    assert "已超" in page(secretary.get("/desk/"))


def test_pages_follow_each_other_without_gaps(world: World, secretary: Client) -> None:
    made = [world.report("楼道漏水", at=world.at + timedelta(seconds=n)).number for n in range(23)]
    first = page(secretary.get("/desk/"))
    (after,) = set(re.findall(r'rel="next" href="([^"]+)"', first))
    assert numbers_on(secretary, "/desk/") + numbers_on(secretary, after.replace("&amp;", "&")) == made[::-1]
    assert len(numbers_on(secretary, "/desk/?limit=100")) == 23


def test_htmx_gets_the_list_and_what_depends_on_the_address_only(world: World, secretary: Client) -> None:
    matter = world.report("楼道漏水")
    part = page(secretary.get("/desk/?status=submitted", headers={"HX-Request": "true"}))
    assert matter.number in part
    assert "<html" not in part
    assert 'id="queue-tabs"' in part
    assert 'name="status" value="submitted"' in part


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/desk/", "没有未办结的事项"),
        ("/desk/?mine=1", "待您处理的都办完了"),
        ("/desk/?overdue=1", "没有逾期的事项"),
        ("/desk/?category=fire", "清除筛选"),
        ("/desk/?status=rated", "这个状态下没有事项"),
    ],
)
def test_an_empty_list_says_what_to_do_next(secretary: Client, address: str, words: str) -> None:
    assert words in page(secretary.get(address))


# --- many at once ---------------------------------------------------------------------------------------------------


def test_many_at_once_do_what_can_be_done_and_name_the_rest(world: World, secretary: Client) -> None:
    new = [world.report("楼道漏水"), world.report("屋面开裂")]
    done = world.matter(to="completed")
    far = world.report("楼道漏水", place=f"{FAR}-G001")
    chosen = [matter.number for matter in (*new, done, far)]
    answer = secretary.post("/desk/bulk/", {"step": "accept_dispatch", "numbers": chosen, "list": "status=submitted"})
    assert answer.status_code == 302
    assert answer.url == "/desk/?status=submitted"
    shown = page(secretary.get(answer.url))
    assert "已处理 2 件" in shown
    assert done.number in shown
    assert far.number not in shown
    assert {Matter.objects.get(pk=one.pk).status for one in new} == {"dispatched"}
    assert Matter.objects.get(pk=done.pk).status == "completed"
    assert Matter.objects.get(pk=far.pk).status == "submitted"
    assert Matter.objects.get(pk=new[1].pk).handler.code.endswith(".housing")


def test_many_at_once_by_htmx_brings_the_list_and_the_words(world: World, secretary: Client) -> None:
    matter = world.report("楼道漏水")
    answer = secretary.post(
        "/desk/bulk/", {"step": "accept", "numbers": [matter.number], "list": ""}, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert "已处理 1 件" in page(answer)
    assert "待转办" in page(answer)


def test_many_at_once_leads_nowhere_else(secretary: Client) -> None:
    answer = secretary.post("/desk/bulk/", {"step": "accept", "numbers": ["x"], "list": "//evil.example/?status=rated"})
    assert answer.url in {"/desk/", "/desk/?status=rated"}


# --- the sheet ------------------------------------------------------------------------------------------------------

IN_SCOPE = (
    "secretary", "community_staff", "street_staff", "street_secretary", "command", "inspector", "property_staff",
)  # fmt: skip
OUT_OF_SCOPE = (
    "near_secretary", "near_property_staff", "far_secretary", "far_street_secretary", "far_inspector", "housing_staff",
    "management_staff", "administrator", "resident",
)  # fmt: skip


def test_only_those_whose_area_it_is_find_the_sheet(world: World, sign_in: Callable[..., Client]) -> None:
    matter = world.matter(to="in_progress", contact_name="王阿姨", contact_phone="13800001234")
    for name in IN_SCOPE:
        shown = sign_in(name).get(sheet_url(matter))
        assert shown.status_code == 200, name
        assert "13800001234" not in page(shown), name
    for name in OUT_OF_SCOPE:
        client = sign_in(name)
        assert client.get(sheet_url(matter)).status_code == 404, name
        assert take(client, matter, "complete", result="好了").status_code == 404, name
        answer = client.post(reverse("desk:contact", args=[matter.number]), {"purpose": "看看"})
        assert answer.status_code == 404, name
    assert Client().get(sheet_url(matter)).url.startswith("/accounts/login/")


def test_each_sees_the_steps_that_are_theirs(world: World, sign_in: Callable[..., Client]) -> None:
    matter = world.matter(to="in_progress")

    def offered(name: str) -> set[str]:
        shown = page(sign_in(name).get(sheet_url(matter)))
        return set(re.findall(rf" action=\"/desk/matters/{matter.number}/(\w+)/\"", shown)) - {"contact"}

    assert {"complete", "progress", "hold", "return"} <= offered("property_staff")
    assert not offered("property_staff") & {"accept", "dispatch", "refer", "supervise"}
    assert offered("inspector") == {"supervise", "urge"}
    assert "refer" in offered("street_staff")
    assert "complete" not in offered("street_staff")


def test_the_main_path_is_walked_with_the_sheets_forms(world: World, sign_in: Callable[..., Client]) -> None:
    secretary, property_staff = sign_in("secretary"), sign_in("property_staff")
    matter = world.report("3号楼楼道漏水，王先生电话13800001234")

    def go(client: Client, step: str, **said: Any) -> str:
        matter.refresh_from_db()
        answer = take(client, matter, step, **said)
        assert answer.status_code == 302, page(answer)[-2000:]
        matter.refresh_from_db()
        return matter.status

    assert go(secretary, "accept", urgency="urgent", note="已电话核实") == "accepted"
    assert go(secretary, "dispatch", unit=f"{HOME}.property") == "dispatched"
    assert go(property_staff, "sign") == "in_progress"
    assert go(property_staff, "progress", note="等配件", reply="已约明天上门") == "in_progress"
    assert go(property_staff, "complete", result="已更换水管") == "completed"
    assert go(secretary, "verify", ok="1") == "completed"
    assert "已更换水管" in page(secretary.get(sheet_url(matter)))
    assert go(secretary, "feed_back", reply="水管已经换好，谢谢王先生") == "fed_back"
    assert go(secretary, "rate", stars="5", comment="很快") == "rated"
    draft = page(secretary.get(sheet_url(matter)))
    form = draft.partition('/publish/"')[2].partition("</form>")[0]
    assert "草稿里已隐去：电话、姓名或称呼" in form
    # Of the original, which staff may see, it stands in what shows what was hidden; never in what will be published.
    written = re.sub(r"<(blockquote|details)\b.*?</\1>", "", form, flags=re.DOTALL)
    assert "<textarea" in written
    assert "13800001234" not in written
    said = {"title": "楼道漏水", "text": "居民反映楼道漏水", "result": "已更换水管"}
    matter.refresh_from_db()
    refused = take(secretary, matter, "publish", **said)
    assert refused.status_code == 422
    assert "请通读一遍" in page(refused)
    assert go(secretary, "publish", **said, approved="1", key="again") == "published"
    assert go(secretary, "archive") == "archived"
    shown = page(secretary.get(sheet_url(matter)))
    for words in ("已约明天上门", "等配件", "王先生", "很快"):
        assert words in shown
    assert "这件事项已经结束" not in shown  # it may still be reopened


def test_of_two_who_dispatch_the_second_is_told_in_words(world: World, sign_in: Callable[..., Client]) -> None:
    matter = world.matter(to="accepted")
    assert take(sign_in("secretary"), matter, "dispatch", unit=f"{HOME}.property").status_code == 302
    second = take(sign_in("street_staff"), matter, "dispatch", unit=f"{HOME_STREET}.management", note="请今天到场")
    assert second.status_code == 409
    assert "可能刚刚由他人处理过" in page(second)
    assert "请今天到场" in page(second)  # what was typed is not lost though the step is no longer offered
    assert Matter.objects.get(pk=matter.pk).handler.code == f"{HOME}.property"


def test_a_page_that_is_out_of_date_changes_nothing_and_keeps_the_words(
    world: World, sign_in: Callable[..., Client]
) -> None:
    matter = world.matter(to="in_progress")
    property_staff = sign_in("property_staff")
    take(sign_in("street_staff"), matter, "supervise", note="请抓紧")
    answer = take(property_staff, matter, "complete", result="换好了第三根水管")
    assert answer.status_code == 412
    assert "换好了第三根水管" in page(answer)
    assert "刷新" in page(answer)
    assert Matter.objects.get(pk=matter.pk).status == "in_progress"
    fresh = Matter.objects.get(pk=matter.pk)
    assert f'name="version" value="{fresh.version}"' in page(answer)


def test_sent_twice_counts_once(world: World, sign_in: Callable[..., Client]) -> None:
    matter = world.matter(to="in_progress")
    client = sign_in("property_staff")
    for _ in range(2):
        answer = take(client, matter, "progress", note="等配件")
        assert answer.status_code == 302
    assert matter.remarks.filter(step="progress").count() == 1


def test_what_is_missing_is_said_at_the_form_and_what_was_typed_is_kept(world: World, secretary: Client) -> None:
    matter = world.report("楼道漏水")
    answer = take(secretary, matter, "merge", note="与昨天的是一件", into="无此编号")
    assert answer.status_code == 422
    assert "没有找到这个编号的事项" in page(answer)
    assert "与昨天的是一件" in page(answer)
    assert take(secretary, matter, "hold", reason="等配件", until="²").status_code == 422
    assert take(secretary, matter, "nonsense").status_code == 404
    assert secretary.get(reverse("desk:step", args=[matter.number, "merge"])).url == sheet_url(matter)


@pytest.mark.parametrize("stars", ["", "0", "6", "²", "-1", "999999999"])
def test_only_one_to_five_stars_are_a_rating(world: World, secretary: Client, stars: str) -> None:
    matter = world.matter(to="fed_back")
    assert take(secretary, matter, "rate", stars=stars).status_code == 422


def test_do_and_go_to_the_next_of_the_same_queue(world: World, secretary: Client) -> None:
    old, middle, new = (world.report("楼道漏水", at=world.at + timedelta(minutes=n)) for n in range(3))
    words = "status=submitted"
    answer = take(secretary, middle, "accept", then="next", list=words)
    assert answer.url.startswith(sheet_url(old))
    assert "list=status%3Dsubmitted" in answer.url
    answer = take(secretary, old, "accept", then="next", list=words)  # the last one: from the beginning
    assert answer.url.startswith(sheet_url(new))
    answer = take(secretary, new, "accept", then="next", list=words)
    assert answer.url == "/desk/?status=submitted"


def test_next_never_leads_out_of_ones_area(world: World, secretary: Client) -> None:
    world.report("楼道漏水", place=f"{FAR}-G001")
    mine = world.report("楼道漏水")
    answer = take(secretary, mine, "accept", then="next", list=f"place={FAR}")
    assert answer.url == f"/desk/?place={FAR}"


def test_whoever_gives_a_matter_back_is_led_on_and_not_to_a_page_they_may_not_see(
    world: World, sign_in: Callable[..., Client]
) -> None:
    matter = world.matter(to="in_progress")
    client = sign_in("property_staff")
    answer = take(client, matter, "return", reason="不归物业管")
    assert answer.url == "/desk/"
    assert "退回完成" in page(client.get(answer.url))
    assert client.get(sheet_url(matter)).status_code == 404


def test_the_reporter_is_shown_for_a_purpose_only_and_on_record(world: World, secretary: Client) -> None:
    matter = world.report("楼道漏水", contact_name="王阿姨", contact_phone="13800001234")
    masked = page(secretary.get(sheet_url(matter)))
    assert "王" in masked
    assert "王阿姨" not in masked
    address = reverse("desk:contact", args=[matter.number])
    assert secretary.post(address, {"purpose": " "}).status_code == 422
    assert not Opening.objects.exists()
    opened = secretary.post(address, {"purpose": "约定上门时间"})
    assert "13800001234" in page(opened)
    assert "no-store" in opened["Cache-Control"]
    assert Opening.objects.get().purpose == "约定上门时间"
    assert "13800001234" not in page(secretary.get(sheet_url(matter)))


def test_words_of_danger_bring_the_emergency_numbers(world: World, secretary: Client) -> None:
    calm, danger = world.report("楼道漏水"), world.report("楼道起火冒烟")
    assert "tel:119" not in page(secretary.get(sheet_url(calm)))
    assert "tel:119" in page(secretary.get(sheet_url(danger)))


def test_a_category_that_is_not_for_the_public_proposes_the_archive(world: World, secretary: Client) -> None:
    matter = world.matter(text=QUARREL, to="rated")
    shown = page(secretary.get(sheet_url(matter)))
    assert "这类事项一般不公示" in shown
    box = shown.partition('class="step-box step-box-primary"')[2].partition("</details>")[0]
    assert f"/desk/matters/{matter.number}/archive/" in box


# --- reporting on behalf --------------------------------------------------------------------------------------------


def reported(client: Client, **said: Any) -> Any:
    return client.post(reverse("desk:report"), {"key": "desk-report-key", "text": "楼道漏水", **said})


def test_reporting_for_somebody_who_called(world: World, secretary: Client) -> None:
    answer = reported(secretary, place=f"{HOME}-G001", contact_name="王阿姨", contact_phone="13800001234")
    again = reported(secretary, place=f"{HOME}-G001", contact_name="王阿姨", contact_phone="13800001234")
    matter = Matter.objects.get()
    assert answer.url == again.url == sheet_url(matter)
    assert matter.source == "desk"
    assert matter.query_code in page(secretary.get(answer.url)) or matter.number in page(secretary.get(answer.url))


def test_an_address_that_may_be_several_places_asks_which(world: World, secretary: Client) -> None:
    answer = reported(secretary, place="", address="1号楼")
    assert answer.status_code == 422
    codes = re.findall(r'name="choice"[^>]*value="([^"]+)"', page(answer))
    assert f"{HOME}-B001" in codes
    chosen = reported(secretary, place="", address="1号楼", choice=f"{HOME}-B001")
    assert chosen.status_code == 302
    assert Matter.objects.get().place.code == f"{HOME}-B001"


def test_the_address_makes_the_place_of_the_lists_finer(world: World, secretary: Client) -> None:
    assert reported(secretary, place=HOME, address="2号楼101室门口").status_code == 302
    assert Matter.objects.get().place.code.startswith(f"{HOME}-B002")


def test_nobody_reports_for_others_outside_of_their_area(world: World, secretary: Client) -> None:
    answer = reported(secretary, place=f"{FAR}-G001")
    assert answer.status_code == 403
    assert "楼道漏水" in page(answer)
    assert not Matter.objects.exists()


def test_an_unnamed_caller_leaves_nothing(world: World, secretary: Client) -> None:
    reported(secretary, place=HOME, anonymous="on", contact_name="王阿姨", contact_phone="13800001234")
    matter = Matter.objects.get()
    assert matter.anonymous
    assert not matter.contact_name
    assert matter.contact_index is None


# --- notices --------------------------------------------------------------------------------------------------------


def test_notices_are_taken_down_with_a_reason_by_those_who_may(world: World, sign_in: Callable[..., Client]) -> None:
    notice = Notice.objects.get(matter=world.matter(to="published"))
    address = reverse("desk:take_down", args=[notice.pk])
    assert sign_in("far_secretary").post(address, {"reason": "x"}).status_code == 404
    assert sign_in("community_staff").post(address, {"reason": "x"}).status_code == 404
    assert "撤下" not in page(sign_in("inspector").get("/desk/notices/")).partition("notice-foot")[2]
    client = sign_in("secretary")
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "有门牌号"}).status_code == 302
    notice.refresh_from_db()
    assert notice.until is not None
    assert "已撤下" in page(client.get("/desk/notices/"))
    assert notice.title not in page(Client().get("/notices/"))
    assert notice.title not in page(sign_in("far_secretary").get("/desk/notices/"))


# --- the journal ----------------------------------------------------------------------------------------------------


def test_the_journal_shows_ones_own_area_with_proofs(world: World, sign_in: Callable[..., Client]) -> None:
    here, far = world.report("楼道漏水"), world.report("楼道漏水", place=f"{FAR}-G001")
    inspector = sign_in("inspector")
    shown = page(inspector.get("/desk/journal/"))
    assert here.number in shown
    assert far.number not in shown
    entry = Entry.objects.get(subject_id=here.pk)
    other = Entry.objects.get(subject_id=far.pk)
    assert "还没有封存" in page(inspector.get(f"/desk/journal/?uid={entry.uid}"))
    seal(at=world.at)
    assert "证明成立" in page(inspector.get(f"/desk/journal/?uid={entry.uid}"))
    for asked in (other.uid, "nonsense", "%00"):
        assert "没有这条记录" in page(inspector.get(f"/desk/journal/?uid={asked}")), asked


def work_through() -> None:
    """What a worker would do with the jobs that wait."""
    while job := jobs.claim("test", at=datetime.now(UTC)):
        assert jobs.run(job, now=lambda: datetime.now(UTC))


def test_the_whole_journal_is_verified_in_the_background(world: World, sign_in: Callable[..., Client]) -> None:
    matter = world.report("楼道漏水")
    seal(at=world.at)
    inspector = sign_in("inspector")
    assert "近一天内没有校验过" in page(inspector.get("/desk/journal/"))
    for _ in range(2):  # pressed twice, checked once
        assert inspector.post("/desk/journal/verify/").status_code == 302
    assert jobs.job_counts()["ready"] == 1
    assert "已排队" in page(inspector.get("/desk/journal/"))
    work_through()
    assert "条记录全部完好" in page(inspector.get("/desk/journal/"))
    assert Entry.objects.filter(verb="journal.verify").count() == 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_entry SET verb = 'matter.reject' WHERE subject_id = %s", [_db(matter.pk)])
    with time_machine.travel(world.at + timedelta(hours=2), tick=False):
        inspector.post("/desk/journal/verify/")
        work_through()
    wrong = page(inspector.get("/desk/journal/"))
    assert "有记录被改动" in wrong
    assert str(Entry.objects.get(subject_id=matter.pk).uid) in wrong
    elsewhere = page(sign_in("far_inspector").get("/desk/journal/"))
    assert "有记录被改动" in elsewhere
    assert str(Entry.objects.get(subject_id=matter.pk).uid) not in elsewhere


def _db(uid: Any) -> Any:
    return uid if connection.vendor == "postgresql" else uid.hex


# --- background work ------------------------------------------------------------------------------------------------


@jobs.background(retries=0)
def always_fails() -> None:
    raise ValueError("the gateway said no")


def test_jobs_that_failed_are_shown_and_run_again_or_given_up(world: World, sign_in: Callable[..., Client]) -> None:
    for _ in range(2):
        always_fails.enqueue()
    while job := jobs.claim("test", at=datetime.now(UTC)):
        jobs.run(job, now=lambda: datetime.now(UTC))
    administrator = sign_in("administrator")
    shown = page(administrator.get("/desk/jobs/"))
    assert "ValueError: the gateway said no" in shown
    assert "没有运行" in shown  # no worker gives signs of life here
    first, second = jobs.jobs_set_aside()
    administrator.post(reverse("desk:job_again", args=[first.pk]))
    administrator.post(reverse("desk:job_dismiss", args=[second.pk]))
    assert jobs.job_counts() == {"ready": 1, "running": 0, "set_aside": 0}
    assert set(Entry.objects.filter(verb__startswith="job.").values_list("verb", flat=True)) == {
        "job.run_again", "job.dismiss",
    }  # fmt: skip
    answer = administrator.post(reverse("desk:job_dismiss", args=[second.pk]), follow=True)
    assert "不在搁置之列" in page(answer)


# --- the way in, and around -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "home"),
    [
        ("secretary", "/desk/"),
        ("property_staff", "/desk/"),
        ("inspector", "/desk/"),
        ("command", "/desk/"),
        ("administrator", "/desk/units/"),
        ("grid_worker", "/field/"),
        ("resident", "/"),
    ],
)
def test_everybody_lands_where_they_work(sign_in: Callable[..., Client], name: str, home: str) -> None:
    client = sign_in(name)
    assert client.get("/home/").url == home
    assert client.get(home).status_code == 200


def test_who_goes_round_with_a_phone_does_so_in_an_emergency(world: World, sign_in: Callable[..., Client]) -> None:
    committee = world.units[f"{HOME}.committee"].pk
    until = world.at + timedelta(days=1)
    lent = [
        EmergencyGrant(world.users[name].pk, "community_staff", world.path(HOME), committee)
        for name in ("grid_worker", "resident")
    ]
    grant_for_response(lent, response_id=uuid4(), until=until, by=SYSTEM, at=world.at)
    worker = sign_in("grid_worker")
    assert worker.get("/home/").url == "/field/"
    # Both faces are open to them, a press from each other.
    assert 'href="/desk/"' in page(worker.get("/field/"))
    assert 'href="/field/"' in page(worker.get("/desk/"))
    assert "响应期间" in page(worker.get("/field/me/"))
    assert sign_in("resident").get("/home/").url == "/desk/"  # who works nowhere else


@pytest.mark.parametrize(
    ("name", "doors", "none"),
    [
        ("secretary", {"/desk/", "/desk/report/", "/desk/ledgers/", "/desk/exports/", "/desk/journal/"}, "/desk/jobs/"),
        ("property_staff", {"/desk/", "/desk/supervision/", "/desk/ledgers/", "/desk/exports/"}, "/desk/report/"),
        ("inspector", {"/desk/", "/desk/notices/", "/desk/exports/", "/desk/journal/"}, "/desk/report/"),
        ("command", {"/desk/", "/desk/report/", "/desk/journal/", "/desk/jobs/"}, "/field/"),
        ("administrator", {"/desk/journal/", "/desk/jobs/"}, "/desk/"),
    ],
)
def test_the_doors_shown_are_those_that_open(
    sign_in: Callable[..., Client], name: str, doors: set[str], none: str
) -> None:
    client = sign_in(name)
    nav = page(client.get("/home/", follow=True)).partition('class="side-nav"')[2].partition("</nav>")[0]
    shown = re.findall(r'href="([^"]+)"', nav)
    assert doors <= set(shown)
    assert none not in shown
    assert nav.count("aria-current") == 1
    for door in shown:
        assert client.get(door, follow=True).status_code == 200


def test_every_page_speaks_english_too(world: World, sign_in: Callable[..., Client]) -> None:
    matter = world.matter(to="completed")
    client = sign_in("command")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    for address in (
        "/desk/",
        sheet_url(matter),
        "/desk/report/",
        "/desk/supervision/",
        "/desk/rules/",
        "/desk/notices/",
        "/desk/exports/",
        "/desk/journal/",
        "/desk/jobs/",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert '<html lang="en"' in page(answer)


# --- the cost -------------------------------------------------------------------------------------------------------

ASKING = 4  # session, user, roles, messages not read


def statements(client: Client, address: str) -> int:
    reference()  # kept in memory for some seconds by each process, as are the responses in force
    mode_at(f"{DISTRICT}/", at=AT)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def test_the_queue_costs_the_same_whatever_its_length_and_filters(world: World, sign_in: Callable[..., Client]) -> None:
    for n in range(30):
        world.report("楼道漏水", at=world.at + timedelta(seconds=n))
    client = sign_in("command")
    statements(client, "/desk/")
    # The rows, the names of their places, the counts, the places to narrow by and what lies below them, the last undo.
    plain = 6
    assert statements(client, "/desk/") == ASKING + plain
    assert statements(client, "/desk/?limit=100") == ASKING + plain
    assert statements(client, "/desk/?group=1") == ASKING + plain
    assert statements(client, "/desk/?order=due&urgency=routine&category=property&since=30") == ASKING + plain
    assert statements(client, f"/desk/?place={HOME}") == ASKING + plain
    assert statements(client, f"/desk/?place={HOME}-G001") == ASKING + plain + 1  # where that grid lies
    assert statements(client, "/desk/?all=1&q=漏水") <= ASKING + plain  # how common the words are, but no counts
    assert plain + 1 <= 8


def test_the_sheet_costs_the_same_whatever_its_length(world: World, sign_in: Callable[..., Client]) -> None:
    world.matter(to="in_progress", at=world.at - timedelta(hours=1))  # so that both have a next one
    short = world.matter(to="in_progress")
    long = world.matter(to="in_progress")
    staff = world.actor("property_staff")
    for n in range(12):
        operations.progress(matter=long, by=staff, at=world.at + timedelta(minutes=10 + n), note=f"进展{n}")
    client = sign_in("property_staff")
    statements(client, sheet_url(short))
    assert statements(client, sheet_url(short)) == statements(client, sheet_url(long)) <= ASKING + 17


def test_a_row_that_changed_since_it_was_shown_is_not_dealt_with_in_bulk(
    world: World, sign_in: Callable[..., Client]
) -> None:
    matter = world.report()
    secretary = sign_in("secretary")
    assert f'name="seen" value="{matter.number}:{matter.version}"' in page(secretary.get("/desk/?status=submitted"))
    said = {
        "step": "reject",
        "numbers": [matter.number],
        "seen": [f"{matter.number}:{matter.version}"],
        "reply": "不归",
    }
    operations.accept(matter=matter, by=world.actor("community_staff"), at=world.at, category="housing.roof")
    answer = secretary.post("/desk/bulk/", said | {"list": ""}, follow=True)
    assert "刚刚被他人更新" in page(answer)
    assert Matter.objects.get().status == "accepted"
