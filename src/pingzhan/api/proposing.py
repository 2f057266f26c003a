"""What conditions of plans propose, and the figures from outside that they are about."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Router

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.api.bodies import json_body
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, IdempotencyKey, Limit
from pingzhan.api.responses import STAFF, WRITE, answers
from pingzhan.api.schemas.common import PageOut
from pingzhan.api.schemas.proposals import AcceptProposalIn, DismissIn, PlanProposalOut, SignalIn, SignalOut
from pingzhan.api.writing import write
from pingzhan.core.paging import page
from pingzhan.core.paths import code_of
from pingzhan.places.queries import get_place
from pingzhan.response import operations
from pingzhan.response.queries.proposals import proposal_for, proposals_for, signals_for

if TYPE_CHECKING:
    from pingzhan.response.models import Proposal, Signal

proposals = Router(tags=["plans"], auth=SIGNED_IN)
signals = Router(tags=["plans"], auth=SIGNED_IN)

ProposalId = Annotated[UUID, Path(..., description="`id` of a proposal.")]


@proposals.get(
    "",
    response=answers({200: PageOut[PlanProposalOut]}, 401),
    operation_id="list_plan_proposals",
    summary="What is proposed",
)
def list_plan_proposals(request: ApiRequest, limit: Limit, after: After) -> PageOut[PlanProposalOut]:
    """What conditions of plans have proposed for the caller's area, the newest first, decided or not."""
    found = page(proposals_for(request.actor), order=("-at", "-id"), after=after, limit=limit)
    return PageOut[PlanProposalOut](items=[_proposal(one) for one in found.items], next=found.next)


@proposals.post(
    "/{uuid:proposal}/accept",
    response=answers({200: PlanProposalOut}, *STAFF, *WRITE),
    operation_id="accept_plan_proposal",
    summary="Follow a proposal",
)
def accept_plan_proposal(
    request: ApiRequest,
    proposal: ProposalId,
    idempotency_key: IdempotencyKey,
    data: AcceptProposalIn = json_body(AcceptProposalIn()),  # noqa: B008
) -> HttpResponse:
    """Somebody follows it. Nothing is activated by this: preview the plan next, then activate what was previewed."""
    found = proposal_for(request.actor, proposal)

    def work() -> tuple[int, PlanProposalOut]:
        return 200, _proposal(operations.accept(proposal=found, by=request.actor, at=request.at))

    return write(request, route=f"accept {proposal}", work=work)


@proposals.post(
    "/{uuid:proposal}/dismiss",
    response=answers({200: PlanProposalOut}, *STAFF, *WRITE),
    operation_id="dismiss_plan_proposal",
    summary="Decide against a proposal",
)
def dismiss_plan_proposal(
    request: ApiRequest,
    proposal: ProposalId,
    idempotency_key: IdempotencyKey,
    data: DismissIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """With the reason. It does not come again while the condition goes on holding."""
    found = proposal_for(request.actor, proposal)

    def work() -> tuple[int, PlanProposalOut]:
        row = operations.dismiss(proposal=found, by=request.actor, at=request.at, reason=data.reason)
        return 200, _proposal(row)

    return write(request, route=f"dismiss {proposal}", work=work)


@signals.get(
    "", response=answers({200: PageOut[SignalOut]}, 401), operation_id="list_signals", summary="Figures from outside"
)
def list_signals(request: ApiRequest, limit: Limit, after: After) -> PageOut[SignalOut]:
    """The newest figure of each name and place in the caller's area, the newest first."""
    found = page(signals_for(request.actor), order=("-at", "-id"), after=after, limit=limit)
    return PageOut[SignalOut](items=[_signal(one) for one in found.items], next=found.next)


@signals.post(
    "",
    response=answers({200: SignalOut}, *STAFF, *WRITE),
    operation_id="take_signal",
    summary="A figure from outside",
)
def take_signal(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: SignalIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """A warning received, alarms, for how many days a stock lasts: replaces what was known by this name at this place.

    The conditions of the plans that it concerns are considered at once.
    """
    place = get_place(data.place, within=roots(request.actor, Permission.PLAN_EDIT))

    def work() -> tuple[int, SignalOut]:
        row = operations.take_signal(
            name=data.name, place=place, value=data.value, until=data.until, by=request.actor, at=request.at
        )
        return 200, _signal(row)

    return write(request, route="take_signal", work=work)


def _proposal(one: "Proposal") -> PlanProposalOut:
    return PlanProposalOut(
        id=one.pk,
        plan=one.plan.code,
        place=code_of(one.path),
        condition=one.code,
        title=one.title,
        level=one.level,
        when=one.when,
        figures=one.figures,
        state=one.state,
        at=one.at,
        decided_at=one.decided_at,
        decided_by=one.decided_by,
        reason=one.reason,
        response=one.response_id,
    )


def _signal(one: "Signal") -> SignalOut:
    return SignalOut(
        name=one.name, place=one.place.code, value=one.value, at=one.at, until=one.until, by=one.by_name
    )  # fmt: skip
