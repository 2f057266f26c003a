"""Warnings to the public: prepared with a response, released by a person."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.journal.operations import record
from pingzhan.response.models import Plan, PublicWarning
from pingzhan.response.queries.leading import require_lead

if TYPE_CHECKING:
    from pingzhan.modes.models import Response

# CAP 1.2 (OASIS, 2010) has no levels; these are our reading of Ⅰ to Ⅳ.
SEVERITY = {1: "Extreme", 2: "Severe", 3: "Moderate", 4: "Minor"}
URGENCY = {1: "Immediate", 2: "Immediate", 3: "Expected", 4: "Expected"}


def prepare(
    *, response: "Response", plan: Plan, data: Mapping[str, Any], names: Sequence[tuple[str, str]], by: Actor,
    at: datetime,
) -> PublicWarning | None:  # fmt: skip
    """Put the plan's warning down as a draft, where it has one for this level; part of the activation."""
    said = data.get("warning")
    if not said or response.level not in said.get("levels", [1, 2, 3, 4]):
        return None
    return PublicWarning.objects.create(
        id=uuid7(at), response_id=response.pk, headline=said["headline"], description=said["description"],
        instruction=said.get("instruction", ""), event=said["event"], category=said["category"],
        urgency=URGENCY[response.level], severity=SEVERITY[response.level], certainty="Observed",
        areas=[{"code": code, "name": name} for code, name in names], prepared_at=at, expires=response.until,
    )  # fmt: skip


def prepare_again(
    *, response: "Response", plan: Plan, data: Mapping[str, Any], names: Sequence[tuple[str, str]], by: Actor,
    at: datetime,
) -> PublicWarning | None:  # fmt: skip
    """The warning of another level, for a person to release; drafts of the level before are no longer released.

    What residents read already stands until the new one is released, or is over where this level has none.
    """
    rows = PublicWarning.objects.filter(response_id=response.pk, expires__gt=at)
    rows.filter(released_at__isnull=True).update(expires=at)
    made = prepare(response=response, plan=plan, data=data, names=names, by=by, at=at)
    if made is None:
        rows.update(expires=at)
    return made


def let_last(response: "Response", *, before: datetime) -> None:
    """Warnings that hold until the end of the response, hold until its new end."""
    PublicWarning.objects.filter(response_id=response.pk, expires=before).update(expires=response.until)


@transaction.atomic
def release(*, warning: PublicWarning, response: "Response", by: Actor, at: datetime) -> PublicWarning:
    """A person sends the warning out: from now on residents of the area read it."""
    paths = list(response.places.order_by("path").values_list("path", flat=True))
    require_lead(response, by)
    if response.ended_at is not None or response.until <= at:
        raise StateConflict(_("响应已经结束，不再发布"), allowed=["in_force"], current="ended")
    rows = PublicWarning.objects.filter(pk=warning.pk, released_at__isnull=True)
    if rows.filter(expires__lte=at).exists():
        raise StateConflict(_("级别已经调整，这份预警不再发布"), allowed=["prepared"], current="outdated")
    if not rows.update(released_at=at, released_by=by.name):
        raise StateConflict(_("已经发布"), allowed=["prepared"], current="released")
    earlier = PublicWarning.objects.filter(response_id=response.pk, released_at__isnull=False, expires__gt=at)
    earlier.exclude(pk=warning.pk).update(expires=at)  # residents read one of a response, the newest
    warning.refresh_from_db()
    record(
        verb="response.warn", by=by, at=at, subject_type="response", subject_id=response.pk, place_path=paths[0],
        warning=warning.pk,
    )  # fmt: skip
    return warning
