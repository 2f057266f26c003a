"""Who covers what: an optimal assignment of people to units, each with A and B roles, as a minimum cost flow.

Every unit asks for `wanted` different people, every person takes at most `load` units. The sum of the costs of all
that is assigned is the least possible on the arcs offered, after as much as possible has been assigned. The nearest of
a unit's people are its A roles, the others its B roles, so that A and B are never the same person.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

import numpy as np

# What it costs to leave a unit short: more than any arc, so that distance never keeps somebody from being assigned.
SHORT = 100_000_000
# What it costs that somebody new takes the place of who has it: more than is ever won by being nearer.
NEWCOMER = 50_000


@dataclass(frozen=True, slots=True)
class Arcs:
    """Person `person` may take unit `unit` (by index) at `cost`, a whole number below SHORT: columns of one length.

    `metres` is how far it is, -1 where nobody knows; it is carried along and not computed with.
    """

    unit: np.ndarray
    person: np.ndarray
    cost: np.ndarray
    metres: np.ndarray


def rather_stay(arcs: Arcs, held: Collection[tuple[int, int]]) -> Arcs:
    """The same arcs for a second sharing: `held` pairs of unit and person stay unless somebody would go without."""
    pairs = zip(arcs.unit.tolist(), arcs.person.tolist(), strict=True)
    return replace(arcs, cost=arcs.cost + [0 if pair in held else NEWCOMER for pair in pairs])


def assign(*, wanted: Sequence[int], load: Sequence[int], arcs: Arcs) -> list[list[int]]:
    """For each unit the arcs that it gets, the cheapest first; fewer than wanted where there are not enough people.

    `wanted` is how many each unit asks for, `load` how many units each person takes at most. Deterministic: the same
    input gives the same answer. Raises RuntimeError when the solver does not end well, which would be a mistake here.
    """
    units, people, count = len(wanted), len(load), len(arcs.unit)
    if not units:
        return []
    source, sink = units + people, units + people + 1
    each, everybody = np.arange(units), units + np.arange(people)
    tails = np.concatenate([np.full(units, source), arcs.unit, everybody, each])
    heads = np.concatenate([each, units + arcs.person, np.full(people, sink), np.full(units, sink)])
    capacities = np.concatenate([wanted, np.ones(count), load, wanted])
    costs = np.concatenate([np.zeros(units), arcs.cost, np.zeros(people), np.full(units, SHORT)])
    from ortools.graph.python import min_cost_flow  # a second to load: with the first matching, not with every process

    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), capacities.astype(np.int64), costs.astype(np.int64)
    )
    total = int(sum(wanted))
    flow.set_nodes_supplies(np.array([source, sink], dtype=np.int32), np.array([total, -total], dtype=np.int64))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the assignment did not end well: {status}")
    used = np.flatnonzero(flow.flows(np.arange(units, units + count, dtype=np.int32))) if count else each[:0]
    used = used[np.lexsort((arcs.person[used], arcs.cost[used], arcs.unit[used]))]
    starts = np.searchsorted(arcs.unit[used], np.arange(1, units))
    return [part.tolist() for part in np.split(used, starts)]
