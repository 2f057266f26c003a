"""Visits (走流程, 走千企访万户): put on record, and every problem found becomes a matter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid
from pingzhan.core.ids import uuid7
from pingzhan.journal.operations import record
from pingzhan.matters.choices import Source
from pingzhan.matters.choices_visit import VisitKind
from pingzhan.matters.models import Visit, VisitFinding
from pingzhan.matters.operations.advance import needed
from pingzhan.matters.operations.report import MOST_TEXT, Location, report
from pingzhan.places.queries import get_places

MOST_FINDINGS = 20
MOST_TOPIC = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem found: in words, and its category where whoever found it knows."""

    text: str
    category: str = ""


@transaction.atomic
def visit(
    *, kind: str, place: str, topic: str, summary: str = "", problems: Sequence[Problem] = (), by: Actor, at: datetime
) -> Visit:
    """Put a visit at `place` (its code) on record; each of 0 to 20 problems goes the way of any reported matter.

    Raises Invalid, whose errors name the problem by its position ("text_2"), and NotAllowed.
    """
    if kind not in VisitKind.values:
        raise _invalid("kind", _("请选择走访的种类"))
    found = get_places([place]).get(place) if place else None
    if found is None:
        raise _invalid("place", _("请选择走访的地方"))
    require(by, Permission.MATTER_REPORT, found.path)
    topic = needed(topic, "topic", _("请写明走访了哪里、走了什么流程"))
    summary = summary.strip()
    for field, text, most in (("topic", topic, MOST_TOPIC), ("summary", summary, MOST_TEXT)):
        if len(text) > most or "\x00" in text:
            raise _invalid(field, _("内容过长或含有无法识别的字符，最多 %(most)s 字") % {"most": most})
    if len(problems) > MOST_FINDINGS:
        raise _invalid("problems", _("一次走访最多登记 %(most)s 个问题") % {"most": MOST_FINDINGS})
    made = Visit.objects.create(
        id=uuid7(at), kind=kind, path=found.path, topic=topic, record=summary, at=at, by_id=by.user_id
    )
    for position, problem in enumerate(problems, 1):
        try:
            matter = report(
                text=problem.text, location=Location(code=place), source=Source.VISIT, by=by, at=at,
                category=problem.category,
            )  # fmt: skip
        except Invalid as error:
            raise _of_problem(error, position) from error
        VisitFinding.objects.create(visit=made, position=position, matter=matter)
    record(
        verb="visit.record", by=by, at=at, subject_type="visit", subject_id=made.pk, place_path=made.path, kind=kind,
        found=len(problems),
    )  # fmt: skip
    return made


def _of_problem(error: Invalid, position: int) -> Invalid:
    """The same error, told of the problem that it is about."""
    errors = [one | {"loc": [f"{one['loc'][0]}_{position}", *one["loc"][1:]]} for one in error.errors if one["loc"]]
    return Invalid(error.detail, errors=errors or error.errors)


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
