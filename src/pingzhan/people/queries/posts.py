"""Which posts there are to fill."""

from collections.abc import Sequence

from pingzhan.people.models import Post
from pingzhan.people.rules.chains import DEFAULT, PostRule


def posts_at(path: str) -> Sequence[PostRule]:
    """The posts of the chain in force at `path`, from the top down; those of the built-in chain where none is set.

    One statement. A chain holds for everything under its place, which is where an installation begins.
    """
    above = [path[: index + 1] for index, letter in enumerate(path) if letter == "/"]
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
