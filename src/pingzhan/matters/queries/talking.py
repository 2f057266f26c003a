"""What is open between a unit and a resident: questions, calls after closing, reasons of ratings."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.paging import Page, page
from pingzhan.matters.choices import CallResult, Status
from pingzhan.matters.models import CallBack, Matter, Question, RatingReason
from pingzhan.matters.queries.lists import ROW, first_id

CALLED_WITHIN = timedelta(days=60)  # since the report; who is called later does not remember
CLOSED_FOR_CALL = (Status.FED_BACK, Status.RATED, Status.PUBLISHED, Status.ARCHIVED)


def open_question(matter: Matter) -> Question | None:
    """The question that waits for an answer; no statement where there is none."""
    if not matter.asked:
        return None
    return Question.objects.filter(matter=matter, closed_at__isnull=True).first()


def to_call_back(actor: Actor, *, at: datetime, after: str | None = None, limit: int = 20) -> Page[Matter]:
    """Settled matters whose reporters can be called and were not, in this round; newest first; one statement.

    Who could not be reached stays on the list.
    """
    called = CallBack.objects.filter(matter=OuterRef("pk"), round=OuterRef("reopens")).exclude(
        result=CallResult.NOT_REACHED
    )
    rows = Matter.objects.filter(
        scope(actor, Permission.MATTER_VERIFY),
        Q(status__in=CLOSED_FOR_CALL),
        ~Exists(called),
        id__gte=first_id(at - CALLED_WITHIN),
        contact_index__isnull=False,
        completed_at__isnull=False,
    ).only(*ROW, "completed_at")
    return page(rows, order=("-id",), after=after, limit=limit)


def call_backs_of(matter: Matter) -> list[CallBack]:
    """The calls after closing, latest first; one statement."""
    return list(CallBack.objects.filter(matter=matter).select_related("by").order_by("-at", "-id"))


def rating_reasons() -> list[RatingReason]:
    """What can be ticked beside the stars; one statement."""
    return list(RatingReason.objects.filter(until__isnull=True))


def reasons_named(codes: Sequence[str]) -> list[RatingReason]:
    """The reasons of a rating, also those no longer offered; no statement where there are none."""
    return list(RatingReason.objects.filter(code__in=list(codes))) if codes else []
