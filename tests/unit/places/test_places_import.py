"""Importing the area tree and outlines: complete, repeatable, all or nothing."""

import csv
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from pingzhan.access.actors import SYSTEM, Actor, Held
from pingzhan.core.coordinates import gcj02_to_wgs84
from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.journal.models import Entry
from pingzhan.places.choices import Level
from pingzhan.places.models import FormerName, Outline, Place
from pingzhan.places.operations import Unmatched, import_boundaries, import_places
from pingzhan.places.queries import version
from pingzhan.places.rules.codes import Row

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
LATER = AT + timedelta(days=30)
DISTRICT = {
    "310107": "普陀区",
    "310107005": "曹杨新村街道",
    "310107005001": "源园居委会",
    "310107005003": "花溪园居委会",
    "310107103": "桃浦镇",
    "310107103201": "金光村村委会",
}
SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def rows(places: dict[str, str]) -> list[Row]:
    return [Row(line, code, name) for line, (code, name) in enumerate(places.items(), start=2)]


def load(places: dict[str, str] = DISTRICT, *, root: str = "310107", by: Actor = SYSTEM, at: datetime = AT) -> Any:
    return import_places(rows=rows(places), root=root, by=by, at=at)


def state() -> tuple[object, ...]:
    """All that an import could change."""
    return (
        list(Place.objects.order_by("path").values_list()),
        list(Outline.objects.order_by("place").values_list()),
        Entry.objects.count(),
        version(),
    )


def outline(west: float, **members: Any) -> dict[str, Any]:
    south, side = 31.0, 0.5
    ring = [[west, south], [west + side, south], [west + side, south + side], [west, south + side], [west, south]]
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [ring]}, **members}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


# --- codes ----------------------------------------------------------------------------------------------------------


def test_a_district_is_imported_as_a_tree_with_one_journal_entry() -> None:
    done = load()
    assert (len(done.created), len(done.renamed), done.unchanged) == (6, 0, 0)
    village = Place.objects.select_related("parent").get(code="310107103201")
    assert village.path == "310107/310107103/310107103201/"
    assert village.parent is not None
    assert village.parent.name == "桃浦镇"
    assert village.level == Level.COMMUNITY
    assert not village.is_demo
    entry = Entry.objects.get()
    assert (entry.verb, entry.place_path, entry.data["created"]) == ("place.import", "310107/", 6)


def test_a_second_import_changes_nothing_and_leaves_no_trace() -> None:
    load()
    before = state()
    done = load(at=LATER)
    assert (done.created, done.renamed, done.unchanged) == ((), (), 6)
    assert state() == before


def test_a_new_name_renames_and_the_old_one_is_kept() -> None:
    load()
    before = version()
    done = load({**DISTRICT, "310107005003": "花溪园社区居委会"}, at=LATER)
    assert [(change.code, change.before, change.after) for change in done.renamed] == [
        ("310107005003", "花溪园居委会", "花溪园社区居委会")
    ]
    assert (done.created, done.unchanged) == ((), 5)
    place = Place.objects.get(code="310107005003")
    assert place.name == "花溪园社区居委会"
    assert FormerName.objects.get(place=place).name == "花溪园居委会"
    assert list(Entry.objects.order_by("id").values_list("verb", flat=True)) == [
        "place.import",
        "place.import",
        "place.rename",
    ]
    assert version() != before


def test_places_that_the_file_leaves_out_are_told_and_stay() -> None:
    load()
    fewer = {code: name for code, name in DISTRICT.items() if code != "310107005003"}
    done = load(fewer)
    assert done.absent == ("310107005003",)
    assert Place.objects.filter(code="310107005003", until__isnull=True).exists()


def test_one_bad_line_stops_the_whole_import_and_is_named() -> None:
    with pytest.raises(Invalid) as caught:
        load({**DISTRICT, "310117001": "岳阳街道", "31010": "?"})
    assert [error["loc"] for error in caught.value.errors] == [["rows", 8], ["rows", 9]]
    assert "310117001" in str(caught.value.detail)
    assert not Place.objects.exists()


@pytest.mark.parametrize("root", ["310106", "31010", "", "普陀"])
def test_the_root_must_be_a_code_in_the_file(root: str) -> None:
    with pytest.raises(Invalid):
        load(root=root)


def test_a_county_below_a_province_can_be_the_root() -> None:
    load({"500238": "巫溪县", "500238001": "宁河街道", "500238001001": "北门社区居委会"}, root="500238")
    assert Place.objects.get(code="500238").level == Level.DISTRICT
    assert Place.objects.get(code="500238001001").path == "500238/500238001/500238001001/"


def test_a_district_imported_after_its_city_hangs_below_it() -> None:
    load({"3101": "上海市"}, root="3101")
    load()
    assert Place.objects.get(code="310107005").path == "3101/310107/310107005/"


def test_a_district_imported_before_its_city_is_not_moved() -> None:
    """Rights and matters know it by its path."""
    load()
    before = state()
    with pytest.raises(StateConflict):
        load({"3101": "上海市", **DISTRICT}, root="3101")
    assert state() == before


def test_only_who_may_import_there_can_import() -> None:
    secretary = Actor("user", uuid4(), "沈书记", (Held("community_secretary", "310107/310107005/310107005001/"),))
    administrator = Actor("user", uuid4(), "管理员", (Held("administrator", "310107/"),))
    stranger = Actor("user", uuid4(), "外区管理员", (Held("administrator", "310117/"),))
    for actor in (secretary, stranger):
        with pytest.raises(NotAllowed):
            load(by=actor)
        with pytest.raises(NotAllowed):
            load_then_outline(by=actor)
    assert Place.objects.count() == 6  # by the system, in the second attempt
    load({**DISTRICT, "310107014": "长风新村街道"}, by=administrator)
    assert Place.objects.filter(code="310107014").exists()


def load_then_outline(*, by: Actor) -> None:
    load()
    import_boundaries(document=collection(outline(121.0, id="310107")), by=by, at=AT)


def test_the_database_itself_refuses_what_cannot_be() -> None:
    load()
    street = Place.objects.get(code="310107005")

    def put(**values: Any) -> None:
        given = {"code": "310107099", "name": "某街道", "level": "street", "parent": street.parent, "created_at": AT}
        given["path"] = f"310107/{values.get('code', '310107099')}/"
        with transaction.atomic():
            Place.objects.create(**{**given, **values})

    put()
    for wrong in (
        {},  # the code again
        {"code": "310107098", "level": "village"},
        {"code": "310107098", "kind": "town"},  # no grid
        {"code": "310107098", "level": "grid"},  # of which kind?
        {"code": "310107098", "path": "310107/310107097/"},
        {"code": "310107098", "parent": None},  # a root with a superior's path
        {"code": "310107098", "lon": 121.0},
        {"code": "310107098", "lon": 121.0, "lat": 95.0},
        {"code": "310107098", "until": AT - timedelta(days=1)},
        {"code": "310107098", "merged_into": street},  # without an end
        {"code": "310107098", "name": ""},
        {"code": "3101/7098", "path": "310107/3101/7098/"},
    ):
        with pytest.raises(IntegrityError):
            put(**wrong)


# --- outlines -------------------------------------------------------------------------------------------------------


def test_outlines_are_matched_by_code_and_by_name_and_the_rest_is_told() -> None:
    load()
    load({"310117": "松江区"}, root="310117")
    done = import_boundaries(
        document=collection(
            outline(121.0, properties={"adcode": 310107, "name": "不管叫什么"}),
            outline(120.0, properties={"name": "松江区"}),
            outline(119.0, id="310101", properties={"name": "松江区"}),  # the code is another district's
            outline(118.0, properties={"name": "曹杨新村街道"}),  # names count for cities and districts only
            outline(117.0, id="310107"),  # again
            {"type": "Feature", "id": "310107005", "geometry": {"type": "Point", "coordinates": [1, 2]}},
        ),
        by=SYSTEM,
        at=AT,
    )
    assert done.created == ("310107", "310117")
    assert [(left.feature, left.why) for left in done.left_out] == [
        ("310101 松江区", Unmatched.UNKNOWN),
        ("曹杨新村街道", Unmatched.UNKNOWN),
        ("310107", Unmatched.TWICE),
        ("310107005", Unmatched.BAD),
    ]
    district = Place.objects.get(code="310107")
    assert (district.lon, district.lat) == (pytest.approx(121.25, abs=0.02), pytest.approx(31.25, abs=0.02))


def test_a_name_that_two_districts_share_matches_neither() -> None:
    load({"2308": "佳木斯市", "230803": "向阳区", "230804": "前进区"}, root="2308")
    load({"2304": "鹤岗市", "230402": "向阳区"}, root="2304")
    done = import_boundaries(document=collection(outline(130.0, properties={"name": "向阳区"})), by=SYSTEM, at=AT)
    assert [left.why for left in done.left_out] == [Unmatched.AMBIGUOUS]
    assert not Outline.objects.exists()


def test_a_second_import_of_outlines_changes_nothing_and_a_new_outline_replaces() -> None:
    load()
    first = collection(outline(121.0, id="310107"))
    import_boundaries(document=first, by=SYSTEM, at=AT)
    before = state()
    again = import_boundaries(document=first, by=SYSTEM, at=LATER)
    assert (again.created, again.changed, again.unchanged) == ((), (), 1)
    assert state() == before

    moved = import_boundaries(document=collection(outline(110.0, id="310107")), by=SYSTEM, at=LATER)
    assert moved.changed == ("310107",)
    assert Place.objects.get(code="310107").lon == pytest.approx(110.25, abs=0.02)
    assert Entry.objects.filter(verb="place.outline").count() == 2
    assert version() != before[-1]


def test_a_real_outline_takes_the_place_of_an_invented_one() -> None:
    load()
    document = collection(outline(121.0, id="310107"))
    import_boundaries(document=document, by=SYSTEM, at=AT)
    Outline.objects.update(is_demo=True)
    assert import_boundaries(document=document, by=SYSTEM, at=LATER).changed == ("310107",)
    assert not Outline.objects.get().is_demo


def test_gcj02_outlines_are_converted_when_it_is_said_so() -> None:
    load()
    import_boundaries(document=collection(outline(121.0, id="310107")), by=SYSTEM, at=AT, gcj02=True)
    west = min(lon for lon, _lat in json.loads(Outline.objects.get().geometry)["coordinates"][0])
    assert west == pytest.approx(gcj02_to_wgs84(121.0, 31.0)[0], abs=1e-4)
    assert west != 121.0


def test_what_is_no_geojson_is_refused() -> None:
    with pytest.raises(Invalid):
        import_boundaries(document={"features": []}, by=SYSTEM, at=AT)


# --- commands -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_the_command_reads_what_offices_write(
    tmp_path: Path, encoding: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "区划.csv"
    lines = ["代码,名称", *(f"{code},{name}" for code, name in DISTRICT.items())]
    file.write_text("\r\n".join(lines), encoding=encoding)
    call_command("import_places", file, root="310107")
    call_command("import_places", file, root="310107")
    first, second = capsys.readouterr().out.splitlines()
    assert "普陀区" in first
    assert "6" in first
    assert first != second
    assert Place.objects.get(code="310107005").name == "曹杨新村街道"


@pytest.mark.parametrize("text", ["", "code,name\n310107,普陀区\n310117001,岳阳街道\n", "a,b\n1,2\n", None])
def test_the_command_fails_with_one_line_that_says_why(tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "places.csv"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(CommandError) as caught:
        call_command("import_places", file, root="310107")
    assert str(caught.value)
    assert "\n" not in str(caught.value)
    assert not Place.objects.exists()


def test_the_command_for_outlines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    load()
    file = tmp_path / "outlines.geojson"
    file.write_text(json.dumps(collection(outline(121.0, id="310107"), outline(1.0, id="999999"))), encoding="utf-8")
    call_command("import_boundaries", file)
    assert "999999" in capsys.readouterr().out
    assert Outline.objects.count() == 1
    file.write_text("[[[", encoding="utf-8")
    with pytest.raises(CommandError):
        call_command("import_boundaries", file)


@pytest.mark.skipif(not SHARED.exists(), reason="the real areas lie outside of the repository, in ../shared/data")
@pytest.mark.parametrize(
    ("name", "root"),
    [
        ("putuo", "310107"),
        ("songjiang", "310117"),
        ("jiamusi", "2308"),
        ("wuxi-chongqing", "500238"),
        ("huangshi", "4202"),
    ],
)
def test_five_real_areas_import_and_a_second_import_changes_nothing(name: str, root: str) -> None:
    file = SHARED / "divisions" / f"{name}.csv"
    with file.open(encoding="utf-8-sig", newline="") as source:
        expected = {row["code"]: row["name"] for row in csv.DictReader(source)}
    call_command("import_places", file, root=root)
    assert dict(Place.objects.order_by("code").values_list("code", "name")) == expected
    assert not Place.objects.filter(parent__isnull=True).exclude(code=root).exists()
    for outlines in sorted((SHARED / "boundaries").glob("*.geojson")):
        call_command("import_boundaries", outlines)
    before = state()
    call_command("import_places", file, root=root)
    for outlines in sorted((SHARED / "boundaries").glob("*.geojson")):
        call_command("import_boundaries", outlines)
    assert state() == before
