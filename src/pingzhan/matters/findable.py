"""What matters are searched by: their words, and a mark for each thing that lists narrow by as well."""

from collections.abc import Iterable
from uuid import UUID

from pingzhan.core.search import index
from pingzhan.matters.models import Matter

OPEN = "open"
_MARKED = ("is_open", "street", "community", "handler_id")


def marks_of(*, is_open: bool, street: str, community: str, handler_id: UUID | None) -> list[str]:
    """The marks of one matter: that it is open, the codes of its street and community, the unit that handles it."""
    marks = [OPEN] if is_open else []
    marks += filter(None, (street, community))
    return [*marks, unit_mark(handler_id)] if handler_id else marks


def unit_mark(unit_id: UUID) -> str:
    """The mark of what a unit handles."""
    return f"u{unit_id.hex}"


def make_findable(matters: Iterable[UUID]) -> None:
    """Make these matters findable as they are now; one read, one write."""
    rows = list(
        Matter.objects.filter(pk__in=list(matters)).order_by("pk").values_list("pk", "text", "address", *_MARKED)
    )
    index(
        "matter",
        [(pk, f"{text}\n{address}") for pk, text, address, *_ in rows],
        {pk: marks_of(**dict(zip(_MARKED, marked, strict=True))) for pk, _text, _address, *marked in rows},
    )
