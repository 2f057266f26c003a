"""Groups of neighbours: every building in just one, near to the size asked for, never over the border of a grid."""

from hypothesis import given
from hypothesis import strategies as st

from pingzhan.core.paths import path_above
from pingzhan.response.rules.neighbours import Home, groups


def homes(*households: int, grid: str = "G1", floors: int = 0, entrances: int = 0) -> list[Home]:
    return [
        Home(f"{grid}/B{n:02d}/", f"{n}号楼", None, None, count, floors, entrances)
        for n, count in enumerate(households, 1)
    ]


def names(*args: int, size: int = 30, **facts: int) -> list[str]:
    return [one.name for one in groups(homes(*args, **facts), size=size)]


def test_small_houses_are_taken_together_until_that_is_nearest_to_the_size() -> None:
    assert names(12, 12, 12, 6) == ["1号楼至4号楼（4栋）"]
    assert names(12, 12, 12, 20) == ["1号楼至3号楼（3栋）", "4号楼"]
    assert names(20, 8, 20) == ["1号楼、2号楼", "3号楼"]
    assert names(25, 40) == ["1号楼", "2号楼"]


def test_a_large_building_is_cut_by_entrances_and_then_by_floors() -> None:
    assert names(90, floors=6, entrances=3) == ["1号楼 1单元", "1号楼 2单元", "1号楼 3单元"]
    assert names(72, floors=6, entrances=3) == ["1号楼 1–2单元", "1号楼 3单元"]
    assert names(120, floors=30, entrances=1) == ["1号楼 1–8层", "1号楼 9–15层", "1号楼 16–22层", "1号楼 23–30层"]
    assert names(120, floors=18, entrances=2) == [
        "1号楼 1单元 1–9层", "1号楼 1单元 10–18层", "1号楼 2单元 1–9层", "1号楼 2单元 10–18层",
    ]  # fmt: skip
    assert names(90) == ["1号楼"]  # nobody knows how to cut it


def test_a_building_of_which_nothing_is_known_is_a_group_by_itself() -> None:
    assert names(0, 0, 20) == ["1号楼", "2号楼", "3号楼"]


def test_a_group_never_reaches_into_another_grid() -> None:
    found = list(groups([*homes(10), *homes(10, grid="G2")]))
    assert [one.path for one in found] == ["G1/B01/", "G2/B01/"]


@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 33), st.integers(0, 6)), min_size=1, max_size=30),
    st.integers(5, 100),
)
def test_nobody_is_left_out_and_nobody_is_named_twice(known: list[tuple[int, int, int]], size: int) -> None:
    all_homes = [
        Home(f"G{n // 7}/B{n:03d}/", f"{n}号楼", None, None, households, floors, entrances)
        for n, (households, floors, entrances) in enumerate(known)
    ]
    found = list(groups(all_homes, size=size))
    assert len({(one.path, one.number) for one in found}) == len(found)
    assert {path_above(one.path) for one in found} == {path_above(one.path) for one in all_homes}
    starts = [index for index, one in enumerate(all_homes) if one.path in {group.path for group in found}]
    for start, end in zip(starts, [*starts[1:], len(all_homes)], strict=True):
        together = all_homes[start:end]
        if len(together) > 1:
            assert len({path_above(one.path) for one in together}) == 1
            assert sum(one.households for one in together) <= 2 * size
