"""What taking a response to another level would change: what comes, what is said otherwise, what ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.translation import gettext as _

from pingzhan.core.memory import no_collecting
from pingzhan.modes.choices import OverlayKind
from pingzhan.modes.queries import overlays_of
from pingzhan.response.models import Activation
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.words import in_words
from pingzhan.response.rules.manifest import Item, Manifest

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from pingzhan.modes.models import Overlay, Response


@dataclass(frozen=True, slots=True)
class Turned:
    """What is said otherwise than before about the same."""

    before: "Overlay"
    item: Item

    @property
    def kind(self) -> str:
        return self.item.kind

    @property
    def path(self) -> str:
        return self.item.path


class Told(NamedTuple):
    """One change in words."""

    kind: str
    target: str
    path: str
    subject: str
    before: str
    after: str
    reason: str


@dataclass(frozen=True, slots=True)
class AnotherLevel:
    """`manifest` is everything of that level; `same` how much of it is there already. Nothing is written."""

    manifest: Manifest
    new: list[Item]
    changed: "list[Turned]"
    ended: "list[Overlay]"
    same: int


def compile_level(response: "Response", row: Activation, *, level: int, at: datetime) -> Manifest:
    """Everything of that level of the response's plan version, with today's people and rooms.

    Whoever has a duty keeps it where they still fit: a change of level must not send people about who know their work.
    """
    return _compile(response, row, level, at, laid=_laid_now(response).filter(kind=OverlayKind.PERSON_DUTY))


def _compile(response: "Response", row: Activation, level: int, at: datetime, *, laid: "Iterable[Overlay]") -> Manifest:
    """`laid`: what the response has laid, at least the duties."""
    duties = (one for one in laid if one.kind == OverlayKind.PERSON_DUTY)
    on_duty = {(one.target, one.key): one.person_id for one in duties if one.person_id is not None}
    return compile_plan(
        row.plan, level=level, codes=row.places, at=at, exercise=response.exercise, version=row.version, after="",
        on_duty=on_duty,
    )  # fmt: skip


def _laid_now(response: "Response") -> "QuerySet[Overlay]":
    """What the response has laid and not taken back."""
    return overlays_of(response).filter(until__isnull=True)


@no_collecting()
def another_level(response: "Response", row: Activation, *, level: int, at: datetime) -> AnotherLevel:
    """Compare what the response lays now with what it would lay at `level`. Raises as compile_plan does."""
    rows = list(_laid_now(response).order_by("kind", "path", "target", "key", "id"))
    manifest = _compile(response, row, level, at, laid=rows)
    laid: dict[Any, Overlay] = {(one.kind, one.target, one.key): one for one in rows}
    new, changed, same = [], [], 0
    for item in manifest.items:
        before = laid.pop((item.kind, item.target, item.key), None)
        if before is None:
            new.append(item)
        elif (before.person_id, before.payload) == (item.person_id, item.payload):
            same += 1
        else:
            changed.append(Turned(before, item))
    return AnotherLevel(manifest, new, changed, list(laid.values()), same)


def told(rows: "Sequence[Item | Turned | Overlay]") -> list[Told]:
    """Each of these in words, at most five statements: see `in_words`."""
    known = in_words([one for one in map(_before, rows) if one is not None])
    found = []
    for row in rows:
        before, item = _before(row), _after(row)
        was, subject, after, reason = "", "", _("恢复平时"), ""
        if before is not None:
            words = known[before.pk]
            subject = words.what
            was = " · ".join(part for part in (words.says, words.who) if part)
        if item is not None:
            was, subject, after, reason = was or item.before, item.subject, item.after, item.reason
        one = item or before
        assert one is not None
        found.append(Told(one.kind, one.target, one.path, subject, was, after, reason))
    return found


def _before(row: "Item | Turned | Overlay") -> "Overlay | None":
    if isinstance(row, Item):
        return None
    return row.before if isinstance(row, Turned) else row


def _after(row: "Item | Turned | Overlay") -> Item | None:
    if isinstance(row, Turned):
        return row.item
    return row if isinstance(row, Item) else None
