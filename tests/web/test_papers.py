"""A matter on paper, its chain of responsibility, and the ledgers: for those within whose area it is."""

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pymupdf
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from pingzhan.core.sheets import read_rows
from pingzhan.journal.models import Entry, Leaf
from pingzhan.journal.operations import seal
from pingzhan.matters import operations
from pingzhan.matters.models import Remark, Summons
from pingzhan.matters.operations.escalating import climb_due
from pingzhan.matters.operations.pictures import store_pictures
from pingzhan.matters.operations.taking import grab
from pingzhan.matters.operations.whistle import check_in, close, tell_superior
from pingzhan.matters.queries.chain import chain_of
from pingzhan.matters.queries.ledgers import ledger_page
from tests.factories.clocks import set_rules
from tests.factories.pictures import upload
from tests.factories.whistles import blow
from tests.factories.world import DISTRICT, FAR, HOME, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=12), tick=False):
        yield


def text_of(pdf: bytes) -> str:
    return "".join(page.get_text() for page in pymupdf.open("pdf", pdf))


def test_the_sheet_as_pdf_and_word(world: World, sign_in: Callable[[str], Client]) -> None:
    matter = world.report(
        "楼道漏水<script>", contact_phone="13812345678", contact_name="陆阿姨", pictures=store_pictures([upload()])
    )
    world.advance(matter, to="rated")
    client = sign_in("secretary")
    address = f"/desk/matters/{matter.number}/paper"
    plain = client.get(f"{address}/pdf/")
    assert plain["Content-Type"] == "application/pdf"
    words = text_of(plain.content)
    for said in ("事项单", matter.number, "楼道漏水<script>", "沈书记", "水管已更换", "办结时限", "138****5678"):
        assert said in words, said
    assert "13812345678" not in words
    fonts = [font[3] for page in pymupdf.open("pdf", plain.content) for font in page.get_fonts()]
    assert any("Droid" in font for font in fonts)  # the letters travel with the paper,
    assert len(plain.content) < 200_000  # and only those that are used
    pictured = client.get(f"{address}/pdf/?pictures=1").content
    assert pymupdf.open("pdf", pictured)[-1].get_images() or pymupdf.open("pdf", pictured)[0].get_images()
    with zipfile.ZipFile(io.BytesIO(client.get(f"{address}/docx/").content)) as document:
        body = document.read("word/document.xml").decode()
    assert "楼道漏水&lt;script&gt;" in body
    assert "13812345678" not in body
    assert client.get(f"{address}/exe/").status_code == 404


def test_who_reported_it_has_no_staff_paper(world: World, sign_in: Callable[[str], Client]) -> None:
    matter = world.report("楼道漏水", by="inspector", place=f"{FAR}-G001")
    client = sign_in("inspector")  # of another street, here as anybody who reports
    assert client.get(f"/desk/matters/{matter.number}/paper/pdf/").status_code == 404
    assert client.get(f"/desk/matters/{matter.number}/chain/").status_code == 404


def test_the_chain_tells_who_knew_decided_did_and_who_did_not(world: World, sign_in: Callable[[str], Client]) -> None:
    matter = world.report("楼道漏水", contact_phone="13812345678")
    secretary, manager = world.actor("secretary"), world.actor("property_staff")
    at = world.at + timedelta(hours=6, minutes=30)  # two and a half working hours late
    operations.accept(matter=matter, by=secretary, at=at, note="先电话核实")
    operations.dispatch(matter=matter, by=secretary, at=at + timedelta(minutes=1))
    operations.open_contact(matter=matter, purpose="约定上门时间", by=manager, at=at + timedelta(minutes=2))
    seal(at=at)
    found = chain_of(matter, at=world.at + timedelta(days=3))
    assert [(link.part, link.label) for link in found.links] == [
        ("knew", "上报"), ("knew", "受理"), ("decided", "转办"), ("knew", "查看加密信息"),
    ]  # fmt: skip
    assert {link.proof for link in found.links} == {"holds"}
    assert found.whole
    assert [(gap.label, gap.unit, gap.acted_at is None) for gap in found.gaps[:2]] == [
        ("受理时限", "源园居委会", False),
        ("签收时限", "源园物业服务站", True),
    ]
    shown = sign_in("secretary").get(f"/desk/matters/{matter.number}/chain/").content.decode()
    for said in ("先电话核实", "约定上门时间", "源园居委会：受理时限", "已核验"):
        assert said in shown
    pdf = text_of(sign_in("inspector").get(f"/desk/matters/{matter.number}/chain/pdf/").content)
    assert "责任链条" in pdf
    assert found.root[:16] in pdf.replace("\n", "")
    Remark.objects.filter(matter=matter).update(text="没有核实")
    changed = chain_of(matter, at=at)
    assert not changed.whole
    assert "不一致" in sign_in("secretary").get(f"/desk/matters/{matter.number}/chain/").content.decode()


def test_the_chain_tells_who_was_told_and_who_came_to_the_whistle(world: World) -> None:
    whistle = blow(world)
    matter = whistle.matter
    later = world.at + timedelta(hours=11)
    check_in(whistle=whistle, by=world.actor("property_staff"), at=world.at + timedelta(minutes=3))
    for summons in Summons.objects.filter(whistle=whistle, unit__code=f"{DISTRICT}.housing"):
        tell_superior(summons=summons, at=later)
    set_rules(world)
    climb_due(at=later)
    found = chain_of(matter, at=later)
    links = [(link.part, link.label, link.unit) for link in found.links]
    assert ("knew", "报到", "源园物业服务站") in links
    assert any(label == "吹哨" and unit.count("、") == 2 for _, label, unit in links)
    assert any(label == "哨单逾期告知上级" and unit for _, label, unit in links)
    assert ("到场时限", "源园物业服务站", True) in [(gap.label, gap.unit, gap.acted_at is None) for gap in found.gaps]
    assert "请到1号楼下集合" in found.links[1].words
    assert found.whole


def test_the_chain_names_whom_it_was_escalated_to_and_who_took_it(world: World) -> None:
    set_rules(world)
    matter = world.matter(to="dispatched")
    late = matter.status_at + timedelta(days=3)
    climb_due(at=late)
    told = [link.unit for link in chain_of(matter, at=late).links if link.step == "escalate"]
    assert told
    assert all(told)
    grab(matter=matter, by=world.actor("property_staff"), at=late)
    last = chain_of(matter, at=late).links[-1]
    assert (last.subject, last.label, last.unit) == ("taking", "接单或派单", "吴经理")


def test_what_was_returned_in_time_is_not_held_against_who_returned_it(world: World) -> None:
    matter = world.matter(to="in_progress")
    operations.return_matter(
        matter=matter, by=world.actor("property_staff"), at=matter.status_at + timedelta(minutes=5), reason="不归物业"
    )
    gaps = chain_of(matter, at=world.at + timedelta(days=30)).gaps
    assert {gap.unit for gap in gaps if gap.label == "办结时限"} == {"源园居委会"}


def test_the_chain_by_the_api_is_that_of_the_page(world: World) -> None:
    matter = world.matter(to="dispatched")
    said = world.client("inspector").get(f"/api/v1/matters/{matter.number}/chain").json()
    assert [link["step"] for link in said["links"]] == ["report", "accept", "dispatch"]
    assert said["links"][2]["to"] == "源园物业服务站"
    assert said["whole"]


def test_an_entry_that_was_changed_after_sealing_is_not_proved(world: World) -> None:
    matter = world.matter(to="dispatched")
    while seal(at=world.at):
        pass
    assert {link.proof for link in chain_of(matter, at=world.at).links} == {"holds"}
    changed = Entry.objects.get(subject_id=matter.pk, verb="matter.dispatch")
    with connection.cursor() as cursor:  # by hand, past all that the program does
        cursor.execute("UPDATE journal_entry SET actor_name = %s WHERE id = %s", ["别人", changed.pk])
    found = chain_of(matter, at=world.at)
    assert [link.proof for link in found.links] == ["holds", "holds", "broken"]
    assert not found.whole
    Leaf.objects.filter(position=changed.position).delete()
    assert {link.proof for link in chain_of(matter, at=world.at).links} == {"broken"}  # all lean on that leaf


def test_ledgers_of_the_month_by_place(world: World, sign_in: Callable[[str], Client]) -> None:
    done = world.matter(text="楼道漏水", to="rated")
    held = world.matter(text="路灯不亮，夜里看不见", to="in_progress")
    operations.supervise(matter=held, by=world.actor("secretary"), at=world.at, note="本周办结")
    far = world.report("蓝鲸漏水", place=f"{FAR}-G001")
    old = world.report("上个月的漏水", at=world.at - timedelta(days=20))
    client = sign_in("secretary")
    page = client.get("/desk/ledgers/?month=2026-03").content.decode()
    assert done.number in page
    assert held.number in page
    assert far.number not in page
    assert old.number not in page
    assert old.number in client.get("/desk/ledgers/?month=2026-02").content.decode()
    feedback = client.get("/desk/ledgers/?kind=feedback").content.decode()
    assert "水管已更换，请您查看。" in feedback
    assert held.number not in feedback
    supervised = client.get("/desk/ledgers/?kind=supervision").content.decode()
    assert "本周办结" in supervised
    assert done.number not in supervised
    operations.report_back(matter=held, by=world.actor(world.handled_by(held)), at=world.at, reply="配件明天到")
    operations.release(matter=held, by=world.actor("secretary"), at=world.at)
    released = client.get("/desk/ledgers/?kind=supervision").content.decode()  # a ledger forgets nothing
    assert all(words in released for words in (held.number, "本周办结", "配件明天到"))
    for nonsense in ("?month=x&kind=y&place=z", "?month=9999-99", "?after=x"):
        assert client.get(f"/desk/ledgers/{nonsense}").status_code in (200, 422)
    book = client.get(f"/desk/ledgers/workbook/?kind=handling&month=2026-03&place={HOME}")
    rows = list(read_rows(b"".join(book), columns={"编号": "number", "办结时间": "done"}))
    assert {row["number"] for _, row in rows} == {done.number, held.number}
    other = sign_in("far_secretary").get(f"/desk/ledgers/workbook/?month=2026-03&place={HOME}")
    assert list(read_rows(b"".join(other), columns={"编号": "number"})) == []


def test_a_ledger_costs_the_same_whatever_its_length(world: World) -> None:
    def statements() -> int:
        said: dict[str, Any] = {"begin": world.at - timedelta(days=1), "end": world.at + timedelta(days=1)}
        actor = world.actor("secretary")
        with CaptureQueriesContext(connection) as asked:
            ledger_page(actor, "handling", place="", after=None, **said)
        return len(asked)

    world.matter(to="rated")
    few = statements()
    for n in range(8):
        world.matter(to="completed", at=world.at + timedelta(seconds=n))
    assert statements() == few == 6


def test_a_summoned_unit_has_the_sheet_on_paper_as_long_as_the_whistle_runs(
    world: World, sign_in: Callable[[str], Client]
) -> None:
    whistle = blow(world, at=world.at + timedelta(hours=11))
    client, paper = sign_in("housing_staff"), f"/desk/matters/{whistle.matter.number}/paper"
    for kind in ("pdf", "docx"):
        assert client.get(f"{paper}/{kind}/").status_code == 200
    assert client.get(f"/desk/matters/{whistle.matter.number}/chain/").status_code == 404  # not for them
    close(whistle=whistle, by=world.actor("secretary"), at=world.at + timedelta(hours=11, minutes=30))
    assert client.get(f"{paper}/pdf/").status_code == 404
