"""Who may take which unit of a duty, and at what cost: nearness first, then what else counts."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from math import cos, radians

import numpy as np

from pingzhan.core.paths import path_above
from pingzhan.people.queries.holders import Holder
from pingzhan.response.queries.compile.work import Unit
from pingzhan.response.rules.matching import Arcs

METRES_A_DEGREE = 111_195.0  # of latitude, on a sphere of the Earth's mean radius
EACH, SPARE = 3, 4  # of the nearest people a unit may get 3 for each that it asks for and 4, as many with the skill
NEAREST = 10  # how many of those who hold an office at one place
STEPS = 3  # the unit's own place and so many above it, less one, whose office holders may be asked
FAR = 5_000  # metres that count at most where only the tree tells how near somebody is
FARTHEST = 20_000  # metres that count at most in any case
TWICE = 2_000  # metres that count for somebody who has another duty already
UNABLE = 6_000  # metres that count for somebody without the skill asked for

_Offer = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # unit, person, metres to count, metres known or -1


def offers(
    units: Sequence[Unit], people: Sequence[Holder], *, most_metres: int | None, busy: Collection[int],
    able: Collection[int], wanted: int,
) -> Arcs:  # fmt: skip
    """The nearest people of each unit, those of them who are able, and those who hold an office on its path.

    `wanted` is how many people each unit asks for: the more, the more are offered. `busy` and `able` are indices of
    `people`. Distances are taken on a plane at the area's latitude; where a position is not known, what the paths tell.
    Of two offers for the same the first counts.
    """
    everybody, count = range(len(people)), SPARE + EACH * wanted
    found = [_nearest(units, people, everybody, most_metres, count)]
    if len(able) < len(people):
        found.append(_nearest(units, people, sorted(able), most_metres, count))
    found.append(_along(units, people))
    unit, person, counted, metres = (np.concatenate(parts) for parts in zip(*found, strict=True))
    # One offer for each pair, in their order.
    _pairs, first = np.unique(unit * max(1, len(people)) + person, return_index=True)
    unit, person, counted, metres = unit[first], person[first], counted[first], metres[first]
    extra = np.full(len(people), UNABLE)
    extra[sorted(able)] = 0
    extra[sorted(busy)] += TWICE
    return Arcs(unit, person, np.minimum(counted, FARTHEST) + extra[person], metres)


def _nearest(
    units: Sequence[Unit], people: Sequence[Holder], among: Sequence[int], most_metres: int | None, count: int
) -> _Offer:
    located = [one for one in among if people[one].lon is not None and people[one].lat is not None]
    here = [one for one, unit in enumerate(units) if unit.lon is not None and unit.lat is not None]
    if not located or not here:
        return _offer([], [], [], [])
    from scipy.spatial import cKDTree  # loaded with the first matching, not with every process

    degrees = np.array([(people[one].lon, people[one].lat) for one in located], dtype=float)
    scale = np.array([METRES_A_DEGREE * cos(radians(float(degrees[:, 1].mean()))), METRES_A_DEGREE])
    wanted = np.array([(units[one].lon, units[one].lat) for one in here], dtype=float)
    count = min(count, len(located))
    metres, which = cKDTree(degrees * scale).query(wanted * scale, k=range(1, count + 1))
    unit = np.repeat(np.array(here), count)
    person = np.array(located)[which.ravel()]
    rounded = np.rint(metres.ravel()).astype(np.int64)
    near = metres.ravel() <= most_metres if most_metres is not None else np.ones(len(unit), dtype=bool)
    return unit[near], person[near], rounded[near], rounded[near]


def _along(units: Sequence[Unit], people: Sequence[Holder]) -> _Offer:
    """Those who hold an office at the unit's place or a little above it, whose distance nobody knows."""
    at_path: dict[str, list[int]] = defaultdict(list)
    for index, one in enumerate(people):
        at_path[one.path].append(index)
    if not at_path:
        return _offer([], [], [], [])
    number_of = {path: number for number, path in enumerate(at_path)}
    lengths = np.array([len(near) for near in at_path.values()])
    starts = np.cumsum(lengths) - lengths
    everybody = np.array([person for near in at_path.values() for person in near])
    unlocated = np.array([one.lon is None for one in people])
    parts = []
    paths = [unit.path for unit in units]
    for steps in range(STEPS):
        known = np.array([number_of.get(path, -1) for path in paths], dtype=np.int64)
        here = np.flatnonzero(known >= 0)
        which = known[here]
        counts = np.minimum(NEAREST, lengths[which])
        unit, which = np.repeat(here, counts), np.repeat(which, counts)
        turns = np.arange(len(unit)) - np.repeat(np.cumsum(counts) - counts, counts)
        # Each unit starts at another of them, so that those of one place share the work.
        person = everybody[starts[which] + (unit + turns) % lengths[which]]
        counted = np.where(unlocated[person], 100 * steps, min(FAR - 1, 300 * steps))
        parts.append((unit, person, counted, np.full(len(unit), -1)))
        paths = [path_above(path) for path in paths]
    unit, person, counted, metres = (np.concatenate(part) for part in zip(*parts, strict=True))
    return unit, person, counted, metres


def _offer(*columns: list[int]) -> _Offer:
    unit, person, counted, metres = (np.array(column, dtype=np.int64) for column in columns)
    return unit, person, counted, metres
