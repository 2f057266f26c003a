"""Which places have whom: figures and gaps, by level, all of them aggregates of the database.

A place is covered by a post when somebody holds it there now. Nothing personal is in any of it.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value
from django.db.models.functions import StrIndex, Substr

from pingzhan.core.db import under
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import Page, page
from pingzhan.people.models import Appointment, CoverageDay
from pingzhan.people.queries.posts import posts_at
from pingzhan.people.rules.chains import PostRule
from pingzhan.people.rules.offices import KINDS
from pingzhan.places.choices import Level
from pingzhan.places.queries import places

if TYPE_CHECKING:
    from pingzhan.places.models import Place

Key = tuple[str, str, str]  # level, role, kind; see PostRule.key
_DEPTH = {level: depth for depth, level in enumerate(Level)}


@dataclass(frozen=True, slots=True)
class Figure:
    """Of the `total` places of the post's level how many are `covered`."""

    post: PostRule
    total: int
    covered: int

    @property
    def gaps(self) -> int:
        return self.total - self.covered

    @property
    def share(self) -> float:
        """From 0 to 1; 1 where there is nothing to cover."""
        return self.covered / self.total if self.total else 1.0

    @property
    def percent(self) -> int:
        """In whole percent; 100 only when there is no gap at all."""
        return int(self.share * 100)


def required_posts(path: str, *, level: str = "") -> list[PostRule]:
    """The posts that every place of their level must have, at `path` and below; of one `level` and finer ones."""
    least = _DEPTH[Level(level)] if level else 0
    return [post for post in posts_at(path) if post.required and _DEPTH[Level(post.level)] >= least]


def post_of(path: str, key: str) -> PostRule:
    """The required post that an address names as "level.role.kind". Raises NotFound."""
    found = next((post for post in required_posts(path) if ".".join(post.key) == key), None)
    if found is None:
        raise NotFound
    return found


def coverage(path: str, posts: Sequence[PostRule]) -> list[Figure]:
    """The figures of `path` and everything below it; two statements, whatever lies there."""
    totals = {row["level"]: row["n"] for row in _counted(_places(path, posts).values("level"))}
    covered: dict[Key, int] = {}
    for row in _held(path, posts).values("level", "role", "kind").order_by().annotate(n=_PLACES):
        covered[row["level"], row["role"], row["kind"]] = row["n"]
    covered |= _of_any_kind(path, posts)
    return [_figure(post, totals, covered) for post in posts]


def coverage_below(path: str, posts: Sequence[PostRule]) -> dict[str, list[Figure]]:
    """The same for each place directly below, by its path; two statements.

    A place that has nothing of a level to cover has no figure of it (total 0).
    """
    totals: dict[str, dict[str, int]] = defaultdict(dict)
    for row in _counted(_places(path, posts).exclude(path=path).values("level", child=_child(path))):
        totals[row["child"]][row["level"]] = row["n"]
    covered: dict[str, dict[Key, int]] = defaultdict(dict)
    held = _held(path, posts).exclude(path=path)
    for row in held.values("level", "role", "kind", child=_child(path)).order_by().annotate(n=_PLACES):
        covered[row["child"]][row["level"], row["role"], row["kind"]] = row["n"]
    for post in _kindless(posts):
        rows = held.filter(role=post.role, level=post.level).values(child=_child(path)).order_by().annotate(n=_PLACES)
        for row in rows:
            covered[row["child"]][post.key] = row["n"]
    return {child: [_figure(post, totals[child], covered[child]) for post in posts] for child in sorted(totals)}


def coverage_by_estate(path: str, posts: Sequence[PostRule]) -> list[tuple[str, list[Figure]]]:
    """The figures of the buildings of each estate under `path`, by the estate's name; two statements.

    Estates are no nodes of the tree: their buildings may lie in several grids.
    """
    posts = [post for post in posts if post.level == Level.BUILDING]
    rows = _places(path, posts).filter(estate__isnull=False).values("estate__name").order_by("estate__name")
    totals = {row["estate__name"]: row["n"] for row in rows.annotate(n=Count("pk"))}
    covered: dict[str, dict[Key, int]] = defaultdict(dict)
    held = _held(path, posts).filter(place__estate__isnull=False)
    for row in held.values("place__estate__name", "level", "role", "kind").order_by().annotate(n=_PLACES):
        covered[row["place__estate__name"]][row["level"], row["role"], row["kind"]] = row["n"]
    return [
        (name, [_figure(post, {Level.BUILDING: total}, covered[name]) for post in posts])
        for name, total in totals.items()
    ]


def gaps_page(path: str, post: PostRule, *, after: str | None, limit: int = 50) -> "Page[Place]":
    """The places under `path` where nobody holds the post, in the order of the tree; one statement."""
    held = Appointment.objects.filter(place=OuterRef("pk"), role=post.role, until__isnull=True)
    if post.kind or "" in KINDS.get(post.role, ("",)):
        held = held.filter(kind=post.kind)
    rows = places([path]).filter(level=post.level).filter(~Exists(held))
    return page(rows, order=("path",), after=after, limit=limit)


def holders_at(place: "Place") -> list[Appointment]:
    """Who holds an office at this very place now, by role and kind."""
    rows = Appointment.objects.filter(place=place, until__isnull=True).select_related("person", "unit")
    return list(rows.order_by("role", "kind", "since", "id"))


def strength(path: str) -> dict[str, tuple[int, int, int]]:
    """ "1+X+N" of each grid under `path`, by its path: (head or full-time, professional, part-time); one statement.

    1 is one who answers for the grid: its head, or else a full-time worker.
    """
    rows = (
        Appointment.objects.filter(under("path", path), level=Level.GRID, until__isnull=True)
        .filter(Q(role="grid_head", kind="") | Q(role="grid_worker"))
        .values("path", "role", "kind")
        .order_by("path")
        .annotate(n=Count("person", distinct=True))
    )
    found: dict[str, tuple[int, int, int]] = {}
    for row in rows:
        one, professional, part_time = found.get(row["path"], (0, 0, 0))
        if row["role"] == "grid_head" or row["kind"] == "full_time":
            one = 1
        professional += row["n"] if row["kind"] == "professional" else 0
        part_time += row["n"] if row["kind"] == "part_time" else 0
        found[row["path"]] = one, professional, part_time
    return found


def trend(path: str, *, since: date) -> dict[Key, list[tuple[date, int, int]]]:
    """Day by day (day, total, covered) of each post at `path`; one statement."""
    found: dict[Key, list[tuple[date, int, int]]] = defaultdict(list)
    rows = CoverageDay.objects.filter(path=path, day__gte=since).order_by("day", "id")
    for row in rows:
        found[row.level, row.role, row.kind].append((row.day, row.total, row.covered))
    return dict(found)


_PLACES = Count("place", distinct=True)


def _places(path: str, posts: Sequence[PostRule]) -> "QuerySet[Place]":
    return places([path]).filter(level__in={post.level for post in posts})


def _counted(rows: Any) -> Iterable[Mapping[str, Any]]:
    return rows.order_by().annotate(n=Count("pk"))


def _held(path: str, posts: Sequence[PostRule]) -> QuerySet[Appointment]:
    """The appointments that count, from the index alone."""
    return Appointment.objects.filter(
        under("path", path), until__isnull=True, role__in={post.role for post in posts},
        level__in={post.level for post in posts},
    )  # fmt: skip


def _kindless(posts: Sequence[PostRule]) -> list[PostRule]:
    """Posts that any kind of a role fills whose holders all have one."""
    return [post for post in posts if not post.kind and "" not in KINDS.get(post.role, ("",))]


def _of_any_kind(path: str, posts: Sequence[PostRule]) -> dict[Key, int]:
    rows = _kindless(posts)
    return {post.key: _held(path, [post]).aggregate(n=_PLACES)["n"] for post in rows}


def _figure(post: PostRule, totals: Mapping[str, int], covered: Mapping[Key, int]) -> Figure:
    total = totals.get(post.level, 0)
    return Figure(post, total, min(covered.get(post.key, 0), total))


def _child(path: str) -> Substr:
    """The path of the place directly below `path` on the way to a row's own."""
    length = Value(len(path), output_field=IntegerField())
    next_slash = StrIndex(Substr(F("path"), len(path) + 1), Value("/"))
    return Substr(F("path"), 1, next_slash + length)
