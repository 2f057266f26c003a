"""Templates of answers: which are offered where, and what their placeholders stand for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import Page, page
from pingzhan.matters.models import AnswerTemplate
from pingzhan.matters.queries.reference import reference
from pingzhan.places.names import named

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter

PLACEHOLDER = re.compile(r"\{([a-z_]+)\}")


def placeholders() -> dict[str, str]:
    """What may stand in braces in a template, and what it stands for."""
    return {
        "number": _("事项编号"),
        "title": _("事项标题"),
        "category": _("类别"),
        "receiver": _("受理单位"),
        "handler": _("承办单位"),
        "today": _("今天的日期"),
    }


def unknown_placeholders(text: str) -> list[str]:
    """The names in braces that stand for nothing."""
    return sorted(set(PLACEHOLDER.findall(text)) - set(placeholders()))


def filled(text: str, values: Mapping[str, str]) -> str:
    """`text` with each placeholder replaced by its value; one without a value stays, so that it is seen."""
    return PLACEHOLDER.sub(lambda found: values.get(found[1]) or found[0], text)


def values_of(matter: "Matter", *, at: datetime) -> dict[str, str]:
    """What the placeholders stand for on one matter."""
    known = reference()
    return {
        "number": matter.number,
        "title": matter.title,
        "category": named(known.categories.get(matter.category_id)),
        "receiver": named(known.units.get(matter.receiver_id)),
        "handler": named(known.units.get(matter.handler_id)) if matter.handler_id else "",
        "today": timezone.localdate(at).isoformat(),
    }


@dataclass(frozen=True, slots=True)
class Offer:
    """A template ready for one matter."""

    occasion: str
    title: str
    text: str


def offers_for(matter: "Matter", *, at: datetime) -> list[Offer]:
    """The templates of the matter's kind, its group or any, kept at its place or above; the most fitting first.

    No statement: the templates lie in memory with the catalogue.
    """
    known = reference()
    category = known.categories.get(matter.category_id)
    kinds = {None, matter.category_id, category.parent_id if category else None}
    rows = [row for row in known.templates if matter.path.startswith(row.path) and row.category_id in kinds]
    values = values_of(matter, at=at)

    def fit(row: AnswerTemplate) -> tuple[int, int]:
        own = 0 if row.category_id == matter.category_id else 1 if row.category_id else 2
        return own, -len(row.path)

    return [Offer(row.occasion, row.title, filled(row.text, values)) for row in sorted(rows, key=fit)]


def templates_for(actor: Actor, *, after: str | None = None, limit: int = 50) -> Page[AnswerTemplate]:
    """The templates kept within the actor's area, by title; one statement."""
    rows = AnswerTemplate.objects.filter(
        scope(actor, Permission.MATTER_VERIFY, unit="id"), until__isnull=True
    ).select_related("category")
    return page(rows, order=("title", "id"), after=after, limit=limit)


def template_for(actor: Actor, template_id: UUID) -> AnswerTemplate:
    """A template within the actor's area; raises NotFound otherwise."""
    reach = scope(actor, Permission.MATTER_VERIFY, unit="id")
    found = AnswerTemplate.objects.filter(reach, pk=template_id, until__isnull=True).first()
    if found is None:
        raise NotFound
    return found
