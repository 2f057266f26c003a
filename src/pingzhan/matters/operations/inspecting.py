"""Inspecting units (巡查, 倒查, 专项督查): the record, what was found, mending it, confirming that it is mended."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.core.outbox import queue_many
from pingzhan.core.wording import for_others
from pingzhan.journal.operations import digest_of, record
from pingzhan.matters.choices_inspection import FindingState, InspectionForm
from pingzhan.matters.models import Finding, Inspection, Matter
from pingzhan.matters.operations.advance import needed, worded
from pingzhan.matters.operations.telling import Line, tell_units
from pingzhan.matters.queries.inspections import may_answer, may_confirm
from pingzhan.matters.queries.reference import reference
from pingzhan.places.queries import get_places

MOST_FINDINGS = 20
LATEST = timedelta(days=365)  # a time to mend that lies further ahead is a slip of the pen


@dataclass(frozen=True, slots=True)
class Found:
    """One thing found, and until when it is to be mended."""

    text: str
    due: datetime | None


@transaction.atomic
def inspect(
    *,
    form: str,
    unit: str,
    topic: str,
    summary: str,
    findings: Sequence[Found] = (),
    place: str = "",
    matter: Matter | None = None,
    by: Actor,
    at: datetime,
) -> Inspection:
    """Put an inspection of `unit` (its code) on record, with 0 to 20 findings; the unit is told.

    At `place` (its code), or where `matter` is; a tracing needs the matter that it goes back from. One without
    findings is closed at once. Raises Invalid, NotAllowed.
    """
    if form not in InspectionForm.values:
        raise _invalid("form", _("请选择检查形式"))
    if form == InspectionForm.TRACE and matter is None:
        raise _invalid("matter", _("倒查须写明从哪件事项查起"))
    path = matter.path if matter is not None else _path(place)
    inspected = reference().unit(unit)
    if inspected is None or not (path.startswith(inspected.path) or inspected.path.startswith(path)):
        raise _invalid("unit", _("请选择被检查的单位"))
    if not can(by, Permission.MATTER_SUPERVISE, path):
        raise NotAllowed(_("只有督查员和上级可以登记检查。"))
    topic = needed(topic, "topic", _("请写明检查内容"))[:80]
    summary = worded(summary, "summary", _("请写下检查情况"))
    found = [_found(one, number, at=at) for number, one in enumerate(findings, 1)]
    if len(found) > MOST_FINDINGS:
        raise _invalid("findings", _("一次检查最多登记 %(most)s 个问题") % {"most": MOST_FINDINGS})
    inspection = Inspection.objects.create(
        id=uuid7(at), form=form, path=path, unit_id=inspected.id, matter=matter, topic=topic, record=summary, at=at,
        by_id=by.user_id, closed_at=None if found else at,
    )  # fmt: skip
    Finding.objects.bulk_create(
        [
            Finding(id=uuid7(at), inspection=inspection, position=number, text=text, due_at=due)
            for number, (text, due) in enumerate(found, 1)
        ]
    )
    _note(
        "inspection.make", inspection, by=by, at=at, unit=inspected.code, findings=len(found),
        words=digest_of(summary),
    )  # fmt: skip
    said = (
        gettext_noop("%(form)s“%(topic)s”发现问题，请按期整改。")
        if found
        else gettext_noop("%(form)s“%(topic)s”已登记，请查看。")
    )
    _tell_unit(said, inspection, by=by, at=at)
    return inspection


@transaction.atomic
def mend(*, inspection: Inspection, position: int, answer: str, by: Actor, at: datetime) -> Finding:
    """Say what was done about a finding; by the inspected unit. Raises Invalid, NotAllowed, StateConflict."""
    if not may_answer(by, inspection):
        raise NotAllowed(_("只有被检查的单位可以填写整改情况。"))
    answer = worded(answer, "answer", _("请写明怎样整改的"))
    finding = _taken(inspection, position, FindingState.OPEN, state=FindingState.MENDED, answer=answer, mended_at=at)
    _note("inspection.mend", inspection, by=by, at=at, position=position, words=digest_of(answer))
    if inspection.by_id and inspection.by_id != by.user_id:
        line = for_others("“%(topic)s”第 %(n)s 个问题已整改，请核实。", topic=inspection.topic, n=position)
        queue_many([(inspection.by_id, line)], at=at, template="inspection.mend")
    return finding


@transaction.atomic
def confirm(
    *, inspection: Inspection, position: int, ok: bool = True, reason: str = "", by: Actor, at: datetime
) -> Finding:
    """Mended indeed (核销), or not: back to the unit, with the reason. The last one closes the inspection.

    Raises Invalid, NotAllowed, StateConflict.
    """
    if not may_confirm(by, inspection):
        raise NotAllowed(_("由登记检查的一方核销；被检查的单位不能给自己核销。"))
    if ok:
        finding = _taken(inspection, position, FindingState.MENDED, state=FindingState.CLOSED, closed_at=at)
    else:
        reason = worded(reason, "reason", _("请写明哪里还没有整改到位"))
        finding = _taken(
            inspection, position, FindingState.MENDED, state=FindingState.OPEN, answer="", mended_at=None,
            objection=reason, sent_back=F("sent_back") + 1,
        )  # fmt: skip
        _tell_unit(gettext_noop("%(form)s“%(topic)s”有问题整改不到位，请继续整改。"), inspection, by=by, at=at)
    _note("inspection.confirm", inspection, by=by, at=at, position=position, ok=ok, words=digest_of(reason))
    if ok and not Finding.objects.filter(inspection=inspection).exclude(state=FindingState.CLOSED).exists():
        Inspection.objects.filter(pk=inspection.pk).update(closed_at=at)
        inspection.closed_at = at
    return finding


def _taken(inspection: Inspection, position: int, wanted: FindingState, **changes: Any) -> Finding:
    """The finding after a change that only one of two who press at once makes."""
    # The inspection's row first: of two who confirm the last two findings the second sees what the first did.
    Inspection.objects.select_for_update().get(pk=inspection.pk)
    changed = Finding.objects.filter(inspection=inspection, position=position, state=wanted).update(**changes)
    finding = Finding.objects.filter(inspection=inspection, position=position).first()
    if finding is None:
        raise _invalid("position", _("没有这个问题"))
    if not changed:
        raise StateConflict(
            _("这个问题现在是“%(state)s”，请刷新后再看。") % {"state": finding.get_state_display()},
            allowed=[wanted.value], current=finding.state,
        )  # fmt: skip
    return finding


def _path(place: str) -> str:
    found = get_places([place]).get(place) if place else None
    if found is None:
        raise _invalid("place", _("请选择检查的区域"))
    return str(found.path)


def _found(one: Found, number: int, *, at: datetime) -> tuple[str, datetime]:
    text = worded(one.text, f"text_{number}", _("请写明第 %(n)s 个问题") % {"n": number})
    if one.due is None or not at < one.due <= at + LATEST:
        raise _invalid(f"due_{number}", _("第 %(n)s 个问题的整改期限须在今后一年之内") % {"n": number})
    return text, one.due


def _note(verb: str, inspection: Inspection, *, by: Actor, at: datetime, **data: Any) -> None:
    record(
        verb=verb, by=by, at=at, subject_type="inspection", subject_id=inspection.pk, place_path=inspection.path,
        form=inspection.form, **data,
    )  # fmt: skip


def _tell_unit(line: str, inspection: Inspection, *, by: Actor, at: datetime) -> None:
    said = for_others(line, form=InspectionForm(inspection.form).label, topic=inspection.topic)
    tell_units({inspection.unit_id: Line(said)}, at=at, template="inspection.make", cause=by.user_id)


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
