"""Reads of inspections: lists, one with its findings, the ledger of a month."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can, scope, users
from pingzhan.core.errors import NotFound
from pingzhan.core.paging import Page, page
from pingzhan.matters.choices_inspection import FindingState, InspectionForm
from pingzhan.matters.models import Finding, Inspection, Matter
from pingzhan.matters.queries.reference import reference
from pingzhan.places.names import named, place_lines

BATCH = 500


def inspections_for(actor: Actor) -> QuerySet[Inspection]:
    """What the actor may see: of their area (only their own unit's, where they see no others'), or of their unit."""
    reach = scope(actor, Permission.MATTER_VIEW, unit="unit_id")
    return Inspection.objects.filter(reach | Q(unit_id__in=actor.unit_ids)).select_related("matter")


def inspection_page(
    actor: Actor, *, closed: bool | None = None, form: str = "", after: str | None = None, limit: int = 20
) -> Page[Inspection]:
    """Inspections, newest first, each with `found` things and how many are `left`; one statement."""
    rows = inspections_for(actor).annotate(
        found=Count("findings"), left=Count("findings", filter=~Q(findings__state=FindingState.CLOSED))
    )
    if closed is not None:
        rows = rows.filter(closed_at__isnull=not closed)
    if form:
        rows = rows.filter(form=form)
    return page(rows, order=("-id",), after=after, limit=limit)


def late_in(inspections: Sequence[Inspection], *, at: datetime) -> dict[UUID, int]:
    """How many findings of each are overdue: not mended in time; one statement."""
    rows = Finding.objects.filter(
        inspection__in=[one.pk for one in inspections], state=FindingState.OPEN, due_at__lt=at
    )
    return dict(rows.order_by("inspection_id").values_list("inspection_id").annotate(n=Count("id")))


def inspection_for(actor: Actor, inspection_id: UUID) -> Inspection:
    """One with its findings in order; two statements. Raises NotFound."""
    found = inspections_for(actor).filter(pk=inspection_id)
    findings = Prefetch("findings", Finding.objects.order_by("position"))
    one = found.select_related("matter", "by").prefetch_related(findings).first()
    if one is None:
        raise NotFound
    return one


def inspections_of(matter: Matter) -> list[Inspection]:
    """What went back from this matter, newest first; one statement."""
    return list(Inspection.objects.filter(matter=matter).order_by("-id")[:20])


def may_answer(actor: Actor, inspection: Inspection) -> bool:
    """Whether the actor handles matters for the inspected unit."""
    return any(held.unit_id == inspection.unit_id for held in actor.holding(Permission.MATTER_HANDLE))


def may_confirm(actor: Actor, inspection: Inspection) -> bool:
    """Whether the actor presses on in that area and is not of the inspected unit."""
    own = inspection.unit_id in actor.unit_ids
    return not own and can(actor, Permission.MATTER_SUPERVISE, inspection.path)


def may_inspect(actor: Actor, path: str = "") -> bool:
    """Whether the actor may put inspections on record, there or anywhere."""
    if path:
        return can(actor, Permission.MATTER_SUPERVISE, path)
    return bool(actor.holding(Permission.MATTER_SUPERVISE))


# --- the ledger -----------------------------------------------------------------------------------------------------


def columns() -> list[str]:
    """The headings of the ledger, in the order of its cells: a row a finding."""
    return [
        _("检查时间"), _("检查形式"), _("检查内容"), _("位置"), _("被检查单位"), _("检查人"), _("事项编号"),
        _("检查情况"), _("问题"), _("整改期限"), _("整改情况"), _("整改时间"), _("退回整改次数"),
        _("核销时间"), _("状态"),
    ]  # fmt: skip


def ledger(actor: Actor, *, begin: datetime, end: datetime) -> Iterator[tuple[Any, ...]]:
    """All that was inspected from `begin` until before `end` and that the actor may take away, newest first.

    Four statements for each 500 inspections. One that found nothing has a row too.
    """
    rows = inspections_for(actor).filter(
        scope(actor, Permission.MATTER_EXPORT, unit="unit_id"), at__gte=begin, at__lt=end
    )
    rows = rows.prefetch_related(Prefetch("findings", Finding.objects.order_by("position")))
    last: UUID | None = None
    while True:
        part = list((rows.filter(id__lt=last) if last else rows).order_by("-id")[:BATCH])
        if not part:
            return
        last = part[-1].pk
        places = place_lines({one.path for one in part})
        people = users({one.by_id for one in part if one.by_id})
        for one in part:
            yield from _cells(one, places, people.get(one.by_id) if one.by_id else None)


def _cells(one: Inspection, places: Mapping[str, str], who: Any) -> Iterator[tuple[Any, ...]]:
    unit = reference().units.get(one.unit_id)
    common = (
        one.at, str(InspectionForm(one.form).label), one.topic, places.get(one.path, ""), named(unit),
        who.name if who else "", one.matter.number if one.matter else "", one.record,
    )  # fmt: skip
    findings = list(one.findings.all())
    if not findings:
        yield (*common, _("没有发现问题"), None, "", None, None, one.closed_at, "")
    for found in findings:
        yield (
            *common, found.text, found.due_at, found.answer, found.mended_at, found.sent_back, found.closed_at,
            str(FindingState(found.state).label),
        )  # fmt: skip
