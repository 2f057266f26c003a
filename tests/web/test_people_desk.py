"""The desk's pages of units and persons: an administrator staffs an installation, persons are found and merged."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pingzhan.access.actors import SYSTEM
from pingzhan.access.models import User
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import actor_for, can
from pingzhan.core.models import Message
from pingzhan.core.sheets import write_workbook
from pingzhan.journal.models import Entry
from pingzhan.journal.operations import seal
from pingzhan.people.models import Appointment, Person, PersonTraining, Unit
from pingzhan.people.operations import appoint, change_person, create_person, load_trainings
from pingzhan.people.tasks import index_units
from tests.factories.world import FAR, HOME, HOME_STREET, World

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        yield


def page(response: Any) -> str:
    return response.content.decode()


def test_an_administrator_staffs_an_installation_without_the_command_line(world, sign_in):
    admin = sign_in("administrator")
    made = admin.post(
        reverse("desk:unit_new"),
        {
            "code": "hosp-1",
            "name": "曹杨社区医院",
            "kind": "hospital",
            "place": [HOME_STREET, HOME],
            "phone": "62541234",
        },
    )
    unit = Unit.objects.get(code="hosp-1")
    assert made.url == reverse("desk:unit", args=[unit.pk])
    assert unit.path == world.path(HOME)
    shown = admin.post(
        reverse("desk:unit_staff", args=[unit.pk]),
        {
            "name": "夏干事",
            "phone": "10077770001",
            "role": "community_staff",
            "place": [HOME_STREET, HOME],
            "username": "xia",
        },
    )
    link = re.search(r"http://testserver(/join/[^\"<&]+/)", page(shown)).group(1)
    assert "<svg" in page(shown)

    colleague = Client()
    assert "夏干事" in page(colleague.get(link))
    weak = colleague.post(link, {"password": "123", "again": "123"})
    assert weak.status_code == 422
    welcome = colleague.post(link, {"password": PASSWORD, "again": PASSWORD})
    assert welcome.status_code == 302
    assert colleague.get(reverse("desk:queue")).status_code == 200
    assert Client().get(link).status_code == 404  # used
    user = User.objects.get(username="xia")
    assert user.check_password(PASSWORD)
    assert can(actor_for(user, at=world.at + timedelta(hours=1)), Permission.MATTER_ACCEPT, world.path(HOME))
    assert "夏干事" in page(admin.get(reverse("desk:unit", args=[unit.pk])))


def test_a_link_is_no_way_to_rights_that_are_not_ones_own(world, sign_in):
    boss = Person.objects.get(user_id=world.users["street_secretary"].pk)
    boss.place, boss.path = world.places[HOME], world.path(HOME)  # the file lies with the community
    boss.save()
    response = sign_in("secretary").post(reverse("desk:person_account", args=[boss.pk]), {"act": "link"})
    assert response.status_code == 403
    assert "/join/" not in page(response)
    assert not world.users["street_secretary"].invitations.exists()


def test_a_resident_account_is_not_taken_over(world, sign_in):
    """Whoever signs in by this phone as a resident keeps it; the colleague gets an account of their own."""
    phone = world.users["resident"].phone.open()
    person = create_person(name="陆居民", phone=phone, place=world.places[HOME], by=SYSTEM, at=world.at)
    sign_in("secretary").post(reverse("desk:person_account", args=[person.pk]), {"act": "open", "username": "lu"})
    made = User.objects.get(username="lu")
    assert made.phone_index is None
    assert made.pk != world.users["resident"].pk


def test_units_are_found_by_their_words_and_kind(world, sign_in):
    seal(at=world.at)
    index_units(world.at)
    secretary = sign_in("secretary")
    found = page(secretary.get(reverse("desk:units"), {"q": world.units[f"{HOME}.property"].name[:4]}))
    assert f"{HOME}.property" in found
    assert f"{FAR}.property" not in found
    only = page(secretary.get(reverse("desk:units"), {"kind": "community"}))
    assert f"{HOME}.committee" in only
    assert f"{HOME}.property" not in only


def test_a_workbook_of_units_names_its_wrong_rows_and_does_the_rest(world, sign_in):
    rows = [
        ["shop-1", "好邻居超市", "", "市场、商场", "", HOME, "", "", "兰溪路1号"],
        ["shop-2", "外区的店", "", "企业", "", FAR, "", "", ""],
        ["shop-1", "重复的", "", "企业", "", HOME, "", "", ""],
        ["shop-3", "", "", "奇怪的类型", "", HOME, "", "", ""],
    ]
    heads = ["单位编码", "单位名称", "英文名称", "单位类型", "工作领域", "所在区域编码", "上级单位编码", "电话", "地址"]
    book = write_workbook("单位", heads, rows)
    secretary = sign_in("secretary")

    def send(step: str) -> str:
        return page(
            secretary.post(reverse("desk:units_import"), {"file": SimpleUploadedFile("u.xlsx", book), "step": step})
        )

    tried = send("try")
    assert "不在您的管理范围内" in tried
    assert "与第 3 行的单位编码相同" in tried
    assert not Unit.objects.filter(code__startswith="shop-").exists()
    send("import")
    assert [unit.code for unit in Unit.objects.filter(code__startswith="shop-")] == ["shop-1"]
    send("import")
    assert Unit.objects.get(code="shop-1").version == 1


def test_leaders_by_workbook(world, sign_in):
    secretary = sign_in("secretary")
    building = f"{HOME}-B001"
    rows = [[building, "", "", "", "任线上", "10077770002"], [f"{FAR}-B001", "", "外人", "10077770003", "", ""]]
    heads = ["楼栋编码", "楼栋", "线下楼组长", "线下手机", "线上楼组长", "线上手机"]

    def send() -> str:
        book = SimpleUploadedFile("l.xlsx", write_workbook("楼组长", heads, rows))
        return page(secretary.post(reverse("desk:leaders_import"), {"file": book, "step": "import"}))

    assert "不在您的管理范围内" in send()
    held = Appointment.objects.filter(place__code=building, role="building_leader", until__isnull=True)
    assert {row.kind: row.person.name for row in held} == {"offline": "罗楼长", "online": "任线上"}
    rows[0][2:4] = ["新楼长", "10077770004"]
    send()
    assert {row.kind: row.person.name for row in held.all()} == {"offline": "新楼长", "online": "任线上"}
    before = Appointment.objects.count()
    send()
    assert Appointment.objects.count() == before
    template = secretary.get(reverse("desk:leaders_import"), {"template": "1"})
    assert template["Content-Disposition"].endswith('"leaders.xlsx"')


def test_a_person_is_found_by_name_sound_and_whole_phone_and_nobody_elsewhere(world, sign_in):
    here = create_person(name="张小敏", phone="10077770005", place=world.places[HOME], by=SYSTEM, at=world.at)
    there = create_person(name="张小明", phone="10077770006", place=world.places[FAR], by=SYSTEM, at=world.at)
    secretary = sign_in("secretary")
    for words in ("张小", "zxm", "zhangxiao", "100 7777 0005"):
        shown = page(secretary.get(reverse("desk:persons"), {"q": words}))
        assert str(here.pk) in shown, words
        assert str(there.pk) not in shown
        assert "10077770005" not in shown
    assert str(there.pk) not in page(secretary.get(reverse("desk:persons"), {"q": "10077770006"}))
    assert secretary.get(reverse("desk:person", args=[there.pk])).status_code == 404


def test_the_phone_shows_for_a_purpose(world, sign_in):
    person = create_person(name="张三", phone="10077770005", place=world.places[HOME], by=SYSTEM, at=world.at)
    secretary = sign_in("secretary")
    assert "10077770005" not in page(secretary.get(reverse("desk:person", args=[person.pk])))
    refused = secretary.post(reverse("desk:person_phone", args=[person.pk]), {"purpose": ""})
    assert refused.status_code == 422
    assert "10077770005" not in page(refused)
    shown = page(secretary.post(reverse("desk:person_phone", args=[person.pk]), {"purpose": "核实到岗"}))
    assert "10077770005" in shown
    assert "核实到岗" in shown


def test_doubles_are_merged_and_parted_again(world, sign_in):
    grid = world.places[f"{HOME}-G001"]
    kept = create_person(name="张三", phone="", place=grid, by=SYSTEM, at=world.at)
    gone = create_person(name="张三", phone="10077770005", place=grid, by=SYSTEM, at=world.at)
    office = appoint(person=gone, role="grid_worker", kind="part_time", place=grid, by=SYSTEM, at=world.at)
    secretary = sign_in("secretary")
    listed = page(secretary.get(reverse("desk:doubles")))
    assert str(kept.pk) in listed
    assert str(gone.pk) in listed
    address = reverse("desk:person_merge", args=[kept.pk, gone.pk])
    assert secretary.post(address, {"reason": ""}).status_code == 422
    secretary.post(address, {"reason": "本人核实"})
    office.refresh_from_db()
    kept.refresh_from_db()
    assert office.person_id == kept.pk
    assert kept.phone_index == gone.phone_index
    assert secretary.get(reverse("desk:person", args=[gone.pk])).status_code == 404
    change_person(person=kept, name=kept.name, phone="", by=SYSTEM, at=world.at)  # the number was the other's
    secretary.post(reverse("desk:unmerge", args=[kept.merges.get().pk]))
    office.refresh_from_db()
    assert office.person_id == gone.pk
    assert secretary.get(reverse("desk:person", args=[gone.pk])).status_code == 200


def test_succession_by_the_page(world, sign_in):
    held = Appointment.objects.get(role="grid_worker", place__code=f"{HOME}-G001")
    secretary = sign_in("secretary")
    address = reverse("desk:office", args=[held.pk])
    assert held.person.name in page(secretary.get(address))
    secretary.post(address, {"act": "succeed", "name": "新网格", "phone": "10077770009", "reason": "轮岗"})
    now = Appointment.objects.get(role="grid_worker", place__code=f"{HOME}-G001", until__isnull=True)
    held.refresh_from_db()
    assert (now.person.name, now.since) == ("新网格", held.until)
    assert sign_in("far_secretary").get(reverse("desk:office", args=[now.pk])).status_code == 404


@pytest.mark.parametrize("name", ["persons", "units"])
def test_a_list_asks_no_more_for_more_rows(world, sign_in, name):
    command = sign_in("command")
    command.get(reverse(f"desk:{name}"))  # what a process keeps in memory
    with CaptureQueriesContext(connection) as few:
        command.get(reverse(f"desk:{name}"))
    for number in range(30):
        grid = world.places[f"{HOME}-G001"]
        person = create_person(name=f"某{number}", phone="", place=grid, by=SYSTEM, at=world.at)
        appoint(person=person, role="grid_worker", kind="part_time", place=grid, by=SYSTEM, at=world.at)
    with CaptureQueriesContext(connection) as many:
        command.get(reverse(f"desk:{name}"))
    assert len(many) == len(few) <= 12


def test_phones_are_confirmed_one_by_one_and_several_at_once(world, sign_in):
    old = world.at - timedelta(days=200)
    persons = [
        create_person(name=f"久{n}", phone=f"1007777010{n}", place=world.places[HOME], by=SYSTEM, at=old)
        for n in range(3)
    ]
    secretary = sign_in("secretary")
    asked = {"place": HOME, "unconfirmed": "180"}
    listed = page(secretary.get(reverse("desk:persons"), asked))
    assert listed.count("data-bulk-row") == 3
    sent = secretary.post(
        reverse("desk:contacts_confirm"),
        {"person": [str(one.pk) for one in persons[:2]], "list": f"place={HOME}&unconfirmed=180"},
    )
    assert sent.url == f"{reverse('desk:persons')}?place={HOME}&unconfirmed=180"
    left = page(secretary.get(sent.url))
    assert "已核实 2 人的电话" in left
    assert left.count("data-bulk-row") == 1
    own = reverse("desk:person", args=[persons[2].pk])
    assert "电话已核实" in page(secretary.get(own))
    assert secretary.post(reverse("desk:contacts_confirm"), {"person": str(persons[2].pk), "page": "1"}).url == own
    assert "沈书记" in page(secretary.get(own))
    assert "没有需要核实的电话" in page(secretary.get(reverse("desk:persons"), asked))
    far = sign_in("far_secretary")
    assert far.post(reverse("desk:contacts_confirm"), {"person": str(persons[0].pk)}).status_code == 404
    assert secretary.post(reverse("desk:contacts_confirm"), {"person": "nobody"}).status_code == 404
    assert secretary.post(reverse("desk:contacts_confirm"), {}).status_code == 302  # nobody was ticked: told so
    seen = page(sign_in("community_staff").get(reverse("desk:persons"), {"place": HOME}))
    assert "电话核实" in seen
    assert "data-bulk-row" not in seen
    assert secretary.get(reverse("desk:persons"), {"unconfirmed": "９²"}).status_code == 200


@pytest.mark.parametrize(("face", "back"), [("portal", "portal:data"), ("field", "field:me")])
def test_somebody_tells_that_their_own_phone_is_the_same(world, sign_in, face, back):
    worker = Person.objects.get(user_id=world.users["grid_worker"].pk)
    browser = sign_in("grid_worker")
    assert "没有留手机号码" in page(browser.get(reverse(back)))
    browser.post(reverse("portal:confirm_phone"), {"page": face})
    assert Person.objects.get(pk=worker.pk).contact_confirmed_at is None
    change_person(person=worker, name=worker.name, phone="10077770200", by=SYSTEM, at=world.at - timedelta(days=100))
    assert "我的电话没有变" in page(browser.get(reverse(back)))
    assert browser.post(reverse("portal:confirm_phone"), {"page": face}).url == reverse(back)
    assert Person.objects.get(pk=worker.pk).contact_confirmed_at == world.at + timedelta(hours=1)
    assert sign_in("resident").post(reverse("portal:confirm_phone")).status_code == 404


def test_who_signs_in_by_a_code_is_reached_by_that_phone(world):
    user = world.users["grid_worker"]
    worker = Person.objects.get(user_id=user.pk)
    long_ago = world.at - timedelta(days=200)
    change_person(person=worker, name=worker.name, phone=user.phone.open(), by=SYSTEM, at=long_ago)
    other = Person.objects.get(user_id=world.users["building_leader"].pk)
    change_person(
        person=other, name=other.name, phone="10077770300", by=SYSTEM, at=long_ago
    )  # not the one to sign in by

    def enter(phone: str) -> None:
        visitor = Client()
        Message.objects.all().delete()
        visitor.post(reverse("account_request_login_code"), {"phone": phone})
        said = Message.objects.get(template="login.code").text.open()
        code = re.search(r"\d+", said).group()
        assert len(code) == 6
        visitor.post(reverse("account_confirm_login_code"), {"code": code})
        assert "_auth_user_id" in visitor.session

    enter(user.phone.open())
    enter(world.users["building_leader"].phone.open())
    assert Person.objects.get(pk=worker.pk).contact_confirmed_at == world.at + timedelta(hours=1)
    assert Person.objects.get(pk=other.pk).contact_confirmed_at == long_ago
    enter(user.phone.open())
    assert Entry.objects.filter(verb="person.confirm_contact").count() == 1  # not every day anew


def test_who_was_at_a_session_is_ticked_and_entered_at_once(world, sign_in):
    load_trainings(by=SYSTEM, at=world.at)
    persons = [
        create_person(name=f"受训{n}", phone="", place=world.places[HOME], by=SYSTEM, at=world.at) for n in range(3)
    ]
    staff = sign_in("community_staff")
    address = f"{reverse('desk:trainings')}?training=flood&place={HOME}&q=受训"
    assert page(staff.get(address)).count("data-bulk-row") == 3
    ticked = [str(one.pk) for one in persons[:2]]
    wrong = staff.post(address, {"person": ticked, "on": "2999-01-01"})
    assert wrong.status_code == 422
    assert page(wrong).count(" checked") == 2
    for on in ("", "2026-02-30", "gestern"):
        assert staff.post(address, {"person": ticked, "on": on}).status_code == 422
    day = world.at.date().isoformat()
    sent = staff.post(address, {"person": ticked, "on": day})
    left = page(staff.get(sent.url))
    assert "已登记 2 人参加“防汛”" in left
    assert left.count("data-bulk-row") == 1
    valid = page(staff.get(address + "&state=valid"))
    assert day in valid
    assert valid.count("data-bulk-row") == 2
    assert staff.post(address, {"person": str(Person.objects.get(name="袁书记").pk), "on": day}).status_code == 404
    assert page(sign_in("administrator").get(address)).count("data-bulk-box") == 0  # sees it and enters nobody


def test_one_training_is_entered_on_the_page_of_the_person_and_withdrawn_there(world, sign_in):
    load_trainings(by=SYSTEM, at=world.at)
    worker = Person.objects.get(user_id=world.users["grid_worker"].pk)
    staff, own = sign_in("community_staff"), reverse("desk:person", args=[worker.pk])
    day = world.at.date()
    made = staff.post(
        reverse("desk:person_train", args=[worker.pk]),
        {"training": "first_aid", "on": day.isoformat(), "valid_until": (day + timedelta(days=30)).isoformat()},
    )
    assert made.url == own
    assert f"有效至 {(day + timedelta(days=30)).isoformat()}" in page(staff.get(own))
    assert "应急救护" in page(sign_in("grid_worker").get(reverse("portal:data")))
    row = PersonTraining.objects.get()
    assert sign_in("far_secretary").post(reverse("desk:training_withdraw", args=[row.pk])).status_code == 404
    staff.post(reverse("desk:training_withdraw", args=[row.pk]))
    assert "没有培训记录" in page(staff.get(own))
    assert staff.post(reverse("desk:person_train", args=[worker.pk]), {"training": "x", "on": "1"}).status_code in (
        302,
        404,
    )


def test_without_a_catalogue_the_page_says_what_to_do(world, sign_in):
    shown = sign_in("secretary").get(reverse("desk:trainings"))
    assert "还没有培训目录" in page(shown)
