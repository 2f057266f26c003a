"""The residents' pages: reporting, following, rating, reading, and what others may not see of it."""

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

from pingzhan.journal.models import Entry
from pingzhan.matters import operations
from pingzhan.matters.models import Attachment, Matter
from tests.factories.world import DISTRICT, HOME, HOME_STREET, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    """Pages read the clock: here it is an hour after the world was made."""
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def visitor() -> Client:
    return Client()


def photo(colour: str = "teal") -> io.BytesIO:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(file, "JPEG")
    file.seek(0)
    file.name = "IMG_0001.jpg"
    return file


def words(**more: Any) -> dict[str, Any]:
    """A report as the form sends it."""
    return {"key": "k" * 24, "text": "楼道漏水，地上都是水", "place": ["", f"{HOME}-G001"], **more}


def send(client: Client, **more: Any) -> Any:
    return client.post(reverse("portal:report"), words(**more))


def page(response: Any) -> str:
    return response.content.decode()


# --- reporting ------------------------------------------------------------------------------------------------------


def test_a_report_leads_to_a_receipt_with_number_code_deadline_and_handler(visitor: Client) -> None:
    response = send(visitor, contact_name="王阿姨", contact_phone="138 0000 1234", pictures=[photo()])
    matter = Matter.objects.get()
    assert response.status_code == 303
    assert response.url == reverse("portal:receipt", args=[matter.number])
    receipt = page(visitor.get(response.url))
    assert matter.number in receipt
    assert matter.query_code in receipt
    assert "3月10日 15:00 前受理" in receipt
    assert "源园物业服务站" in receipt
    assert matter.category_id == "property.leak"
    assert Attachment.objects.get().content_type == "image/jpeg"


def test_the_query_code_is_in_no_address_and_the_receipt_only_where_it_was_sent_from(visitor: Client) -> None:
    response = send(visitor)
    matter = Matter.objects.get()
    assert matter.query_code not in response.url
    elsewhere = Client().get(response.url)
    assert elsewhere.status_code == 302
    assert elsewhere.url.startswith(reverse("portal:track"))


def test_sending_the_same_form_twice_reports_once(visitor: Client) -> None:
    first, second = send(visitor), send(visitor)
    assert Matter.objects.count() == 1
    assert first.url == second.url
    assert second.status_code == 303


def test_the_same_form_with_other_words_asks_instead_of_swallowing_them(visitor: Client) -> None:
    send(visitor)
    response = send(visitor, text="另一件事：电梯坏了")
    assert response.status_code == 409
    assert "已经提交过一次" in page(response)
    assert "另一件事：电梯坏了" in page(response)
    key = re.search(r'name="key" value="([^"]+)"', page(response))
    assert key
    assert key[1] != "k" * 24
    assert send(visitor, text="另一件事：电梯坏了", key=key[1]).status_code == 303
    assert Matter.objects.count() == 2


def test_a_pin_finds_the_grid(visitor: Client, world: World) -> None:
    lon, lat = world.point()
    send(visitor, place="", where="point", lon=str(lon), lat=str(lat), address="3号楼2楼")
    matter = Matter.objects.get()
    assert matter.place.code == f"{HOME}-G001"
    assert matter.address == "3号楼2楼"
    assert (matter.lon, matter.lat) == (lon, lat)


def test_of_pin_and_list_the_one_used_last_counts(visitor: Client, world: World) -> None:
    lon, lat = world.point("310107014001-G001")
    send(visitor, where="list", lon=str(lon), lat=str(lat))
    assert Matter.objects.get().place.code == f"{HOME}-G001"


def test_a_pin_outside_is_said_politely_and_nothing_typed_is_lost(visitor: Client) -> None:
    response = send(visitor, place="", where="point", lon="100.0", lat="20.0", contact_name="王阿姨")
    assert response.status_code == 422
    assert "不在本系统服务的范围内" in page(response)
    assert "楼道漏水，地上都是水" in page(response)
    assert 'value="王阿姨"' in page(response)
    assert not Matter.objects.exists()


def test_an_address_that_fits_several_places_leaves_the_choice(visitor: Client) -> None:
    response = send(visitor, place="", address="1号楼")
    shown = page(response)
    assert response.status_code == 422
    choices = re.findall(r'name="choice"[^>]*value="([^"]+)"', shown)
    assert f"{HOME}-B001" in choices
    assert len(choices) > 1
    assert send(visitor, place="", address="1号楼", choice=f"{HOME}-B001").status_code == 303
    assert Matter.objects.get().place.code == f"{HOME}-B001"


def test_lost_photos_are_told(visitor: Client) -> None:
    response = send(visitor, text="", pictures=[photo()])
    assert response.status_code == 422
    assert "照片没有保留" in page(response)


def test_what_is_no_picture_is_refused_in_words(visitor: Client) -> None:
    file = io.BytesIO(b"%PDF-1.7 not a picture")
    file.name = "photo.jpg"
    response = send(visitor, pictures=[file])
    assert response.status_code == 422
    assert "JPEG" in page(response)
    assert not Matter.objects.exists()


def test_an_anonymous_report_keeps_nothing_of_who_is_signed_in(visitor: Client, world: World) -> None:
    visitor.force_login(world.users["resident"])
    response = send(visitor, anonymous="on", contact_name="王阿姨", contact_phone="13800001234")
    matter = Matter.objects.get()
    assert matter.anonymous
    assert matter.reporter_id is None
    assert not matter.contact_phone
    assert Entry.objects.get(subject_id=matter.pk).actor_id is None
    # The session of the signed-in resident must not name it either: what was shown is kept by the browser alone.
    assert str(matter.pk) not in str(dict(visitor.session))
    assert matter.number not in page(visitor.get(reverse("portal:mine")))
    assert visitor.get(response.url).status_code == 200


def test_danger_to_life_shows_whom_to_call(visitor: Client) -> None:
    assert "data-danger-slot hidden" in page(visitor.get(reverse("portal:report")))
    asked = send(visitor, text="楼道着火了", place="")
    assert "data-danger-slot hidden" not in page(asked)
    receipt = page(visitor.get(send(visitor, text="楼道着火了").url))
    for number in ("110", "119", "120"):
        assert f'href="tel:{number}"' in receipt
    assert "请先打电话" in receipt


def test_a_group_alone_takes_its_kind_from_the_words_or_asks_for_it(visitor: Client) -> None:
    assert send(visitor, group="noise", text="音响太响").status_code == 303
    assert Matter.objects.get().category_id == "noise.square"
    response = send(visitor, key="x" * 24, group="noise", text="太吵了")
    assert response.status_code == 422
    assert "噪声扰民" in page(response)
    kinds = re.search(r'data-kinds="noise"( hidden)?', page(response))
    assert kinds
    assert not kinds[1]


def test_a_kind_of_another_group_counts_no_more(visitor: Client) -> None:
    send(visitor, group="noise", category="property.leak", text="音响太响")
    assert Matter.objects.get().category_id == "noise.square"


def test_without_scripts_the_lists_open_level_by_level(visitor: Client) -> None:
    response = visitor.post(reverse("portal:report"), words(place=[HOME_STREET], more="1"))
    shown = page(response)
    assert response.status_code == 200
    assert f'<option value="{HOME}"' in shown
    assert "楼道漏水，地上都是水" in shown
    shown = page(visitor.post(reverse("portal:report"), words(place=[HOME_STREET, HOME], more="1")))
    assert f'value="{HOME}-G001"' in shown
    assert f'value="{HOME}-B001"' in shown


def test_lists_left_standing_below_a_street_chosen_anew_do_not_count(visitor: Client) -> None:
    send(visitor, place=["310107014", HOME, f"{HOME}-B001"])
    assert Matter.objects.get().place.code == "310107014"


def test_with_scripts_a_list_follows_after_the_one_above(visitor: Client) -> None:
    url = reverse("portal:places")
    assert f'value="{HOME}"' in page(visitor.get(url, {"place": HOME_STREET}))
    assert "H0101" not in page(visitor.get(url, {"place": HOME}))  # households are nobody's business
    assert page(visitor.get(url, {"place": "nonsense"})).strip() == ""


def test_too_many_reports_are_stopped_and_keep_the_words(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FLOOD_REPORTS_PER_MINUTE", 1)
    send(visitor)
    response = send(visitor, key="x" * 24, text="另一件事")
    assert response.status_code == 429
    assert "另一件事" in page(response)
    assert Matter.objects.count() == 1


def test_what_is_typed_is_recognised(visitor: Client) -> None:
    shown = page(visitor.post(reverse("portal:hint"), {"text": "广场舞音响太响"}))
    assert "广场舞噪声" in shown
    assert page(visitor.post(reverse("portal:hint"), {"text": "你好"})).strip() == ""
    assert "data-danger" in page(visitor.post(reverse("portal:hint"), {"text": "消防通道被堵"}))


# --- following ------------------------------------------------------------------------------------------------------


def show_code(client: Client, matter: Matter) -> Any:
    return client.post(reverse("portal:track"), {"number": matter.number, "code": matter.query_code})


def matter_url(matter: Matter) -> str:
    return reverse("portal:matter", args=[matter.number])


def step(client: Client, matter: Matter, name: str, **said: Any) -> Any:
    return client.post(reverse("portal:step", args=[matter.number, name]), {"key": "s" * 24, **said})


def test_number_and_code_open_the_matter_however_they_are_typed(visitor: Client, world: World) -> None:
    matter = world.matter(to="in_progress")
    code = matter.query_code
    response = visitor.post(
        reverse("portal:track"), {"number": f" {matter.number} ", "code": f"{code[:4].lower()} {code[4:]}"}
    )
    assert response.status_code == 303
    assert code not in response.url
    shown = page(visitor.get(response.url))
    assert "正在办理" in shown
    assert "源园物业服务站" in shown
    assert "葛网格" not in shown  # units, not names of staff
    assert "吴经理" not in shown


@pytest.mark.parametrize("wrong", ["number", "code", "both"])
def test_a_wrong_number_and_a_wrong_code_get_the_same_answer(visitor: Client, world: World, wrong: str) -> None:
    matter = world.matter()
    said = {"number": matter.number, "code": matter.query_code}
    for name in said:
        if wrong in {name, "both"}:
            said[name] = "2222-2222"
    response = visitor.post(reverse("portal:track"), said)
    assert response.status_code == 404
    assert "没有找到这件事项" in page(response)
    assert visitor.get(matter_url(matter)).status_code == 302


def test_guessing_codes_is_slowed_down(visitor: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FLOOD_QUERIES_PER_MINUTE", 2)
    matter = world.matter()
    for _ in range(2):
        visitor.post(reverse("portal:track"), {"number": matter.number, "code": "22222222"})
    response = show_code(visitor, matter)
    assert response.status_code == 429
    assert matter.number in page(response)


def test_a_forged_cookie_opens_nothing(visitor: Client, world: World) -> None:
    matter = world.matter()
    visitor.cookies["shown"] = f'["{matter.pk.hex}"]:forged'
    assert visitor.get(matter_url(matter)).status_code == 302


def test_what_was_shown_can_be_forgotten(visitor: Client, world: World) -> None:
    matter = world.matter()
    show_code(visitor, matter)
    assert visitor.get(matter_url(matter)).status_code == 200
    visitor.post(reverse("portal:forget"))
    assert visitor.get(matter_url(matter)).status_code == 302


def test_the_answer_is_rated_with_stars_by_an_anonymous_reporter(visitor: Client, world: World) -> None:
    matter = world.matter(to="fed_back", anonymous=True)
    show_code(visitor, matter)
    assert "水管已更换，请您查看。" in page(visitor.get(matter_url(matter)))
    assert step(visitor, matter, "rate", comment="很快").status_code == 422
    assert step(visitor, matter, "rate", stars="5", comment="很快").status_code == 303
    assert step(visitor, matter, "rate", stars="5", comment="很快").status_code == 303  # sent again by a lost network
    matter.refresh_from_db()
    assert matter.status == "rated"
    assert matter.ratings.get().comment == "很快"
    assert "rate" not in page(visitor.get(matter_url(matter))).split("办理记录")[0].split('name="stars"')[1:]


def test_not_solved_goes_back_to_work_with_the_reason(visitor: Client, world: World) -> None:
    matter = world.matter(to="archived")
    show_code(visitor, matter)
    missing = step(visitor, matter, "reopen", reason=" ")
    assert missing.status_code == 422
    assert "请写明哪里没有解决" in page(missing)
    assert step(visitor, matter, "reopen", reason="昨天又漏了").status_code == 303
    matter.refresh_from_db()
    assert matter.status == "accepted"
    assert "昨天又漏了" in page(visitor.get(matter_url(matter)))


def test_urging_twice_a_day_is_declined_and_keeps_the_words(visitor: Client, world: World) -> None:
    matter = world.matter(to="in_progress")
    show_code(visitor, matter)
    assert step(visitor, matter, "urge", note="老人滑倒了").status_code == 303
    response = step(visitor, matter, "urge", key="t" * 24, note="还没有人来")
    assert response.status_code == 429
    assert "明天再看" in page(response)
    assert "还没有人来" in page(response)


def test_withdrawing_what_somebody_began_is_refused_and_the_words_are_shown(visitor: Client, world: World) -> None:
    matter = world.matter(to="dispatched")
    show_code(visitor, matter)
    world.advance(matter, to="in_progress")
    response = step(visitor, matter, "withdraw", reason="自己修好了")
    assert response.status_code == 409
    assert "自己修好了" in page(response)
    matter.refresh_from_db()
    assert matter.status == "in_progress"


def test_withdrawing_ends_it(visitor: Client, world: World) -> None:
    matter = world.matter(to="accepted")
    show_code(visitor, matter)
    assert step(visitor, matter, "withdraw").status_code == 303
    shown = page(visitor.get(matter_url(matter)))
    assert "已撤回" in shown
    assert "确定撤回" not in shown


def test_steps_of_others_matters_are_nobodys(visitor: Client, world: World) -> None:
    mine, other = world.matter(to="fed_back"), world.matter(to="fed_back")
    show_code(visitor, mine)
    assert step(visitor, other, "rate", stars="1").status_code == 302
    other.refresh_from_db()
    assert other.status == "fed_back"


def test_steps_that_are_not_for_reporters_do_not_exist(visitor: Client, world: World) -> None:
    matter = world.matter()
    show_code(visitor, matter)
    assert step(visitor, matter, "accept").status_code == 404
    assert step(visitor, matter, "archive").status_code == 404


def test_lateness_is_said(visitor: Client, world: World) -> None:
    matter = world.matter(to="in_progress")
    show_code(visitor, matter)
    with time_machine.travel(world.at + timedelta(days=7), tick=False):
        show_code(visitor, matter)
        shown = page(visitor.get(matter_url(matter)))
    assert "已逾期" in shown
    assert "is-late" in shown


def test_a_refusal_shows_its_reason_first(visitor: Client, world: World) -> None:
    matter = world.report()
    operations.reject(matter=matter, by=world.actor("secretary"), at=world.at, reason="属于房屋买卖纠纷，请向法院起诉")
    show_code(visitor, matter)
    shown = page(visitor.get(matter_url(matter)))
    assert "属于房屋买卖纠纷" in shown.split("走到哪一步")[0]
    assert "is-now" not in shown


# --- photos ---------------------------------------------------------------------------------------------------------


def test_photos_are_seen_by_their_reporter_and_by_staff_in_scope_only(visitor: Client, world: World) -> None:
    send(visitor, pictures=[photo()])
    matter, picture = Matter.objects.get(), Attachment.objects.get()
    url = reverse("photo", args=[matter.number, picture.pk])
    own = visitor.get(url)
    assert own.status_code == 200
    assert own["Cache-Control"] == "private, no-store"
    assert Image.open(io.BytesIO(own.getvalue())).size == (640, 480)
    assert Image.open(io.BytesIO(visitor.get(url, {"size": "thumb"}).getvalue())).size == (480, 360)
    for name, status in (("", 404), ("other_resident", 404), ("far_secretary", 404), ("secretary", 200)):
        client = Client()
        if name:
            client.force_login(world.users[name])
        response = client.get(url)
        response.getvalue()
        assert response.status_code == status, name


def test_photos_of_the_work_are_not_shown_to_reporters(visitor: Client, world: World) -> None:
    matter = world.matter(to="in_progress")
    from pingzhan.matters.operations.pictures import store_pictures

    file = photo()
    file.size = len(file.getvalue())  # type: ignore[attr-defined]
    operations.complete(
        matter=matter, by=world.actor(world.handled_by(matter)), at=matter.status_at + timedelta(minutes=1),
        result="修好了", pictures=store_pictures([file]),
    )  # fmt: skip
    show_code(visitor, matter)
    url = reverse("photo", args=[matter.number, Attachment.objects.get().pk])
    assert visitor.get(url).status_code == 404
    visitor.force_login(world.users["secretary"])
    response = visitor.get(url)
    response.getvalue()
    assert response.status_code == 200


# --- mine -----------------------------------------------------------------------------------------------------------


def test_signed_in_residents_see_their_matters_and_who_looked_at_their_contact(visitor: Client, world: World) -> None:
    visitor.force_login(world.users["resident"])
    send(visitor, contact_name="王阿姨", contact_phone="13800001234")
    matter = Matter.objects.get()
    operations.open_contact(matter=matter, purpose="核实漏水位置", by=world.actor("secretary"), at=world.at)
    assert matter.title in page(visitor.get(reverse("portal:mine")))
    assert matter.title in page(visitor.get(reverse("portal:home")))
    visitor.cookies.pop("shown")
    assert visitor.get(matter_url(matter)).status_code == 200
    shown = page(visitor.get(reverse("portal:data")))
    assert "核实漏水位置" in shown
    assert "沈书记" in shown
    assert "13800001234" not in shown
    other = Client()
    other.force_login(world.users["other_resident"])
    assert other.get(matter_url(matter)).status_code == 302
    assert "核实漏水位置" not in page(other.get(reverse("portal:data")))


@pytest.mark.parametrize("name", ["portal:mine", "portal:data"])
def test_what_is_ones_own_asks_to_sign_in(visitor: Client, name: str) -> None:
    response = visitor.get(reverse(name))
    assert response.status_code == 302
    assert response.url.startswith(settings.LOGIN_URL)


# --- notices --------------------------------------------------------------------------------------------------------


def test_a_notice_tells_the_result_and_nothing_of_who(visitor: Client, world: World) -> None:
    matter = world.matter(
        to="published",
        text="我叫王小明，3号楼201室漏水，电话13800001234",
        contact_name="王小明",
        contact_phone="13800001234",
    )
    listed = page(visitor.get(reverse("portal:notices")))
    assert "楼道漏水已修复" in listed
    shown = page(visitor.get(reverse("portal:notice", args=[matter.notice.pk])))
    assert "已更换水管。" in shown
    assert "源园居委会" in shown
    for secret in ("王小明", "13800001234", "201室", matter.query_code, "第1网格"):
        assert secret not in listed
        assert secret not in shown


def test_notices_are_found_by_street_and_group(visitor: Client, world: World) -> None:
    world.matter(to="published")
    url = reverse("portal:notices")
    assert "楼道漏水已修复" in page(visitor.get(url, {"street": HOME_STREET, "category": "property"}))
    assert "楼道漏水已修复" not in page(visitor.get(url, {"street": "310107014"}))
    assert "没有符合条件的公示" in page(visitor.get(url, {"category": "noise"}))


def test_a_notice_that_was_taken_down_is_gone(visitor: Client, world: World) -> None:
    matter = world.matter(to="published")
    operations.take_down(notice=matter.notice, by=world.actor("secretary"), at=world.at, reason="漏了人名")
    assert "楼道漏水已修复" not in page(visitor.get(reverse("portal:notices")))
    assert visitor.get(reverse("portal:notice", args=[matter.notice.pk])).status_code == 404


def test_more_notices_come_page_by_page(visitor: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pingzhan.web.portal.notices.PAGE", 2)
    for _ in range(3):
        world.matter(to="published")
    first = page(visitor.get(reverse("portal:notices")))
    assert first.count("楼道漏水已修复") == 2
    more = re.search(r'href="\?(after=[^"]+)"', first)
    assert more
    second = page(visitor.get(f"{reverse('portal:notices')}?{more[1]}"))
    assert second.count("楼道漏水已修复") == 1
    fragment = page(visitor.get(f"{reverse('portal:notices')}?{more[1]}", headers={"HX-Request": "true"}))
    assert "<html" not in fragment
    assert fragment.count("楼道漏水已修复") == 1


# --- the map --------------------------------------------------------------------------------------------------------


def test_outlines_come_level_by_level_and_are_kept_by_browsers(visitor: Client) -> None:
    url = reverse("portal:outlines")
    response = visitor.get(url)
    assert {feature["properties"]["level"] for feature in response.json()["features"]} == {"district", "street"}
    again = visitor.get(url, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    inside = visitor.get(url, {"under": HOME_STREET}).json()
    assert {feature["properties"]["code"] for feature in inside["features"]} == {HOME, "310107005003"}
    assert visitor.get(url, {"under": "nonsense"}).status_code == 404


def test_a_point_is_named(visitor: Client, world: World) -> None:
    lon, lat = world.point()
    url = reverse("portal:place")
    chain = visitor.get(url, {"lon": lon, "lat": lat}).json()["chain"]
    assert [place["code"] for place in chain] == [DISTRICT, HOME_STREET, HOME, f"{HOME}-G001"]
    assert visitor.get(url, {"lon": 0, "lat": 0}).status_code == 404
    assert visitor.get(url, {"lon": "x"}).status_code == 422
    assert visitor.get(url, {"lon": "nan", "lat": "inf"}).status_code == 404


# --- choices of the visitor -----------------------------------------------------------------------------------------


def test_language_and_large_print_switch_in_place(visitor: Client) -> None:
    url = reverse("portal:track")
    response = visitor.post(reverse("prefs"), {"language": "en", "elder": "1", "next": f"{url}?number=1"})
    assert response.status_code == 303
    assert response.url == f"{url}?number=1"
    shown = page(visitor.get(url))
    assert '<html lang="en"' in shown
    assert "data-elder" in shown


@pytest.mark.parametrize(
    "next_", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", ""]
)
def test_the_switch_leads_nowhere_else(visitor: Client, next_: str) -> None:
    assert visitor.post(reverse("prefs"), {"elder": "1", "next": next_}).url == "/"


@pytest.mark.parametrize(
    ("name", "face"),
    [("", "/"), ("resident", "/"), ("grid_worker", "/field/"), ("building_leader", "/field/"), ("secretary", "/desk/")],
)
def test_everybody_comes_home_to_their_own_face(visitor: Client, world: World, name: str, face: str) -> None:
    if name:
        visitor.force_login(world.users[name])
    assert visitor.get(reverse("home")).url == face


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "验证码不对，请核对后重新填写。"), ("en", "The code is not right")]
)
def test_a_wrong_code_is_called_so(visitor: Client, world: World, language: str, words: str) -> None:
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    visitor.post(reverse("account_request_login_code"), {"phone": "13912345678"})
    assert words in page(visitor.post(reverse("account_confirm_login_code"), {"code": "00000x"}))


@pytest.mark.parametrize("password", ["", "wrong-one"])
def test_a_wrong_password_is_told_and_the_name_stays(visitor: Client, password: str) -> None:
    shown = page(visitor.post(reverse("account_login"), {"login": "nobody", "password": password}))
    assert 'value="nobody"' in shown
    assert ("用户名、手机号码或密码不对" in shown) == bool(password)


# --- what holds for all ---------------------------------------------------------------------------------------------


def test_pages_open_in_english_too(visitor: Client, world: World) -> None:
    visitor.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    matter = world.matter(to="published")
    show_code(visitor, matter)
    for url in (
        "/", "/report/", "/track/", "/notices/", "/help/", matter_url(matter),
        reverse("portal:receipt", args=[matter.number]), reverse("portal:notice", args=[matter.notice.pk]),
    ):  # fmt: skip
        assert visitor.get(url).status_code == 200, url


def test_pages_may_be_framed_by_nobody_and_run_no_foreign_script(visitor: Client) -> None:
    policy = visitor.get("/report/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize(
    ("name", "most"),
    [("portal:home", 5), ("portal:report", 3), ("portal:track", 2), ("portal:notices", 5), ("portal:help", 2)],
)
def test_a_page_asks_the_database_as_often_however_much_there_is(
    visitor: Client, world: World, django_assert_max_num_queries: Any, name: str, most: int
) -> None:
    for _ in range(3):
        world.matter(to="published")
    visitor.get(reverse(name))  # categories and units are kept in memory from here on
    with django_assert_max_num_queries(most):
        visitor.get(reverse(name))


def test_a_matters_page_asks_the_database_as_often_however_long_its_story(
    visitor: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    for status in ("submitted", "archived"):
        matter = world.matter(to=status)
        show_code(visitor, matter)
        visitor.get(matter_url(matter))
        with django_assert_max_num_queries(11):
            visitor.get(matter_url(matter))


def test_who_left_no_phone_follows_the_parts_by_the_code_of_the_whole(world: World, visitor: Client) -> None:
    matter = world.matter(to="accepted", anonymous=True)
    [part] = operations.split(matter=matter, parts=["楼道灯不亮"], by=world.actor("secretary"), at=matter.status_at)
    visitor.post("/track/", {"number": matter.number, "code": matter.query_code})
    shown = page(visitor.get(f"/track/{matter.number}/"))
    assert part.number in shown
    assert "楼道灯不亮" in page(visitor.get(f"/track/{part.number}/"))
    code = {"query_code": matter.query_code}
    assert Client().get(f"/api/v1/public/matters/{part.number}", code).status_code == 200
    assert Client().get(f"/api/v1/public/matters/{matter.number}", {"query_code": part.query_code}).status_code == 404
    other = world.report()
    assert Client().get(f"/api/v1/public/matters/{other.number}", code).status_code == 404
