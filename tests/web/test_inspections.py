"""Inspections by hand: an inspector puts one on record, the unit mends, the inspector closes it."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pingzhan.core.sheets import read_rows
from pingzhan.matters.models import Inspection
from tests.factories.inspections import inspection
from tests.factories.world import HOME, HOME_STREET, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=12), tick=False):
        yield


def test_from_the_record_to_the_last_finding(world: World, sign_in: Callable[[str], Client]) -> None:
    inspector, manager = sign_in("inspector"), sign_in("property_staff")
    assert "下一步" in inspector.get("/desk/inspections/new/").content.decode()
    shown = inspector.get(f"/desk/inspections/new/?place={HOME}").content.decode()
    assert f"{HOME}.property" in shown
    said = {
        "place": HOME, "form": "special", "unit": f"{HOME}.property", "topic": "电梯专项督查",
        "summary": "查了维保记录", "text_1": "维保过期", "due_1": "2026-03-12",
    }  # fmt: skip
    wrong = inspector.post("/desk/inspections/new/", said | {"due_1": ""})
    assert wrong.status_code == 422
    assert "维保过期" in wrong.content.decode()  # what was typed stays
    made = inspector.post("/desk/inspections/new/", said)
    assert made.status_code == 302
    page = made["Location"]
    assert "等待被检查单位整改" in inspector.get(page).content.decode()
    assert "电梯专项督查" in manager.get("/desk/inspections/").content.decode()
    assert manager.post(f"{page}1/mend/", {"answer": ""}).status_code == 422
    assert manager.post(f"{page}1/mend/", {"answer": "已做维保"}).status_code == 302
    assert "退回整改" in inspector.get(page).content.decode()
    assert inspector.post(f"{page}1/confirm/", {"ok": "0", "reason": "没有签字"}).status_code == 302
    assert "没有签字" in manager.get(page).content.decode()
    manager.post(f"{page}1/mend/", {"answer": "补了签字"})
    inspector.post(f"{page}1/confirm/", {"ok": "1"})
    assert Inspection.objects.get().closed_at is not None
    assert "电梯专项督查" in inspector.get("/desk/inspections/?closed=1").content.decode()
    assert "电梯专项督查" not in inspector.get("/desk/inspections/").content.decode()


def test_a_tracing_starts_at_the_chain_of_a_matter(world: World, sign_in: Callable[[str], Client]) -> None:
    matter = world.matter(to="in_progress")
    inspector = sign_in("inspector")
    chain = f"/desk/matters/{matter.number}/chain/"
    assert f"/desk/inspections/new/?matter={matter.number}" in inspector.get(chain).content.decode()
    said = {"matter": matter.number, "form": "trace", "unit": f"{HOME}.property", "topic": "漏水倒查", "summary": "无"}
    inspector.post("/desk/inspections/new/", said)
    assert "漏水倒查" in inspector.get(chain).content.decode()


def test_the_workbook_of_the_month(world: World, sign_in: Callable[[str], Client]) -> None:
    inspection(world, world.matter(to="in_progress"), form="patrol")
    answer = sign_in("inspector").get("/desk/inspections/workbook/?month=2026-03")
    rows = read_rows(b"".join(answer), columns={"问题": "found", "检查形式": "form"})
    assert [row for _, row in rows] == [{"found": "夜里没有人值班", "form": "巡查"}]


def test_the_list_costs_the_same_whatever_its_length(world: World, sign_in: Callable[[str], Client]) -> None:
    inspector = sign_in("inspector")
    matter = world.matter(to="in_progress")

    def count() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert inspector.get("/desk/inspections/").status_code == 200
        return len(found)

    inspection(world, matter)
    count()
    few = count()
    for _ in range(4):
        inspection(world, matter)
    assert count() == few


def test_the_words_of_a_matter_are_for_those_who_may_see_it(world: World, sign_in: Callable[[str], Client]) -> None:
    matter = world.matter(to="in_progress")
    made = inspection(world, matter, unit=f"{HOME_STREET}.management")
    address = f"/desk/inspections/{made.pk}/"
    assert matter.title in sign_in("inspector").get(address).content.decode()
    shown = sign_in("management_staff").get(address).content.decode()
    assert matter.number in shown
    assert matter.title not in shown


def test_who_presses_second_is_told_why_nothing_was_done(world: World, sign_in: Callable[[str], Client]) -> None:
    made = inspection(world, world.matter(to="in_progress"))
    manager = sign_in("property_staff")
    address = f"/desk/inspections/{made.pk}/1/mend/"
    assert manager.post(address, {"answer": "排了夜班"}).status_code == 302
    again = manager.post(address, {"answer": "排了夜班"})
    assert again.status_code == 409
    assert "请刷新后再看" in again.content.decode()
