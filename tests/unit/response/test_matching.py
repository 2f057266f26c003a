"""The sharing out of duties, against trying out everything; and who has a duty when it is shared out again."""

from itertools import combinations, product

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.response.queries.compile.duties import _parted
from pingzhan.response.rules.matching import NEWCOMER, SHORT, Arcs, assign, rather_stay

UNITS, PEOPLE = 3, 3
Pair = tuple[int, int]
costs = st.dictionaries(st.tuples(st.integers(0, UNITS - 1), st.integers(0, PEOPLE - 1)), st.integers(0, 28_000))
asked = st.tuples(st.lists(st.integers(1, 2), min_size=UNITS, max_size=UNITS), st.lists(
    st.integers(0, 3), min_size=PEOPLE, max_size=PEOPLE,
))  # fmt: skip


def arcs_of(found: dict[Pair, int]) -> Arcs:
    units, people, cost = (np.array(column, dtype=np.int64) for column in (
        [unit for unit, _person in found], [person for _unit, person in found], list(found.values()),
    ))  # fmt: skip
    return Arcs(units, people, cost, np.full(len(found), -1))


def least(found: dict[Pair, int], wanted: list[int], load: list[int]) -> int:
    """The least cost of all ways there are, by trying them out."""
    of_unit = [[pair for pair in found if pair[0] == unit] for unit in range(UNITS)]
    ways = [
        [way for size in range(wanted[unit] + 1) for way in combinations(of_unit[unit], size)] for unit in range(UNITS)
    ]
    best = SHORT * (UNITS * 2 + 1)
    for way in product(*ways):
        used = [pair for part in way for pair in part]
        if all(sum(person == one for _unit, person in used) <= load[one] for one in range(PEOPLE)):
            best = min(best, sum(found[pair] for pair in used) + SHORT * (sum(wanted) - len(used)))
    return best


def pairs(given_arcs: list[list[int]], arcs: Arcs) -> set[Pair]:
    return {(int(arcs.unit[arc]), int(arcs.person[arc])) for part in given_arcs for arc in part}


def cost_of(given_arcs: list[list[int]], arcs: Arcs, wanted: list[int]) -> int:
    used = [arc for part in given_arcs for arc in part]
    return int(arcs.cost[used].sum()) + SHORT * (sum(wanted) - len(used))


@given(found=costs, asked=asked)
def test_no_other_sharing_is_cheaper(found: dict[Pair, int], asked: tuple[list[int], list[int]]) -> None:
    wanted, load = asked
    arcs = arcs_of(found)
    given_arcs = assign(wanted=wanted, load=load, arcs=arcs)
    assert cost_of(given_arcs, arcs, wanted) == least(found, wanted, load)
    for unit, part in enumerate(given_arcs):
        assert all(arcs.unit[arc] == unit for arc in part)
        assert [arcs.cost[arc] for arc in part] == sorted(arcs.cost[arc] for arc in part)


@given(found=costs, asked=asked, others=costs)
def test_whoever_has_a_duty_keeps_it_when_nothing_but_distances_changed(
    found: dict[Pair, int], asked: tuple[list[int], list[int]], others: dict[Pair, int]
) -> None:
    wanted, load = asked
    arcs = arcs_of(found)
    first = pairs(assign(wanted=wanted, load=load, arcs=arcs), arcs)
    moved = arcs_of({pair: others.get(pair, cost) for pair, cost in found.items()})
    again = assign(wanted=wanted, load=load, arcs=rather_stay(moved, first))
    assert pairs(again, moved) == first


def test_nobody_stays_at_the_price_of_a_unit_without_anybody() -> None:
    found = {(0, 0): 10, (0, 1): 20, (1, 0): 30}
    arcs = rather_stay(arcs_of(found), {(0, 0)})
    given_arcs = assign(wanted=[1, 1], load=[1, 1], arcs=arcs)
    assert [[int(arcs.person[arc]) for arc in part] for part in given_arcs] == [[1], [0]]
    assert NEWCOMER < SHORT


def test_each_keeps_the_part_that_they_had() -> None:
    parts = ["A1", "B1", "B2"]
    assert _parted(parts, [7, 8, 9], ["B1", "", "A1"]) == [("A1", 9), ("B1", 7), ("B2", 8)]
    assert _parted(parts, [7, 8], ["B2", "B1"]) == [("A1", 7), ("B1", 8)]  # whoever was second moves up
    assert _parted(parts, [7], ["B1"]) == [("A1", 7)]
    assert _parted(parts, [], []) == []
