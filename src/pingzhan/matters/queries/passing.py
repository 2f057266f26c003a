"""Beside the steps of a matter: the levels it passed, its parts, who was told that it is late, its supervision."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.paging import Page, page
from pingzhan.matters.models import Escalation, Matter, Merger, Pause, Referral, Supervision
from pingzhan.matters.queries.levels import chain, joined_to, parts_of, responsible
from pingzhan.matters.queries.pauses import open_pause


@dataclass(frozen=True, slots=True)
class Passing:
    """`levels`: passed on the way up, the lowest first. `joined`: sheets merged into this one."""

    levels: tuple[Referral, ...]
    parts: tuple[Matter, ...]
    joined: tuple[Matter, ...]
    escalations: tuple[Escalation, ...]
    supervision: Supervision | None
    pause: Pause | None
    responsible: UUID


def passing(matter: Matter, *, brief: bool = False) -> Passing:
    """Four statements, and one each for a pause and a supervision where there is one.

    `brief`, for the phone: one, without parts, joined sheets and who was told.
    """
    levels = tuple(chain(matter))
    told = Escalation.objects.filter(matter=matter).select_related("clock").order_by("at", "rung", "id")
    return Passing(
        levels=levels,
        parts=() if brief else tuple(parts_of(matter)),
        joined=() if brief else tuple(joined_to(matter)),
        escalations=() if brief else tuple(told),
        supervision=latest_supervision(matter) if matter.supervised else None,
        pause=open_pause(matter),
        responsible=responsible(matter, levels),
    )


def latest_supervision(matter: Matter) -> Supervision | None:
    """The demand that is in force, or was last."""
    return Supervision.objects.filter(matter=matter).order_by("-ordered_at", "-id").first()


def merged_at(matter: Matter) -> datetime | None:
    """When the sheet was merged into another, as long as that was not undone."""
    return Merger.objects.filter(matter=matter, undone_at__isnull=True).values_list("at", flat=True).first()


def supervisions(actor: Actor, *, released: bool, after: str | None = None, limit: int = 20) -> Page[Supervision]:
    """The supervised cases of the actor's scope: open ones by their time, or released ones, the latest first."""
    rows: QuerySet[Supervision] = Supervision.objects.filter(
        scope(actor, Permission.MATTER_VIEW, unit="matter__handler_id"), released_at__isnull=not released
    ).select_related("matter")
    return page(rows, order=("-ordered_at", "-id") if released else ("due_at", "id"), after=after, limit=limit)
