"""Statistical codes: levels, superiors, and which rows of a file are refused."""

from hypothesis import given
from hypothesis import strategies as st

from pingzhan.core.paths import codes_of, paths_above
from pingzhan.places.choices import Level
from pingzhan.places.rules.codes import (
    Fault,
    Row,
    household_code,
    level_of,
    plan_import,
    superiors_of,
)

JIAMUSI = [
    ("2308", "佳木斯市"),
    ("230803", "向阳区"),
    ("230803007", "西林街道"),
    ("230803198", "向阳区直辖村级区划"),
    ("230803007001", "安民社区"),
    ("230803198498", "向阳区直辖村级区划虚拟社区"),
]


def rows(pairs: list[tuple[str, str]]) -> list[Row]:
    return [Row(line, code, name) for line, (code, name) in enumerate(pairs, start=2)]


def test_a_city_comes_out_as_a_tree_with_superiors_first() -> None:
    planned, refused = plan_import(rows(JIAMUSI[::-1]), root="2308", paths={})
    assert not refused
    assert [(row.code, row.level, row.parent) for row in planned] == [
        ("2308", Level.CITY, ""),
        ("230803", Level.DISTRICT, "2308"),
        ("230803007", Level.STREET, "230803"),
        ("230803198", Level.STREET, "230803"),
        ("230803007001", Level.COMMUNITY, "230803007"),
        ("230803198498", Level.COMMUNITY, "230803198"),
    ]
    assert planned[4].path == "2308/230803/230803007/230803007001/"


def test_a_county_below_a_province_without_a_prefecture_row_hangs_below_the_province() -> None:
    planned, refused = plan_import(
        rows([("50", "重庆市"), ("500238", "巫溪县"), ("500238001", "宁河街道")]), root="50", paths={}
    )
    assert not refused
    assert [row.path for row in planned] == ["50/", "50/500238/", "50/500238/500238001/"]


def test_a_prefecture_without_districts_has_its_streets_directly_below() -> None:
    planned, refused = plan_import(rows([("4419", "东莞市"), ("441900003", "东城街道")]), root="4419", paths={})
    assert not refused
    assert planned[1].path == "4419/441900003/"


def test_a_root_finds_its_superior_among_the_places_that_exist() -> None:
    planned, _ = plan_import(rows([("310107", "普陀区")]), root="310107", paths={"3101": "31/3101/", "31": "31/"})
    assert planned[0].path == "31/3101/310107/"


def test_each_bad_row_is_refused_with_its_line_and_reason() -> None:
    given_rows = rows(
        [
            ("310107", "普陀区"),  # 2
            ("310117001", "岳阳街道"),  # 3: of another district
            ("31010700", "不知道"),  # 4: no such length
            ("310107005", "  "),  # 5: no name
            ("310107014", "长风新村街道"),  # 6
            ("310107014", "长风新村街道"),  # 7: again
            ("310107015001", "绿洲城市花园居委会"),  # 8: its street is missing
            ("３１０１０７１０２", "长征镇"),  # 9: full-width digits are no code
            ("310107016", "甘" * 81),  # 10
        ]
    )
    planned, refused = plan_import(given_rows, root="310107", paths={})
    assert [(row.line, row.fault) for row in refused] == [
        (3, Fault.OUTSIDE),
        (4, Fault.CODE),
        (5, Fault.NAME),
        (7, Fault.TWICE),
        (8, Fault.ORPHAN),
        (9, Fault.CODE),
        (10, Fault.NAME),
    ]
    assert [row.code for row in planned] == ["310107", "310107014"]


def test_blanks_around_and_inside_of_names_are_tidied() -> None:
    planned, _ = plan_import([Row(1, " 310107 ", "\u3000普陀 \t 区 ")], root="310107", paths={})
    assert (planned[0].code, planned[0].name) == ("310107", "普陀 区")


@given(st.lists(st.sampled_from(JIAMUSI), max_size=12), st.randoms())
def test_whatever_the_order_and_whatever_is_left_out_every_row_is_planned_or_refused_once(
    pairs: list[tuple[str, str]], random: object
) -> None:
    given_rows = rows(pairs)
    planned, refused = plan_import(given_rows, root="2308", paths={})
    assert sorted([row.line for row in planned] + [row.line for row in refused]) == [row.line for row in given_rows]
    seen = {""}
    for row in planned:
        assert row.parent in seen
        assert level_of(row.code) == row.level
        assert codes_of(row.path)[-1] == row.code
        seen.add(row.code)


def test_paths_and_codes_of_a_household() -> None:
    code = household_code("310107005001-B003", floor=2, room=1)
    assert code == "310107005001-B003-H0201"
    assert paths_above("31/3101/310107/") == ["31/", "31/3101/", "31/3101/310107/"]
    assert superiors_of("310107005001") == ["310107005"]
