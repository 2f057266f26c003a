"""Open matters near a place that tell of the same trouble: for who is about to report, and for who accepts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db.models import Q, QuerySet

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.coordinates import distance_m
from pingzhan.core.errors import NotFound
from pingzhan.matters.learning.similarity import likeness
from pingzhan.matters.models import Following, Matter
from pingzhan.matters.queries.lists import first_id
from pingzhan.matters.workflow import IN_HAND

LOOKED_BACK = timedelta(days=30)
COMPARED = 200  # the latest open matters of the community
SHOWN = 3
ALIKE = 0.38  # of words, kind and place together; below it is another trouble
LEAST_WORDS = 0.2  # of these alone: the same kind at the same place may be another trouble
NEAR_METRES = 150.0
LEAST_TEXT = 6  # characters; shorter words are like anything
SALT = "portal.follow"
OFFERED_SECONDS = 3600  # for so long what was offered can be followed
_NEEDED = ("id", "number", "title", "text", "category_id", "status", "path", "lon", "lat", "reported_at", "version")


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is reported: the place's path, its community's code, and the point if one is known (degrees)."""

    path: str
    community: str
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Alike:
    """A matter like the one asked about. `metres` is None where one of the two has no point."""

    matter: Matter
    score: float
    same_grid: bool
    metres: float | None


def alike_here(text: str, spot: Spot, *, category: str = "", at: datetime) -> list[Alike]:
    """The open matters of the community that are most like a text, best first; one statement.

    What of them may be shown to whom is for the caller: to residents never words, number or persons.
    """
    return _alike(_open_here(spot, at=at), text, spot, category=category)


def alike_for(actor: Actor, matter: Matter, *, at: datetime) -> list[Alike]:
    """The open matters in the actor's scope that tell of the same trouble as `matter`, best first; one statement."""
    spot = Spot(matter.path, matter.community, matter.lon, matter.lat)
    rows = _open_here(spot, at=at).filter(scope(actor, Permission.MATTER_VIEW)).exclude(pk=matter.pk)
    return _alike(rows.filter(~Q(parent_id=matter.pk)), matter.text, spot, category=matter.category_id)


def _open_here(spot: Spot, *, at: datetime) -> QuerySet[Matter]:
    # Once a result was told, nobody would tell it to one more.
    rows = Matter.objects.filter(
        community=spot.community, is_open=True, status__in=IN_HAND, id__gte=first_id(at - LOOKED_BACK)
    )
    return (rows if spot.community else rows.none()).order_by("-id").only(*_NEEDED)


def _alike(rows: QuerySet[Matter], text: str, spot: Spot, *, category: str) -> list[Alike]:
    found = list(rows[:COMPARED])
    scored = [
        _scored(matter, words, spot, category=category)
        for matter, words in zip(found, likeness(text, [matter.text for matter in found]), strict=True)
    ]
    return sorted((one for one in scored if one.score >= ALIKE), key=lambda one: -one.score)[:SHOWN]


def _scored(matter: Matter, words: float, spot: Spot, *, category: str) -> Alike:
    """Words count most; the same kind and the same grid, or a point close by, make up for some."""
    metres = None
    if None not in (spot.lon, spot.lat, matter.lon, matter.lat):
        metres = distance_m(spot.lon, spot.lat, matter.lon, matter.lat)  # type: ignore[arg-type]
    same_grid = _grid(matter.path) == _grid(spot.path)
    near = metres is not None and metres <= NEAR_METRES
    score = words + 0.15 * (category == matter.category_id) + 0.15 * (near or (same_grid and metres is None))
    return Alike(matter, score if words >= LEAST_WORDS else 0.0, same_grid, metres)


def _grid(path: str) -> str:
    """The path down to the grid: building and household apart."""
    return "/".join(code for code in path.split("/") if "-B" not in code)


def followers_of(matter: Matter) -> int:
    """How many follow the matter beside its reporter; one statement."""
    return Following.objects.filter(matter=matter).count()


def offer(matter: Matter) -> str:
    """What lets somebody follow a matter that was shown to them as like theirs, for an hour, without naming it."""
    return signing.dumps(str(matter.pk), salt=SALT)


def offered(token: str) -> Matter:
    """The matter of an offer; raises NotFound when it is too old, made up, or its result was told meanwhile."""
    try:
        matter_id = UUID(signing.loads(token, salt=SALT, max_age=OFFERED_SECONDS))
    except (signing.BadSignature, ValueError) as error:
        raise NotFound from error
    found = Matter.objects.filter(pk=matter_id, status__in=IN_HAND).first()
    if found is None:
        raise NotFound
    return found
