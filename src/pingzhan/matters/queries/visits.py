"""Reads of visits: lists, one with the matters that came of it, what came of all of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import Page, page
from pingzhan.matters.choices_visit import VisitKind
from pingzhan.matters.models import Matter, Visit, VisitFinding
from pingzhan.matters.workflow import HANDLED

_SOLVED = Q(findings__matter__status__in=HANDLED)


@dataclass(frozen=True, slots=True)
class Came:
    """What came of the visits of a kind: how many there were, how many problems they found and how many are solved."""

    kind: VisitKind
    visits: int = 0
    found: int = 0
    solved: int = 0


def visits_for(actor: Actor) -> QuerySet[Visit]:
    """Visits of the actor's area, where they see the matters of all units, and the actor's own."""
    mine = Q(by_id__in=[actor.user_id] if actor.user_id else [])
    return Visit.objects.filter(scope(actor, Permission.MATTER_VIEW, unit="by_id") | mine)


def visit_page(actor: Actor, *, kind: str = "", after: str | None = None, limit: int = 20) -> Page[Visit]:
    """Visits, newest first, each with `found` problems and how many are `solved`; one statement."""
    rows = visits_for(actor).annotate(found=Count("findings"), solved=Count("findings", filter=_SOLVED))
    return page(rows.filter(kind=kind) if kind else rows, order=("-id",), after=after, limit=limit)


def visit_for(actor: Actor, visit_id: UUID) -> Visit:
    """One with what it found, in order; two statements. Raises NotFound."""
    findings = Prefetch("findings", VisitFinding.objects.select_related("matter").order_by("position"))
    one = visits_for(actor).filter(pk=visit_id).select_related("by").prefetch_related(findings).first()
    if one is None:
        raise NotFound
    return one


def visit_of(matter: Matter) -> Visit | None:
    """The visit that brought the matter up; one statement."""
    return Visit.objects.filter(findings__matter=matter).first()


def came_of_visits(actor: Actor, *, begin: datetime, end: datetime) -> list[Came]:
    """What came of the visits from `begin` until before `end`, by kind; one statement."""
    rows = visits_for(actor).filter(at__gte=begin, at__lt=end).order_by("kind").values_list("kind")
    counted = rows.annotate(
        visits=Count("id", distinct=True), found=Count("findings"), solved=Count("findings", filter=_SOLVED)
    )
    known = {kind: rest for kind, *rest in counted}
    return [Came(kind, *known.get(kind.value, ())) for kind in VisitKind]
