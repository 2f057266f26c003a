"""Which posts there are to fill."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Prefetch

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.errors import NotFound
from pingzhan.core.paths import paths_above
from pingzhan.people.models import Chain, Post
from pingzhan.people.rules.chains import DEFAULT, PostRule


def posts_at(path: str) -> Sequence[PostRule]:
    """The posts of the chain in force at `path`, from the top down; those of the built-in chain where none is set.

    One statement. A chain holds for everything under its place, which is where an installation begins.
    """
    above = paths_above(path)
    rows = list(
        Post.objects.filter(chain__in_force=True, chain__path__in=above)
        .select_related("chain")
        .order_by("-chain__path", "position")
    )
    if not rows:
        return DEFAULT.posts
    nearest = rows[0].chain_id
    return tuple(as_rule(row) for row in rows if row.chain_id == nearest)


def as_rule(row: Post) -> PostRule:
    """A row of a chain as the rule it states."""
    return PostRule(row.level, row.name, row.name_en, row.body, row.role, row.kind, row.required, row.sole, row.head)


def is_sole(posts: Sequence[PostRule], *, level: str, role: str, kind: str) -> bool:
    """Whether the post has one holder at a time."""
    return any(post.sole and post.level == level and post.role == role and post.kind in ("", kind) for post in posts)


def chains_in_scope(by: Actor) -> list[tuple[Chain, list[PostRule]]]:
    """The chains that the actor may change, each with its posts from the top down; two statements."""
    rows = Chain.objects.filter(scope(by, Permission.ACCESS_GRANT, unit="pk")).select_related("place")
    rows = rows.prefetch_related(Prefetch("posts", Post.objects.order_by("position")))
    return [(row, [as_rule(post) for post in row.posts.all()]) for row in rows.order_by("path", "code")]


def chain_for(by: Actor, chain_id: UUID) -> tuple[Chain, list[PostRule]]:
    """One of them. Raises NotFound."""
    found = next(((chain, posts) for chain, posts in chains_in_scope(by) if chain.pk == chain_id), None)
    if found is None:
        raise NotFound
    return found
