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
from django.db.models.lookups import Exact

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
    for row in _held(path, posts).values("role", "kind", "level").order_by().annotate(n=_PLACES):
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
    for row in held.values("role", "kind", "level", child=_child(path)).order_by().annotate(n=_PLACES):
        covered[row["child"]][row["level"], row["role"], row["kind"]] = row["n"]
    for post in _kindless(posts):
        rows = held.filter(role=post.role, level=post.level).values(child=_child(path)).order_by().annotate(n=_PLACES)
        for row in rows:
            covered[row["child"]][post.key] = row["n"]
    return {child: [_figure(post, totals[child], covered[child]) for post in posts] for child in sorted(totals)}


def coverage_by_estate(community: "Place", posts: Sequence[PostRule]) -> list[tuple[str, list[Figure]]]:
    """What each estate of a community lacks: the figures of the grids in which it lies and of its buildings, by post.

    The worst covered first. Estates are no nodes of the tree: their buildings may lie in several grids. Two statements.
    """
    posts = [post for post in posts if post.level in (Level.GRID, Level.BUILDING)]
    standing = places([community.path]).filter(level=Level.BUILDING, estate__isnull=False)
    ground: dict[str, dict[str, set[Any]]] = defaultdict(lambda: {Level.GRID: set(), Level.BUILDING: set()})
    for name, building, above, level in standing.order_by("estate__name", "path").values_list(
        "estate__name", "pk", "parent", "parent__level"
    ):
        ground[name][Level.BUILDING].add(building)
        if level == Level.GRID:
            ground[name][Level.GRID].add(above)
    anybody = {post.key for post in _kindless(posts)}
    held: dict[Key, set[Any]] = defaultdict(set)
    for level, role, kind, place in _held(community.path, posts).values_list("level", "role", "kind", "place"):
        held[level, role, kind].add(place)
        if (level, role, "") in anybody:
            held[level, role, ""].add(place)
    rows = [
        (name, [Figure(post, len(lies[post.level]), len(lies[post.level] & held[post.key])) for post in posts])
        for name, lies in ground.items()
    ]
    return sorted(rows, key=lambda row: (-sum(figure.gaps for figure in row[1]), row[0]))


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


# By path, which is the place's own while an appointment is current, so that the index of posts answers alone.
_PLACES = Count("path", distinct=True)
# Paths with no more codes than that are those of a whole installation or a large part of it.
_WIDE = 2


def _places(path: str, posts: Sequence[PostRule]) -> "QuerySet[Place]":
    return places([path]).filter(level__in={post.level for post in posts})


def _counted(rows: Any) -> Iterable[Mapping[str, Any]]:
    return rows.order_by().annotate(n=Count("*"))


def _held(path: str, posts: Sequence[PostRule]) -> QuerySet[Appointment]:
    """The appointments that count, from an index alone.

    Those of a small area are found by their path. Of a large one nearly all count: there the index of posts is gone
    through in its order, in which equal places stand beside each other; a condition that no index of paths serves
    (the first characters, cut off) sees to it.
    """
    inside = Q(Exact(Substr("path", 1, len(path)), Value(path))) if path.count("/") <= _WIDE else under("path", path)
    return Appointment.objects.filter(
        inside, until__isnull=True, role__in=sorted({post.role for post in posts}),
        level__in=sorted({post.level for post in posts}),
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
