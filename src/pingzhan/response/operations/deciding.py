"""How a proposal is decided: once, by a person, by an activation, or by the plan itself."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import StateConflict
from pingzhan.journal.operations import digest_of, record
from pingzhan.response.choices import ProposalState
from pingzhan.response.models import Plan, Proposal


@transaction.atomic
def decide(
    row: Proposal, state: ProposalState, *, by: Actor, at: datetime, reason: str = "", response_id: UUID | None = None
) -> Proposal:
    """One decision: of two who decide at once the second is told. Raises StateConflict."""
    done = Proposal.objects.filter(pk=row.pk, state=ProposalState.OPEN).update(
        state=state, decided_at=at, decided_by=by.name, reason=reason, response_id=response_id
    )
    row.refresh_from_db()
    if not done:
        raise StateConflict(_("这条建议已有人决定，或条件已经过去"), allowed=["open"], current=row.state)
    data = {"reason_digest": digest_of(reason)} if reason else {}
    note(row, str(state), by=by, at=at, **data)
    return row


def settle(
    plan: Plan, *, level: int, paths: Collection[str], response_id: UUID, by: Actor, at: datetime
) -> None:  # fmt: skip
    """What was proposed for a plan that is activated, for all of its area, is decided; part of the activation."""
    rows = Proposal.objects.filter(plan=plan, cleared_at__isnull=True, response_id__isnull=True, level__gte=level)
    rows.filter(state=ProposalState.ACCEPTED).update(response_id=response_id)
    state = ProposalState.STARTED if by.kind == "system" else ProposalState.ACCEPTED
    for row in rows.filter(state=ProposalState.OPEN).order_by("at", "id"):
        if row.path.startswith(tuple(paths)):
            with suppress(StateConflict):  # decided by another in the same moment: the activation goes on
                decide(row, state, by=by, at=at, response_id=response_id)


def note(row: Proposal, verb: str, *, by: Actor, at: datetime, **data: Any) -> None:
    """What became of it, in the journal."""
    record(
        verb=f"proposal.{verb}", by=by, at=at, subject_type="proposal", subject_id=row.pk, place_path=row.path,
        to_state=row.state, level=row.level, plan=str(row.plan_id), **data,
    )  # fmt: skip
