"""Lists as files: what the pages show and no more, no formulas, nothing sealed, one's own, for some days."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from pingzhan.access.models import Grant
from pingzhan.access.queries import actor_for
from pingzhan.core.errors import NotAllowed, NotFound, TooMany
from pingzhan.core.files import open_file
from pingzhan.core.sheets import read_rows
from pingzhan.journal.models import Entry
from pingzhan.matters import operations
from pingzhan.matters.models import Export
from pingzhan.matters.operations.exports import KEPT_FOR, forget_exports, write_export
from pingzhan.matters.queries import exports as reads
from pingzhan.matters.queries.lists import Filters
from tests.factories.world import FAR, HOME, NEAR, World

pytestmark = pytest.mark.django_db
SECRETS = {"contact_name": "蓝居民", "contact_phone": "10000055555"}


@pytest.fixture(autouse=True)
def _then(world: World) -> Iterator[None]:
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        yield


def now(world: World) -> datetime:
    return world.at + timedelta(hours=1)


def export(world: World, name: str, *, format: str = "csv", **filters: Any) -> Export:
    asked = operations.request_export(format=format, filters=Filters(**filters), by=world.actor(name), at=now(world))
    write_export.func(str(asked.pk))
    return Export.objects.get(pk=asked.pk)


def content(done: Export) -> bytes:
    with open_file(done.name) as file:
        return file.read()


def table(done: Export) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content(done).decode("utf-8-sig"), newline="")))


def test_the_file_has_what_the_pages_show_and_nothing_sealed(world: World) -> None:
    mine = world.report("楼道漏水", **SECRETS)
    late = world.matter(text="路灯不亮，夜里看不见", to="rated", at=world.at + timedelta(minutes=1), **SECRETS)
    hidden = [world.report("蓝鲸漏水", place=f"{place}-G001", **SECRETS) for place in (NEAR, FAR)]
    done = export(world, "secretary")
    assert (done.state, done.done, done.total) == ("ready", 2, 2)
    rows = table(done)
    assert [row["编号"] for row in rows] == sorted([mine.number, late.number], reverse=True)
    rated = next(row for row in rows if row["编号"] == late.number)
    assert (rated["状态"], rated["评价"], rated["受理单位"]) == ("待公示", "5", "源园居委会")
    assert "曹杨新村街道 源园居委会" in rated["位置"]
    for format in ("csv", "xlsx", "geojson"):
        text = content(export(world, "secretary", format=format)).decode(errors="replace")
        for secret in (*SECRETS.values(), mine.query_code, "蓝鲸", *(one.number for one in hidden)):
            assert secret not in text
    assert not {"contact_name", "contact_phone", "contact_index", "query_code", "reporter_id"} & set(reads._READ)


@pytest.mark.parametrize("name", ["secretary", "property_staff", "street_staff", "inspector"])
def test_no_filter_reaches_beyond_ones_own_area(world: World, name: str) -> None:
    world.matter(text="楼道漏水", to="dispatched")
    world.matter(text="楼上楼下吵架", to="dispatched")  # the committee's, not the property manager's
    far = world.report("蓝鲸漏水", place=f"{FAR}-G001", **SECRETS)
    from pingzhan.matters.queries.lists import matters_for

    for filters in ({}, {"place": FAR}, {"place": "310107"}, {"q": far.number}, {"q": "10000055555"}, {"open": True}):
        done = export(world, name, **filters)
        shown = matters_for(world.actor(name), Filters(**filters), at=now(world)).values_list("number", flat=True)
        assert [row["编号"] for row in table(done)] == list(shown.order_by("-id"))
        assert far.number not in {row["编号"] for row in table(done)}


def test_who_may_not_export_does_not(world: World) -> None:
    for name in ("resident", "grid_worker", "administrator"):
        with pytest.raises(NotAllowed):
            operations.request_export(format="csv", filters=Filters(), by=world.actor(name), at=world.at)


def test_a_cell_is_never_a_formula(world: World) -> None:
    world.report('=HYPERLINK("http://evil.example","楼道漏水")')
    done = export(world, "secretary")
    assert table(done)[0]["标题"].startswith("'=")
    book = export(world, "secretary", format="xlsx")
    rows = list(read_rows(content(book), columns={"编号": "number", "标题": "title"}))
    assert rows[0][1]["title"].startswith("=HYPERLINK")  # read back as text


def test_geojson_is_read_by_any_map(world: World) -> None:
    lon, lat = world.point()
    operations.report(
        text="楼道漏水", location=operations.Location(lon=lon, lat=lat), source="portal", by=world.actor(), at=world.at
    )
    world.report("没有坐标的漏水")
    found = json.loads(content(export(world, "secretary", format="geojson")))
    assert found["type"] == "FeatureCollection"
    assert sorted((one["geometry"] or {}).get("coordinates", []) for one in found["features"]) == [[], [lon, lat]]
    assert {one["properties"]["status"] for one in found["features"]} == {"submitted"}


def test_it_is_ones_own_and_only_as_long_as_the_rights_reach(world: World) -> None:
    world.report("楼道漏水")
    done = export(world, "secretary")
    at = now(world)
    assert reads.file_for(world.actor("secretary"), done.pk, at=at).pk == done.pk
    for other in ("community_staff", "command", "far_secretary"):
        with pytest.raises(NotFound):
            reads.file_for(world.actor(other), done.pk, at=at)
    Grant.objects.filter(user=world.users["secretary"]).update(until=at)
    with pytest.raises(NotFound):
        reads.file_for(actor_for(world.users["secretary"], at=at), done.pk, at=at)


def test_it_is_written_with_the_rights_of_the_day(world: World) -> None:
    world.report("楼道漏水")
    asked = operations.request_export(format="csv", filters=Filters(), by=world.actor("secretary"), at=now(world))
    Grant.objects.filter(user=world.users["secretary"]).update(until=now(world))
    write_export.func(str(asked.pk))
    asked.refresh_from_db()
    assert (asked.state, asked.name) == ("failed", "")


def test_it_expires_with_its_file(world: World) -> None:
    world.report("楼道漏水")
    first, same = export(world, "secretary"), export(world, "community_staff")
    later = now(world) + KEPT_FOR
    with pytest.raises(NotFound):
        reads.file_for(world.actor("secretary"), first.pk, at=later)
    Export.objects.filter(pk=same.pk).update(until=later + timedelta(days=1))
    assert first.name == same.name  # the same rows, kept once
    assert forget_exports(at=later) == 1
    assert content(same)
    assert forget_exports(at=later + timedelta(days=2)) == 1
    with pytest.raises(NotFound):
        content(same)


def test_it_is_on_record_and_not_without_end(world: World) -> None:
    for _ in range(3):
        operations.request_export(format="csv", filters=Filters(q="楼道"), by=world.actor("secretary"), at=world.at)
    entry = Entry.objects.filter(verb="matter.export").last()
    assert entry is not None
    assert entry.data["format"] == "csv"
    assert "q_digest" in entry.data
    with pytest.raises(TooMany):
        operations.request_export(format="csv", filters=Filters(), by=world.actor("secretary"), at=world.at)
    for one in Export.objects.order_by("id"):
        operations.cancel_export(export=one, by=world.actor("secretary"), at=world.at)
        write_export.func(str(one.pk))  # its job finds nothing to do
    assert set(Export.objects.values_list("state", flat=True)) == {"cancelled"}


def test_cancelled_between_two_batches_it_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(5):
        world.report("楼道漏水")
    monkeypatch.setattr(reads, "BATCH", 2)
    asked = operations.request_export(format="csv", filters=Filters(), by=world.actor("secretary"), at=now(world))
    parts = reads.batches

    def cancelling(rows: Any) -> Any:
        for part in parts(rows):
            operations.cancel_export(export=asked, by=world.actor("secretary"), at=now(world))
            yield part

    monkeypatch.setattr("pingzhan.matters.operations.exports.batches", cancelling)
    write_export.func(str(asked.pk))
    asked.refresh_from_db()
    assert (asked.state, asked.name) == ("cancelled", "")


def test_the_cost_grows_by_the_batch_and_not_with_the_depth(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(9):
        world.report("楼道漏水", at=world.at + timedelta(seconds=n))
    monkeypatch.setattr(reads, "BATCH", 3)
    rows = reads.rows_to_export(world.actor("secretary"), Filters(), at=world.at)
    with CaptureQueriesContext(connection) as asked:
        found = [row["number"] for part in reads.batches(rows) for row, _, _ in part]
    assert len(found) == len(set(found)) == 9
    assert len(asked) == 3 * 3 + 1
    assert not any("OFFSET" in query["sql"] for query in asked.captured_queries)


def test_from_the_command_line(world: World, tmp_path: Any) -> None:
    matter = world.report("楼道漏水")
    call_command("export", str(tmp_path / "list.csv"), "--user", "secretary", "--place", HOME)
    assert matter.number in (tmp_path / "list.csv").read_text("utf-8-sig")
    with pytest.raises(CommandError, match="no user"):
        call_command("export", str(tmp_path / "list.csv"), "--user", "nobody")
    with pytest.raises(CommandError):
        call_command("export", str(tmp_path / "list.csv"), "--user", "resident")
