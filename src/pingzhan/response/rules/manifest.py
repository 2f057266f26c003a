"""A manifest: every single change that an activation would make, with its reason, and a digest over all of it."""

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from pingzhan.core.paths import COMMUNITY, path_to


class Item(NamedTuple):  # a city has a hundred thousand of them: a tuple is made in a fifth of the time
    """One change. `target`, `key`, `path`, `payload`, `person_id` are what becomes the overlay; the rest is for people.

    `place` is the code of where it is, `before` and `after` in words, `reason` the part of the plan that asks for it.
    """

    kind: str
    target: str
    path: str
    place: str
    before: str
    after: str
    reason: str
    payload: dict[str, Any]
    key: str = ""
    person_id: UUID | None = None
    subject: str = ""  # what is changed, in words
    user_id: UUID | None = None  # the account of the person, where they have one


class Right(NamedTuple):
    """A role that somebody gets for the response."""

    user_id: UUID
    role: str
    path: str
    unit_id: UUID | None = None


class Gap(NamedTuple):
    """What the plan asks for and is not there; `kind` is one of readiness's, `about` the id of what is to be mended."""

    kind: str
    place: str
    path: str
    subject: str
    reason: str
    about: str = ""  # of a person or a station, where there is one


@dataclass(frozen=True, slots=True)
class Manifest:
    """What activating this plan version at this level for these places would do today."""

    plan: str
    title: str
    version: UUID
    level: int
    places: tuple[str, ...]
    paths: tuple[str, ...]
    exercise: bool
    items: tuple[Item, ...]
    rights: tuple[Right, ...]
    participants: tuple[UUID, ...]
    gaps: tuple[Gap, ...]
    asked: int  # how many posts and rooms the plan asks for
    checklist: tuple[str, ...] = ()
    digest: str = ""
    names: dict[str, str] = field(default_factory=dict)  # of the places above, by code
    title_en: str = ""
    # By the path of each area in which one document holds: which training a duty asks for. Of readiness, in no digest.
    trainings: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        """How many changes of each kind."""
        return dict(sorted(Counter(item.kind for item in self.items).items()))


# What payloads repeat of the plan's own words: the digests of its versions stand for them.
_WORDS = frozenset({"tasks", "title", "reports_to", "text", "services"})


def _own(payload: dict[str, Any]) -> dict[str, Any]:
    """What a payload says beside the plan's words."""
    if _WORDS.isdisjoint(payload):
        return payload
    return {name: value for name, value in payload.items() if name not in _WORDS}


def digest_of(
    *, version_digests: list[str], level: int, places: tuple[str, ...], exercise: bool, after: str,
    items: list[Item], rights: list[Right], gaps: list[Gap],
) -> str:  # fmt: skip
    """SHA-256 over everything that would be written, in one canonical form.

    `after` names the last response of this plan that is over: what is activated again later is another activation.
    """
    said = {
        "versions": version_digests,
        "level": level,
        "places": places,
        "exercise": exercise,
        "after": after,
        "items": [
            [one.kind, one.target, one.key, one.path, one.person_id.hex if one.person_id else "", _own(one.payload)]
            for one in items
        ],
        "rights": [[str(one.user_id), one.role, one.path, str(one.unit_id or "")] for one in rights],
        "gaps": [[one.kind, one.place, one.subject] for one in gaps],
    }
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


GAP = "gap"  # beside the kinds of changes


def parts_of(manifest: Manifest) -> dict[tuple[str, str], str]:
    """A short digest of each part: of each kind of change, and of the gaps, in each community (its path).

    Two manifests compared by their parts tell where they differ, without either being kept.
    """
    said: dict[tuple[str, str], list[Any]] = {}
    for one in manifest.items:
        person = one.person_id.hex if one.person_id else ""
        own = [one.target, one.key, one.after, person, _own(one.payload)]
        said.setdefault((one.kind, path_to(one.path, COMMUNITY)), []).append(own)
    for gap in manifest.gaps:
        said.setdefault((GAP, path_to(gap.path, COMMUNITY)), []).append([gap.kind, gap.subject, gap.reason])
    return {
        part: hashlib.sha256(json.dumps(rows, ensure_ascii=False, sort_keys=True).encode()).hexdigest()[:8]
        for part, rows in said.items()
    }
