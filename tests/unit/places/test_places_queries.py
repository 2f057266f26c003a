"""Finding places: within the scope, by code, by name, by a written address; a fixed number of statements each."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import NotFound
from pingzhan.places import queries
from pingzhan.places.choices import Level
from pingzhan.places.models import Place
from pingzhan.places.operations import import_places
from pingzhan.places.queries import (
    chain,
    children,
    find_address,
    get_place,
    get_places,
    names_along,
    search_by_name,
    tops,
)
from pingzhan.places.rules.codes import Row

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, 2, 0, tzinfo=UTC)
CAOYANG, TAOPU = "310107/310107005/", "310107/310107103/"
LANXI, HAITANG, OTHER_HAITANG = "310107005016", "310107103009", "310107022044"
CODES = {
    "310107": "普陀区",
    "310107005": "曹杨新村街道",
    LANXI: "兰溪园居委会",
    "310107005022": "兰岭园居委会",
    "310107022": "真如镇街道",
    OTHER_HAITANG: "海棠苑居委会",
    "310107103": "桃浦镇",
    HAITANG: "海棠苑居委会",
}


@pytest.fixture(autouse=True)
def _district(db: None) -> None:
    import_places(rows=[Row(n, *pair) for n, pair in enumerate(CODES.items())], root="310107", by=SYSTEM, at=AT)
    for community, estate in ((LANXI, "兰溪园小区"), (HAITANG, "海棠苑小区"), (OTHER_HAITANG, "海棠苑小区")):
        parent = get_place(community)
        grid = put(parent, f"{community}-G001", "第一网格", "grid", kind="town")
        for number in (1, 11):
            building = put(grid, f"{community}-B{number:03d}", f"{estate}{number}号楼", "building")
            put(building, f"{building.code}-H0201", "201室", "household")


def put(parent: Place, code: str, name: str, level: str, **more: Any) -> Place:
    return Place.objects.create(
        code=code, name=name, level=level, parent=parent, path=f"{parent.path}{code}/", created_at=AT, **more
    )


def codes(places: Any) -> list[str]:
    return [place.code for place in places]


def test_a_place_outside_of_the_scope_is_not_found() -> None:
    assert get_place(LANXI, within=[CAOYANG]).name == "兰溪园居委会"
    assert get_place(LANXI, within=[TAOPU, CAOYANG]).name == "兰溪园居委会"
    for within in ([TAOPU], []):
        with pytest.raises(NotFound):
            get_place(LANXI, within=within)
    for nothing in ("", "310107999", "310107005016-G00\x31x", "' OR 1=1"):
        with pytest.raises(NotFound):
            get_place(nothing)


def test_a_neighbour_whose_code_only_starts_alike_is_outside() -> None:
    community = get_place(LANXI)
    put(community, f"{LANXI}0", "怪名居委会", "community")
    assert codes(queries.places([community.path]).filter(level="community")) == [LANXI, f"{LANXI}0"]
    root = Place.objects.create(code="3101070050", name="别处", level="street", path="3101070050/", created_at=AT)
    assert root not in queries.places(["310107005/"])


def test_an_ended_place_is_gone_but_still_named_in_old_chains() -> None:
    building = get_place(f"{LANXI}-B001")
    Place.objects.filter(code=f"{LANXI}-G001").update(until=AT + timedelta(days=1))
    with pytest.raises(NotFound):
        get_place(f"{LANXI}-G001")
    assert codes(chain(building)) == ["310107", "310107005", LANXI, f"{LANXI}-G001", f"{LANXI}-B001"]


def test_the_chain_of_a_household_is_one_statement(django_assert_num_queries: Any) -> None:
    household = get_place(f"{LANXI}-B001-H0201")
    with django_assert_num_queries(1):
        assert [place.level for place in chain(household)] == [
            "district", "street", "community", "grid", "building", "household",
        ]  # fmt: skip


def test_children_are_ordered_by_code_and_scoped() -> None:
    district = get_place("310107")
    assert codes(children(district)) == ["310107005", "310107022", "310107103"]
    assert codes(children(district, within=[CAOYANG])) == ["310107005"]


def test_lists_start_at_the_roots_or_at_ones_own_places() -> None:
    assert codes(tops()) == ["310107"]
    assert codes(tops([TAOPU, CAOYANG])) == ["310107005", "310107103"]
    assert codes(tops([])) == []


def test_names_of_a_whole_page_are_one_statement(django_assert_num_queries: Any) -> None:
    paths = [place.path for place in get_places([f"{LANXI}-B001", HAITANG]).values()]
    with django_assert_num_queries(1):
        names = names_along(paths)
    assert names[f"{LANXI}-B001"] == "兰溪园小区1号楼"
    assert names[HAITANG] == "海棠苑居委会"
    assert names["310107"] == "普陀区"
    assert "310107022" not in names


def test_search_finds_whole_names_first_then_beginnings_within_the_scope(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        assert codes(search_by_name("兰")) == ["310107005022", LANXI, f"{LANXI}-B011", f"{LANXI}-B001"]
    assert codes(search_by_name("兰溪园", limit=2)) == [LANXI, f"{LANXI}-B011"]
    assert codes(search_by_name("兰溪园小区1号楼", levels=[Level.COMMUNITY])) == []
    assert codes(search_by_name("海棠苑居委会", within=[TAOPU])) == [HAITANG]
    assert codes(search_by_name("兰", within=[TAOPU])) == []
    assert codes(search_by_name(" 海棠苑 ", levels=[Level.COMMUNITY])) == [OTHER_HAITANG, HAITANG]
    assert codes(search_by_name(LANXI)) == [LANXI]
    assert len(search_by_name("海棠苑小区", limit=3)) == 3


def test_search_does_not_show_households_nor_match_wildcards() -> None:
    assert search_by_name("201室", levels=list(Level)) == []
    for text in ("", "  ", "%", "_兰", "兰%", "\x00", "兰\x00岭\x00不"):
        assert search_by_name(text) == []


def test_a_renamed_place_is_found_under_its_old_name() -> None:
    renamed = {**CODES, "310107005022": "新兰岭居委会"}
    import_places(rows=[Row(n, *pair) for n, pair in enumerate(renamed.items())], root="310107", by=SYSTEM, at=AT)
    assert codes(search_by_name("兰岭园居委会")) == ["310107005022"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("曹杨新村街道兰溪园小区1号楼", [f"{LANXI}-B001"]),
        ("兰溪园小区11号楼", [f"{LANXI}-B011"]),
        ("普陀区 兰溪园小区 １１号", [f"{LANXI}-B011"]),  # full width, without 楼
        ("兰溪园小区1号楼201室", [f"{LANXI}-B001-H0201"]),
        ("兰溪园小区1号楼201", [f"{LANXI}-B001-H0201"]),
        ("兰溪园小区1号楼909室", [f"{LANXI}-B001"]),  # no such room: the building
        ("我家住在兰溪园1号，楼道灯坏了", [LANXI]),  # the community by its short name
        ("海棠苑小区1号楼", [f"{OTHER_HAITANG}-B001", f"{HAITANG}-B001"]),  # two streets have one
        ("桃浦镇海棠苑小区1号楼", [f"{HAITANG}-B001"]),
        ("曹杨新村街道", ["310107005"]),
        ("上海市浦东新区世纪大道1号", []),
        ("", []),
        ("号", []),
        ("%%%", []),
    ],
)
def test_an_address_as_people_write_it(text: str, expected: list[str]) -> None:
    assert codes(find_address(text)) == expected


def test_an_address_is_found_within_the_scope_in_at_most_two_statements(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        assert codes(find_address("海棠苑小区1号楼201室", within=[TAOPU])) == [f"{HAITANG}-B001-H0201"]
    assert find_address("兰溪园小区1号楼", within=[TAOPU]) == []
    assert find_address("兰溪园小区1号楼", within=[]) == []


def test_a_novel_instead_of_an_address_costs_no_more() -> None:
    assert find_address("啊" * 100_000) == []
