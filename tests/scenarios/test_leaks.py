"""Nobody sees, counts, finds or touches what lies outside of their area: not on a page, not by the API, not by asking.

The tables of role × route are elsewhere (tests/api, tests/web); here one person after the other tries every way to one
matter that is none of their business.
"""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pingzhan.journal.queries import timeline
from pingzhan.matters.models import Matter, Notice
from pingzhan.matters.operations.pictures import store_pictures
from pingzhan.matters.workflow import TABLE
from tests.factories.pictures import picture
from tests.factories.world import FAR, FAR_STREET, HOME, HOME_STREET, NEAR, World

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

API = "/api/v1"
WORD = "蓝鲸雕塑"  # stands in the hidden matters only
PHONE = "10000055555"
# Who is nosy, and where the matter lies that they are not to see.
NOSY = [
    ("far_street_secretary", HOME),
    ("near_secretary", HOME),
    ("secretary", FAR),
    ("street_secretary", FAR),
    ("inspector", FAR),
    ("grid_worker", NEAR),
    ("management_staff", HOME),  # of the same street, but the matter is another unit's
    ("housing_staff", HOME),  # above it in the tree, but not in charge of it
    ("administrator", HOME),  # sees to accounts, not to matters
]


class Upload:
    """A file as a form brings it."""

    def __init__(self, content: bytes) -> None:
        self.content, self.size = content, len(content)

    def read(self) -> bytes:
        return self.content


def hidden_matter(world: World, community: str, *, to: str = "in_progress", **more: Any) -> Matter:
    """A matter with picture and contact, in the hands of the community's property manager."""
    more = {"contact_name": "蓝居民", "contact_phone": PHONE} | more
    return world.matter(
        to=to,
        place=f"{community}-G001",
        text=f"{WORD}旁边楼道漏水",
        pictures=store_pictures([Upload(picture())]),
        **more,
    )


@pytest.fixture(params=NOSY, ids=lambda pair: f"{pair[0]}-{pair[1]}")
def nosy(request: pytest.FixtureRequest, world: World) -> tuple[World, str, Matter]:
    name, community = request.param
    return world, name, hidden_matter(world, community)


def page_client(world: World, name: str) -> Client:
    """Signed in as this user, with the second factor where the role needs one."""
    return world.browser(name)


def photo_url(number: str, attachment: Any) -> str:
    return reverse("photo", args=[number, attachment])


def shown(response: Any) -> str:
    return b"".join(response).decode(errors="replace") if response.streaming else response.content.decode()


def assert_unknown(response: Any, matter: Matter) -> None:
    """Not found, as if it were not there: the answer is that for a number that does not exist."""
    assert response.status_code == 404, (response.request["PATH_INFO"], response.status_code)
    said = shown(response)
    assert WORD not in said
    assert matter.title not in said


def test_by_the_api(nosy: tuple[World, str, Matter]) -> None:
    world, name, matter = nosy
    api = world.client(name)
    address = f"{API}/matters/{matter.number}"
    attachment = matter.attachments.get()
    for path in (
        "",
        "/timeline",
        "/notice_draft",
        "/similar",
        "/suggestions",
        f"/attachments/{attachment.pk}",
        f"/attachments/{attachment.pk}?size=thumb",
    ):
        assert_unknown(api.get(address + path), matter)
    before = matter.version
    bodies: dict[str, Any] = {
        "reject": {"reason": "看看"}, "return": {"reason": "看看"}, "refer": {"reason": "看看"},
        "hold": {"reason": "看看", "until": "2026-03-12T00:00:00Z"}, "complete": {"result": "看看"},
        "feed_back": {"reply": "看看"}, "rate": {"stars": 1}, "publish": {"title": "看", "text": "看", "result": "看"},
        "reopen": {"reason": "看看"}, "supervise": {"note": "看看"}, "split": {"parts": ["看看"]},
        "progress": {"note": "看看"}, "merge": {"into": matter.number}, "report_back": {"reply": "看看"},
        "ask": {"text": "看看"}, "answer": {"text": "看看"},
    }  # fmt: skip
    for step in TABLE:
        response = api.post(f"{address}/{step.value}", bodies.get(step.value, {}), content_type="application/json")
        assert_unknown(response, matter)
    assert_unknown(api.post(f"{address}/contact", {"purpose": "看看"}, content_type="application/json"), matter)
    for act, body in (("redact", {"text": "看看", "reason": "看看"}), ("original", {"purpose": "看看"})):
        assert_unknown(api.post(f"{address}/{act}", body, content_type="application/json"), matter)
    traced = {"form": "trace", "unit": f"{matter.community}.property", "topic": "看看", "summary": "看看"}
    traced["matter"] = matter.number
    assert_unknown(api.post(f"{API}/inspections", traced, content_type="application/json"), matter)
    matter.refresh_from_db()
    assert matter.version == before
    assert not timeline("matter", matter.pk).filter(verb="sealed.open").exists()

    for query in (
        "", f"?q={WORD}", f"?q={matter.number}", f"?q={PHONE}", f"?place={matter.community}", f"?place={matter.street}",
        "?place=310107", f"?place={matter.community}-G001", "?status=in_progress", "?category=property",
        f"?handler={matter.community}.property", "?open=true", "?order=due", "?since=2026-01-01T00:00:00Z",
        "?urgency=routine", "?supervised=true", "?escalated=true", "?overdue=true",
    ):  # fmt: skip
        listed = api.get(f"{API}/matters{query}")
        assert listed.status_code == 200
        assert listed.json() == {"items": [], "next": None}, query
    counts = api.get(f"{API}/matters/counts").json()
    assert counts["open"] == counts["overdue"] == sum(counts["states"].values()) == 0
    assert api.get(f"{API}/me/today").json()["matters"]["items"] == []
    assert api.get(f"{API}/me/matters").json()["items"] == []
    assert api.get(f"{API}/me/openings").json()["items"] == []
    assert_unknown(api.get(f"{API}/units?matter={matter.number}"), matter)
    entry = timeline("matter", matter.pk).first()
    assert entry is not None
    if name != "administrator":  # inspects the journal of the whole district
        assert_unknown(api.get(f"{API}/journal/entries/{entry.uid}/proof"), matter)


def test_by_the_pages(nosy: tuple[World, str, Matter]) -> None:
    world, name, matter = nosy
    pages = page_client(world, name)
    attachment = matter.attachments.get()
    before = matter.version
    for path in (
        f"/desk/matters/{matter.number}/",
        f"/field/matters/{matter.number}/",
        photo_url(matter.number, attachment.pk),
    ):
        assert_unknown(pages.get(path), matter)
        assert_unknown(pages.get(f"{path}?list=all%3D1"), matter)
    for step in TABLE:
        for face in ("desk", "field"):
            typed = {"reason": "看看", "result": "看看", "reply": "看看", "note": "看看", "stars": "1"}
            assert_unknown(pages.post(f"/{face}/matters/{matter.number}/{step.value}/", typed), matter)
    assert_unknown(pages.post(f"/desk/matters/{matter.number}/contact/", {"purpose": "看看"}), matter)
    assert pages.get(f"/track/{matter.number}/").status_code == 302  # asked for the query code
    assert pages.get(f"/report/{matter.number}/").status_code == 302

    for query in (
        "", "all=1", f"q={WORD}", f"q={matter.number}", f"q={PHONE}", f"place={matter.community}&all=1",
        f"place={matter.street}&all=1", "status=in_progress", f"handler={matter.community}.property", "overdue=1",
        "mine=1", "order=due", "since=90", "supervised=1", "category=property",
    ):  # fmt: skip
        listed = pages.get(f"/desk/?{query}")
        assert listed.status_code in {200, 404}  # 404: no desk at all for this role
        if listed.status_code == 404:
            continue
        said = shown(listed)
        assert matter.title not in said
        # What was asked for stands in its own field again, and in the links of the tabs; a row would link to the sheet.
        assert f"/desk/matters/{matter.number}" not in said
        counts = [tab["count"] for tab in listed.context["tabs"] if tab["count"] is not None]
        assert not any(counts), (query, counts)
        assert listed.context["rows"] == []
    for path in ("/field/", "/field/done/", "/mine/", "/home/"):
        assert WORD not in shown(pages.get(path))
    journal = shown(pages.get("/desk/journal/"))
    assert matter.title not in journal
    # An administrator inspects the journal of the whole district: numbers and steps, never words.
    assert (matter.number in journal) == (name == "administrator")
    matter.refresh_from_db()
    assert matter.version == before


@pytest.mark.parametrize(("name", "community"), [("far_street_secretary", HOME), ("secretary", NEAR)])
def test_many_at_once_leaves_out_what_is_not_theirs(world: World, name: str, community: str) -> None:
    submitted = world.report(place=f"{community}-G001", text=f"{WORD}边上漏水")

    sent = page_client(world, name).post(
        "/desk/bulk/", {"step": "accept", "numbers": [submitted.number], "list": "all=1"}, follow=True
    )

    assert sent.status_code == 200
    assert WORD not in shown(sent)
    before = submitted.version
    submitted.refresh_from_db()
    assert (submitted.status, submitted.version) == ("submitted", before)


@pytest.mark.parametrize("name", ["far_street_secretary", "near_secretary", "inspector", "secretary"])
def test_a_notice_is_taken_down_by_those_in_charge_only(world: World, name: str) -> None:
    matter = hidden_matter(world, NEAR if name == "secretary" else HOME, to="published")
    notice = Notice.objects.get(matter=matter)
    pages = page_client(world, name)

    listed = shown(pages.get("/desk/notices/"))
    taken = pages.post(f"/desk/notices/{notice.pk}/take-down/", {"reason": "看看"})

    assert (notice.title in listed) == (name == "inspector")  # who may see the street's matters
    assert taken.status_code in {403, 404}
    notice.refresh_from_db()
    assert notice.until is None


def test_a_query_code_opens_its_own_matter_only(world: World) -> None:
    mine, other = hidden_matter(world, HOME), hidden_matter(world, NEAR)
    anybody = Client()
    for number, code in ((other.number, mine.query_code), (mine.number, other.query_code)):
        wrong = anybody.get(f"{API}/public/matters/{number}?query_code={code}")
        assert_unknown(wrong, other)
        typed = anybody.post("/track/", {"number": number, "code": code})
        assert typed.status_code == 404
        assert WORD not in shown(typed)
        step = anybody.post(f"{API}/matters/{number}/urge", {"query_code": code}, content_type="application/json")
        assert_unknown(step, other)

    opened = anybody.post("/track/", {"number": mine.number, "code": mine.query_code})
    assert opened.status_code == 303
    own, others = mine.attachments.get(), other.attachments.get()
    assert b"".join(anybody.get(photo_url(mine.number, own.pk)))[:2] == b"\xff\xd8"  # a JPEG
    for number, attachment in ((other.number, others), (mine.number, others), (other.number, own)):
        assert_unknown(anybody.get(photo_url(number, attachment.pk)), other)
        address = f"{API}/matters/{number}/attachments/{attachment.pk}?query_code={mine.query_code}"
        assert_unknown(anybody.get(address), other)
    assert anybody.get(f"/track/{other.number}/").status_code == 302


def test_a_unit_sees_a_matter_from_the_moment_that_it_is_theirs_until_it_is_not(world: World) -> None:
    """The property manager's window: nothing before dispatch, all while in charge, nothing after the return."""
    matter = world.matter(to="accepted")
    api = world.client("property_staff")
    secretary = world.client("secretary")
    address = f"{API}/matters/{matter.number}"

    def sees() -> tuple[int, int]:
        return api.get(address).status_code, len(api.get(f"{API}/matters").json()["items"])

    assert sees() == (404, 0)
    assert secretary.post(f"{address}/dispatch", {}, content_type="application/json").status_code == 200
    assert sees() == (200, 1)
    sent_back = api.post(f"{address}/return", {"reason": "不属于物业"}, content_type="application/json")
    assert sent_back.status_code == 200
    assert sees() == (404, 0)


def test_what_staff_say_among_themselves_stays_among_them(world: World) -> None:
    matter = hidden_matter(world, HOME, to="in_progress")
    staff = world.client("property_staff")
    said = staff.post(
        f"{API}/matters/{matter.number}/progress",
        {"note": "业主难缠", "reply": "师傅已上门"},
        content_type="application/json",
    )
    assert said.status_code == 200

    public = Client().get(f"{API}/public/matters/{matter.number}?query_code={matter.query_code}").json()
    told = json.dumps(public, ensure_ascii=False)
    assert "师傅已上门" in told
    assert "业主难缠" not in told
    for name in ("吴经理", "沈书记"):
        assert name not in told
    assert PHONE not in told
    page = Client()
    page.post("/track/", {"number": matter.number, "code": matter.query_code})
    told = shown(page.get(f"/track/{matter.number}/"))
    assert "师傅已上门" in told
    assert "业主难缠" not in told
    assert PHONE not in told


def test_a_moved_matter_changes_eyes(world: World) -> None:
    """Set right to another street when accepted: from then on it is theirs, and the first ones see it no more."""
    matter = world.report()
    command = world.client("street_secretary")
    moved = command.post(
        f"{API}/matters/{matter.number}/accept", {"place": f"{NEAR}-G001"}, content_type="application/json"
    )
    assert moved.status_code == 200
    assert world.client("secretary").get(f"{API}/matters/{matter.number}").status_code == 404
    assert world.client("near_secretary").get(f"{API}/matters/{matter.number}").status_code == 200
    assert world.client("far_secretary").get(f"{API}/matters?place={HOME_STREET}").json()["items"] == []
    assert world.client("street_secretary").get(f"{API}/matters?place={FAR_STREET}").json()["items"] == []
