"""Proposing grids: where the homes are › connected areas without gaps, each of about the size that is aimed at.

The outline is divided among the buildings (rules.cells). The graph of neighbouring cells is halved again and again
along the best of several fronts, as long as more than one grid is due; a front takes whole estates where it can. Then
single cells at the borders change sides while that makes the grids more alike or puts an estate together, and what
came out too small joins a neighbour. Every step keeps both sides connected, so the grids are connected wherever the
outline is.
"""

import heapq
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np

from pingzhan.places.rules.cells import Cells, divide
from pingzhan.places.rules.outlines import Area
from pingzhan.places.rules.sizes import Sizes

# Fronts tried for each halving.
_DIRECTIONS = 8
# An estate that lies in one grid more than it must is as bad as a grid that misses the target by about 40 %.
_ESTATE_SPLIT = 0.16
# Weight of the length of a border, by the width that a square grid would have.
_BORDER = 0.04
# More sites than this a grid are drawn together to clusters first: finer borders are no use and cost time.
_SITES_A_GRID = 24
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Site:
    """A building, or a home that stands alone. Degrees, WGS-84.

    `estate`: sites of one estate are kept together where the size allows. `apart`: sites with the same word here make
    up a dedicated grid of their own.
    """

    key: str
    lon: float
    lat: float
    households: int = 1
    estate: str = ""
    apart: str = ""


@dataclass(frozen=True, slots=True)
class Proposed:
    """One grid of a proposal. `sites` are positions in what was given; `apart` is the word of a dedicated one."""

    sites: tuple[int, ...]
    households: int
    area: Area
    apart: str = ""


def propose(outline: Area, sites: Sequence[Site], sizes: Sizes) -> list[Proposed]:
    """Grids that cover `outline` without holes or overlaps, in rows from the north-west.

    The same arguments give the same grids. Without any site the whole outline is one grid.
    """
    if not sites:
        return [Proposed((), 0, outline)]
    spots = _clustered(sites, sizes)
    cells = divide(outline, [spot.lon for spot in spots], [spot.lat for spot in spots])
    graph = _Graph(cells, sites, cells.of_point.tolist())
    parts = [(nodes, apart) for apart, nodes in graph.apart()]
    taken = {node for nodes, _ in parts for node in nodes}
    for component in graph.components(set(range(graph.size)) - taken):
        parts += [(nodes, "") for nodes in _partition(graph, component, sizes)]
    parts = _without_empty(graph, parts)
    grids = [
        Proposed(
            tuple(sorted(site for node in nodes for site in graph.sites_of[node])),
            sum(graph.weight[node] for node in nodes),
            cells.joined(sorted(nodes)),
            apart,
        )
        for nodes, apart in parts
    ]
    return sorted(grids, key=lambda grid: (bool(grid.apart), *_row(grid.area, outline)))


def _row(area: Area, outline: Area) -> tuple[int, float]:
    """From the north-west, row by row; a fifth of the outline's height is a row."""
    _west, south, _east, north = outline.bounds
    middle = area.centroid
    return int((north - middle.y) / ((north - south) / 5)), middle.x


# --- the graph ------------------------------------------------------------------------------------------------------


class _Graph:
    """Neighbouring cells with what stands in them."""

    def __init__(self, cells: Cells, sites: Sequence[Site], node_of: Sequence[int]) -> None:
        self.x, self.y = cells.x, cells.y
        self.size = len(cells.x)
        self.weight = [0] * self.size
        self.sites_of: list[list[int]] = [[] for _ in range(self.size)]
        self.estate = [""] * self.size
        self.apart_of = [""] * self.size
        largest = [-1] * self.size
        for position, (site, node) in enumerate(zip(sites, node_of, strict=True)):
            self.weight[node] += site.households
            self.sites_of[node].append(position)
            self.apart_of[node] = self.apart_of[node] or site.apart
            if site.households > largest[node]:
                largest[node], self.estate[node] = site.households, site.estate
        self.near: list[dict[int, float]] = [{} for _ in range(self.size)]
        for one, other, border in zip(cells.first.tolist(), cells.second.tolist(), cells.border.tolist(), strict=True):
            self.near[one][other] = self.near[other][one] = border

    def components(self, nodes: Collection[int]) -> list[set[int]]:
        """The connected pieces of some nodes, the one with the lowest node first."""
        left = set(nodes)
        found = []
        for start in sorted(nodes):
            if start in left:
                piece = self._reach(start, left)
                left -= piece
                found.append(piece)
        return found

    def is_whole(self, nodes: set[int]) -> bool:
        """Whether some nodes are connected; none are."""
        return not nodes or len(self._reach(next(iter(nodes)), nodes)) == len(nodes)

    def _reach(self, start: int, within: Collection[int]) -> set[int]:
        seen = {start}
        waiting = [start]
        while waiting:
            for node in self.near[waiting.pop()]:
                if node in within and node not in seen:
                    seen.add(node)
                    waiting.append(node)
        return seen

    def apart(self) -> list[tuple[str, set[int]]]:
        """Each dedicated grid, in one piece: one of several pieces becomes several grids."""
        words = sorted({word for word in self.apart_of if word})
        return [
            (word, piece)
            for word in words
            for piece in self.components([node for node in range(self.size) if self.apart_of[node] == word])
        ]

    def heavy(self, nodes: Iterable[int]) -> int:
        return sum(self.weight[node] for node in nodes)


def _clustered(sites: Sequence[Site], sizes: Sizes) -> list[Site]:
    """The sites themselves, or where there are far more than borders need, one spot for several close together."""
    most = _SITES_A_GRID * max(1, -(-sum(site.households for site in sites) // sizes.target))
    if len({(site.lon, site.lat) for site in sites}) <= most:
        return list(sites)
    lons, lats = np.array([site.lon for site in sites]), np.array([site.lat for site in sites])
    across = max(2, int((2 * most) ** 0.5))
    column = np.floor((lons - lons.min()) / (np.ptp(lons) or 1.0) * across * 0.999999)
    line = np.floor((lats - lats.min()) / (np.ptp(lats) or 1.0) * across * 0.999999)
    # What is to be told apart is never drawn together.
    words = {word: number for number, word in enumerate(sorted({(site.estate, site.apart) for site in sites}))}
    key = np.array([words[site.estate, site.apart] for site in sites]) * across * across + column * across + line
    _distinct, which, count = np.unique(key, return_inverse=True, return_counts=True)
    which = which.reshape(-1)
    lon, lat = np.bincount(which, weights=lons) / count, np.bincount(which, weights=lats) / count
    return [
        Site(site.key, float(lon[group]), float(lat[group]), site.households, site.estate, site.apart)
        for site, group in zip(sites, which.tolist(), strict=True)
    ]


# --- dividing -------------------------------------------------------------------------------------------------------


def _partition(graph: _Graph, nodes: set[int], sizes: Sizes) -> list[set[int]]:
    """Connected parts of about the target size."""
    due = max(1, round(graph.heavy(nodes) / sizes.target))
    parts = _halved(graph, nodes, min(due, len(nodes)), sizes)
    if len(parts) > 1:
        _refine(graph, parts, sizes)
        parts = _without_small(graph, parts, sizes)
    return parts


def _halved(graph: _Graph, nodes: set[int], due: int, sizes: Sizes) -> list[set[int]]:
    if due <= 1 or len(nodes) <= 1:
        return [nodes]
    fewer = due // 2
    one, other = _best_front(graph, nodes, fewer / due, sizes)
    return _halved(graph, one, fewer, sizes) + _halved(graph, other, due - fewer, sizes)


def _best_front(graph: _Graph, nodes: set[int], share: float, sizes: Sizes) -> tuple[set[int], set[int]]:
    """The nodes in two connected sides, the first with about `share` of the households."""
    aim = graph.heavy(nodes) * share
    best: tuple[float, set[int]] | None = None
    for turn in range(_DIRECTIONS):
        angle = 2 * pi * turn / _DIRECTIONS
        side = _front(graph, nodes, aim, cos(angle), sin(angle))
        if side is None:
            continue
        miss = (graph.heavy(side) - aim) / sizes.target
        cost = miss * miss + _ESTATE_SPLIT * _estates_cut(graph, side, nodes) + _BORDER * _edge(graph, side, nodes)
        if best is None or cost < best[0] - 1e-12:
            best = (cost, side)
    if best is None:  # a star whose middle cannot be given away: any leaf can
        leaf = next(node for node in sorted(nodes) if graph.is_whole(nodes - {node}))
        return {leaf}, nodes - {leaf}
    return best[1], nodes - best[1]


def _front(graph: _Graph, nodes: set[int], aim: float, east: float, north: float) -> set[int] | None:
    """One side, grown from the far end in a direction until it holds `aim` households; estates begun go on first."""
    place = {node: graph.x[node] * east + graph.y[node] * north for node in nodes}
    start = min(nodes, key=lambda node: (place[node], node))
    side: set[int] = set()
    held = 0
    begun: set[str] = set()
    waiting = [(0, place[start], start)]
    known = {start}
    while waiting and len(side) < len(nodes) - 1:
        _rank, _place, node = heapq.heappop(waiting)
        estate = graph.estate[node]
        if _rank and estate in begun:  # ranked before its estate was begun
            heapq.heappush(waiting, (0, place[node], node))
            continue
        more = graph.weight[node]
        if side and held + more - aim > aim - held:  # nearer to the aim without it
            break
        side.add(node)
        held += more
        if estate:
            begun.add(estate)
        for beyond in graph.near[node]:
            if beyond in nodes and beyond not in known:
                known.add(beyond)
                heapq.heappush(waiting, (0 if graph.estate[beyond] in begun else 1, place[beyond], beyond))
    rest = graph.components(nodes - side)
    if len(rest) > 1:  # what the front has cut off goes with it
        kept = max(rest, key=lambda piece: (graph.heavy(piece), len(piece)))
        side = nodes - kept
    return side if side and len(side) < len(nodes) else None


def _estates_cut(graph: _Graph, side: set[int], nodes: set[int]) -> int:
    here = {graph.estate[node] for node in side} - {""}
    there = {graph.estate[node] for node in nodes - side}
    return len(here & there)


def _edge(graph: _Graph, side: set[int], nodes: set[int]) -> float:
    """The length of the border between a side and the rest, in widths of the whole."""
    length = sum(
        border for node in side for beyond, border in graph.near[node].items() if beyond in nodes and beyond not in side
    )
    xs, ys = [graph.x[node] for node in nodes], [graph.y[node] for node in nodes]
    return length / (max(xs) - min(xs) + max(ys) - min(ys) or 1.0)


def _refine(graph: _Graph, parts: list[set[int]], sizes: Sizes) -> None:
    """Let cells at the borders change sides while that makes the whole better and leaves both parts connected."""
    of = {node: index for index, part in enumerate(parts) for node in part}
    held = [graph.heavy(part) for part in parts]
    mean = sum(held) / len(held)
    for _round in range(_ROUNDS):
        moved = False
        for node in sorted(of):
            here = of[node]
            if len(parts[here]) == 1:
                continue
            options = sorted({of[beyond] for beyond in graph.near[node] if beyond in of} - {here})
            gains = [
                (_gain(graph, node, parts[here], parts[there], held[here], held[there], mean, sizes), there)
                for there in options
            ]
            gain, there = max(gains, default=(0.0, here))
            if gain > 1e-9 and graph.is_whole(parts[here] - {node}):
                parts[here].remove(node)
                parts[there].add(node)
                held[here] -= graph.weight[node]
                held[there] += graph.weight[node]
                of[node], moved = there, True
        if not moved:
            return


def _gain(
    graph: _Graph, node: int, here: set[int], there: set[int], held: int, other: int, mean: float, sizes: Sizes
) -> float:
    """How much better it is when `node` goes over."""
    weight = graph.weight[node]

    def miss(value: float) -> float:
        return ((value - mean) / sizes.target) ** 2

    size = miss(held) + miss(other) - miss(held - weight) - miss(other + weight)
    estate = graph.estate[node]
    together = 0
    if estate:
        leaves = any(graph.estate[one] == estate for one in here if one != node)
        finds = any(graph.estate[one] == estate for one in there)
        together = int(finds) - int(leaves)
    # A cell prefers the side with which it has the longer edge: straight borders.
    edge = sum(
        border if beyond in there else -border if beyond in here else 0.0 for beyond, border in graph.near[node].items()
    )
    around = sum(graph.near[node].values()) or 1.0
    return size + _ESTATE_SPLIT * together + _BORDER * edge / around


def _without_small(graph: _Graph, parts: list[set[int]], sizes: Sizes) -> list[set[int]]:
    """What is too small joins the smallest neighbour that can take it."""
    parts = list(parts)
    while len(parts) > 1:
        small = min(parts, key=graph.heavy)
        if graph.heavy(small) >= sizes.fewest:
            return parts
        beside = [
            part for part in parts
            if part is not small and any(beyond in part for node in small for beyond in graph.near[node])
        ]  # fmt: skip
        taker = min(beside, key=graph.heavy, default=None)
        if taker is None or graph.heavy(taker) + graph.heavy(small) > sizes.most:
            return parts
        parts.remove(small)
        taker |= small
    return parts


def _without_empty(graph: _Graph, parts: list[tuple[set[int], str]]) -> list[tuple[set[int], str]]:
    """A part where nobody lives, shut in by dedicated ones, belongs to the one around it."""
    lived = [(nodes, apart) for nodes, apart in parts if apart or graph.heavy(nodes)]
    if not lived:
        return parts
    for nodes, apart in parts:
        if apart or graph.heavy(nodes):
            continue
        length = [
            sum(border for node in nodes for beyond, border in graph.near[node].items() if beyond in other)
            for other, _ in lived
        ]
        if not any(length):
            lived.append((nodes, apart))
            continue
        lived[length.index(max(length))][0].update(nodes)
    return lived
