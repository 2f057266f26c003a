"""Who fits a need best: by skill and its proof, distance from home, time, language, and how much is asked of them.

A rank is of one need, is made when somebody searches and kept nowhere: it is no mark of a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from uuid import UUID

from pingzhan.core.coordinates import distance_m

FAR_METRES = 5000.0  # beyond it nearer makes no difference
# What counts how much; together with nearness (at most 1) they order the list.
SEEN, EXPIRED, IN_TIME, SPEAKS, ASKED = 0.3, -0.3, 0.6, 0.4, -0.2


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody with the skill. Home as the point (degrees, WGS-84) and path of its place; no position is ever known."""

    check_in: UUID
    person: UUID
    name: str
    path: str
    lon: float | None
    lat: float | None
    slots: tuple[str, ...]
    skill: str
    wants_proof: bool
    proof: str
    proof_until: date | None
    speaks: bool  # the language that was asked for
    open_asks: int


@dataclass(frozen=True, slots=True)
class Need:
    """Where help is wanted, when, and in which language ("" for any)."""

    path: str
    lon: float | None
    lat: float | None
    slot: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """A candidate with the reasons for the rank, as (kind, value): the page puts them into words."""

    candidate: Candidate
    metres: int | None
    reasons: tuple[tuple[str, int | str], ...]
    order: float


def rank(candidates: Iterable[Candidate], need: Need, *, today: date, most: int | None = None) -> list[Match]:
    """Best first, at most `most`; of equals the nearer, then by name and id: the same search gives the same list."""
    found = [match(candidate, need, today=today) for candidate in candidates]
    if most is not None:
        return nsmallest(most, found, key=_place_in_list)
    return sorted(found, key=_place_in_list)


def _place_in_list(one: Match) -> tuple[float, float, str, UUID]:
    metres = one.metres if one.metres is not None else FAR_METRES * 10
    return -one.order, metres, one.candidate.name, one.candidate.check_in


def match(candidate: Candidate, need: Need, *, today: date) -> Match:
    """How one candidate fits, and why."""
    reasons: list[tuple[str, int | str]] = []
    metres = distance(candidate, need)
    order = 0.0
    if metres is not None:
        order += max(0.0, 1 - metres / FAR_METRES)
        reasons.append(("metres", metres))
    elif _community(candidate.path) == _community(need.path):
        order += 0.9
        reasons.append(("same", ""))
    if candidate.proof and (candidate.proof_until is None or candidate.proof_until >= today):
        order += SEEN
        reasons.append(("seen", candidate.proof))
    elif candidate.proof:
        order += EXPIRED
        reasons.append(("expired", candidate.proof))
    elif candidate.wants_proof:
        reasons.append(("unproved", ""))
    if need.slot:
        in_time = need.slot in candidate.slots
        order += IN_TIME if in_time else 0.0
        reasons.append(("in_time" if in_time else "not_in_time", need.slot))
    if need.language and candidate.speaks:
        order += SPEAKS
        reasons.append(("speaks", need.language))
    if candidate.open_asks:
        order += max(-0.6, ASKED * candidate.open_asks)
        reasons.append(("asked", candidate.open_asks))
    return Match(candidate, metres, tuple(reasons), order)


def distance(candidate: Candidate, need: Need) -> int | None:
    """Metres from the place of home to the place of need; None where a point of either is not known."""
    if candidate.lon is None or candidate.lat is None or need.lon is None or need.lat is None:
        return None
    return round(distance_m(candidate.lon, candidate.lat, need.lon, need.lat))


def _community(path: str) -> str:
    return next((code for code in path.split("/") if len(code) == 12 and code.isdigit()), path)
