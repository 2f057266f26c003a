"""Who covers what: an optimal assignment of people to units, each with A and B roles, as a minimum cost flow.

Every unit asks for `wanted` different people, every person takes at most `load` units. The sum of the costs of all
that is assigned is the least possible on the arcs offered, after as much as possible has been assigned. The nearest of
a unit's people are its A roles, the others its B roles, so that A and B are never the same person.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# What it costs to leave a unit short: more than any arc, so that distance never keeps somebody from being assigned.
SHORT = 10_000_000


@dataclass(frozen=True, slots=True)
class Arc:
    """Person `person` may take unit `unit` (both by index) at this cost, a whole number below SHORT."""

    unit: int
    person: int
    cost: int


def assign(*, wanted: Sequence[int], load: Sequence[int], arcs: Sequence[Arc]) -> list[list[int]]:
    """For each unit the people that it gets, the cheapest first; fewer than wanted where there are not enough.

    `wanted` is how many each unit asks for, `load` how many units each person takes at most. Deterministic: the same
    input gives the same answer. Raises RuntimeError when the solver does not end well, which would be a mistake here.
    """
    units, people = len(wanted), len(load)
    if not units:
        return []
    source, sink = units + people, units + people + 1
    tails = [source] * units + [arc.unit for arc in arcs] + [units + one for one in range(people)] + list(range(units))
    heads = list(range(units)) + [units + arc.person for arc in arcs] + [sink] * people + [sink] * units
    capacities = [*wanted, *([1] * len(arcs)), *load, *wanted]
    costs = [0] * units + [arc.cost for arc in arcs] + [0] * people + [SHORT] * units
    from ortools.graph.python import min_cost_flow  # a second to load: with the first matching, not with every process

    flow = min_cost_flow.SimpleMinCostFlow()
    flow.add_arcs_with_capacity_and_unit_cost(
        np.array(tails, dtype=np.int32), np.array(heads, dtype=np.int32), np.array(capacities, dtype=np.int64),
        np.array(costs, dtype=np.int64),
    )  # fmt: skip
    total = int(sum(wanted))
    flow.set_nodes_supplies(np.array([source, sink], dtype=np.int32), np.array([total, -total], dtype=np.int64))
    status = flow.solve()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"the assignment did not end well: {status}")
    flows = flow.flows(np.arange(units, units + len(arcs), dtype=np.int32)) if arcs else []
    found: list[list[tuple[int, int]]] = [[] for _ in wanted]
    for arc, used in zip(arcs, flows, strict=True):
        if used:
            found[arc.unit].append((arc.cost, arc.person))
    return [[person for _cost, person in sorted(one)] for one in found]
