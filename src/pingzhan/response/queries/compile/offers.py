"""Who may take which unit of a duty, and at what cost: nearness first, then what else counts."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from math import cos, radians

import numpy as np

from pingzhan.core.paths import paths_above
from pingzhan.people.queries.holders import Holder
from pingzhan.response.queries.compile.work import Unit
from pingzhan.response.rules.matching import Arcs

METRES_A_DEGREE = 111_195.0  # of latitude, on a sphere of the Earth's mean radius
NEAREST = 10  # how many of the nearest people a unit may get, and as many of those with the skill
STEPS = 3  # the unit's own place and so many above it, less one, whose office holders may be asked
FAR = 5_000  # metres that count at most where only the tree tells how near somebody is
FARTHEST = 20_000  # metres that count at most in any case
TWICE = 2_000  # metres that count for somebody who has another duty already
UNABLE = 6_000  # metres that count for somebody without the skill asked for

_Offer = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]  # unit, person, metres to count, metres known or -1


def offers(
    units: Sequence[Unit], people: Sequence[Holder], *, most_metres: int | None, busy: Collection[int],
    able: Collection[int],
) -> Arcs:  # fmt: skip
    """The nearest people of each unit, those of them who are able, and those who hold an office on its path.

    `busy` and `able` are indices of `people`. Distances are taken on a plane at the area's latitude; where a position
    is not known, what the paths tell. Of two offers for the same the first counts.
    """
    everybody = range(len(people))
    found = [_nearest(units, people, everybody, most_metres)]
    if len(able) < len(people):
        found.append(_nearest(units, people, sorted(able), most_metres))
    found.append(_along(units, people))
    unit, person, counted, metres = (np.concatenate(parts) for parts in zip(*found, strict=True))
    # One offer for each pair, in their order.
    _pairs, first = np.unique(unit * max(1, len(people)) + person, return_index=True)
    unit, person, counted, metres = unit[first], person[first], counted[first], metres[first]
    extra = np.full(len(people), UNABLE)
    extra[sorted(able)] = 0
    extra[sorted(busy)] += TWICE
    return Arcs(unit, person, np.minimum(counted, FARTHEST) + extra[person], metres)


def _nearest(units: Sequence[Unit], people: Sequence[Holder], among: Sequence[int], most_metres: int | None) -> _Offer:
    located = [one for one in among if people[one].lon is not None and people[one].lat is not None]
    here = [one for one, unit in enumerate(units) if unit.lon is not None and unit.lat is not None]
    if not located or not here:
        return _offer([], [], [], [])
    from scipy.spatial import cKDTree  # loaded with the first matching, not with every process

    degrees = np.array([(people[one].lon, people[one].lat) for one in located], dtype=float)
    scale = np.array([METRES_A_DEGREE * cos(radians(float(degrees[:, 1].mean()))), METRES_A_DEGREE])
    wanted = np.array([(units[one].lon, units[one].lat) for one in here], dtype=float)
    count = min(NEAREST, len(located))
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
    whose: list[int] = []
    who: list[int] = []
    counted: list[int] = []
    for index, unit in enumerate(units):
        for steps, above in enumerate(reversed(paths_above(unit.path)[-STEPS:])):
            near = at_path.get(above)
            if not near:
                continue
            # Each unit starts at another of them, so that those of one place share the work.
            for turn in range(min(NEAREST, len(near))):
                person = near[(index + turn) % len(near)]
                whose.append(index)
                who.append(person)
                counted.append(100 * steps if people[person].lon is None else min(FAR - 1, 300 * steps))
    return _offer(whose, who, counted, [-1] * len(who))


def _offer(*columns: list[int]) -> _Offer:
    unit, person, counted, metres = (np.array(column, dtype=np.int64) for column in columns)
    return unit, person, counted, metres
