"""Grids as they could be drawn: propose, look, adjust, accept or leave it."""

# untranslated throughout: words of the domain for readers of the API document

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.api.bodies import json_body
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, IdempotencyKey, Limit, PlaceCode
from pingzhan.api.responses import READ, STAFF, WRITE, answers
from pingzhan.api.schemas.common import PLACE_CODE, Named, PageOut
from pingzhan.api.schemas.grids import AdjustIn, ProposalOut, ProposalRow, ProposedGridOut, ProposeIn, RedrawnOut
from pingzhan.api.writing import write
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.core.paging import page
from pingzhan.places import operations, queries
from pingzhan.places.choices import GridKind, Level, ProposalKind, ProposalState
from pingzhan.places.rules.outlines import BadOutline, area_of
from pingzhan.places.rules.sizes import fit_of

if TYPE_CHECKING:
    from pingzhan.places.models import GridProposal, Place

router = Router(tags=["grids"], auth=SIGNED_IN)
ProposalId = Annotated[UUID, Path(..., description="`id` of a proposal.")]
_DRAW = Permission.PLACE_DRAW


@router.get(
    "/grid-proposals",
    response=answers({200: PageOut[ProposalRow]}, *READ),
    operation_id="list_proposals",
    summary="Open proposals of grids (网格方案)",
)
def list_proposals(
    request: ApiRequest,
    limit: Limit,
    after: After,
    place: Annotated[str, Query("", pattern=f"^$|{PLACE_CODE}", description="Code of a place: there and below.")],
) -> PageOut[ProposalRow]:
    """Those that wait for a decision in the area where the caller draws grids, by community."""
    within = roots(request.actor, _DRAW)
    if place:
        within = [queries.get_place(place, within=within).path]
    found = page(queries.open_proposals(within).defer("grids"), order=("path", "id"), after=after, limit=limit)
    return PageOut[ProposalRow](items=[_row(one) for one in found.items], next=found.next)


@router.post(
    "/places/{code}/grid-proposals",
    response=answers({201: ProposalOut}, *STAFF, *WRITE),
    operation_id="propose_grids",
    summary="Propose the grids of a community",
)
def propose_grids(
    request: ApiRequest,
    code: PlaceCode,
    idempotency_key: IdempotencyKey,
    data: ProposeIn = json_body(ProposeIn()),  # noqa: B008
) -> HttpResponse:
    """In the place of a proposal that is still open. 409 with `changes` when all grids fit."""
    community = queries.get_place(code, within=roots(request.actor, _DRAW), level=Level.COMMUNITY)

    def work() -> tuple[int, ProposalOut]:
        if data.changes:
            made = operations.propose_changes(community=community, by=request.actor, at=request.at)
            if made is None:
                raise StateConflict(_("现有网格的户数都合适，不需要调整。"))
        else:
            made = operations.propose_grids(
                community=community, target=data.target, by=request.actor, at=request.at
            )  # fmt: skip
        return 201, _whole(made)

    return write(request, route=f"places:{community.code}:grid-proposals", work=work)


@router.get(
    "/grid-proposals/{uuid:proposal_id}",
    response=answers({200: ProposalOut}, *READ),
    operation_id="get_proposal",
    summary="A proposal",
)
def get_proposal(request: ApiRequest, proposal_id: ProposalId) -> ProposalOut:
    """With every grid, its buildings and its outline."""
    return _whole(_found(request, proposal_id))


@router.post(
    "/grid-proposals/{uuid:proposal_id}/adjust",
    response=answers({200: ProposalOut}, *STAFF, *WRITE, 412),
    operation_id="adjust_proposal",
    summary="Adjust it (调整方案)",
)
def adjust_proposal(
    request: ApiRequest,
    proposal_id: ProposalId,
    idempotency_key: IdempotencyKey,
    data: AdjustIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """Nothing but the proposal changes. 412 when grids or buildings have changed since it was made."""
    found = _found(request, proposal_id)
    shape = None
    if data.geometry is not None:
        try:
            shape = area_of(data.geometry)
        except BadOutline as error:
            raise Invalid(str(error), errors=[{"loc": ["geometry"], "msg": str(error)}]) from error

    def work() -> tuple[int, ProposalOut]:
        changed = operations.adjust_proposal(
            proposal=_found(request, found.pk), to=data.to, shape=shape, buildings=data.buildings, by=request.actor,
            at=request.at,
        )  # fmt: skip
        return 200, _whole(changed)

    return write(request, route=f"grid-proposals:{found.pk}:adjust", work=work)


@router.post(
    "/grid-proposals/{uuid:proposal_id}/accept",
    response=answers({200: RedrawnOut}, *STAFF, *WRITE, 412),
    operation_id="accept_proposal",
    summary="Draw the grids so (采用方案)",
)
def accept_proposal(request: ApiRequest, proposal_id: ProposalId, idempotency_key: IdempotencyKey) -> HttpResponse:
    """Everything that hangs on places follows. 412 when grids or buildings have changed since it was made."""
    found = _found(request, proposal_id)

    def work() -> tuple[int, RedrawnOut]:
        proposal = _found(request, found.pk)
        done = operations.accept_proposal(proposal=proposal, by=request.actor, at=request.at)
        return 200, RedrawnOut(
            proposal=_row(proposal), made=_named(done.made), ended=_named(done.ended),
            reshaped=_named(done.reshaped), moved=done.moved,
        )  # fmt: skip

    return write(request, route=f"grid-proposals:{found.pk}:accept", work=work)


@router.post(
    "/grid-proposals/{uuid:proposal_id}/reject",
    response=answers({200: ProposalRow}, *STAFF, *WRITE),
    operation_id="reject_proposal",
    summary="Leave the grids as they are (不采用)",
)
def reject_proposal(request: ApiRequest, proposal_id: ProposalId, idempotency_key: IdempotencyKey) -> HttpResponse:
    """The proposal is closed; nothing else changes."""
    found = _found(request, proposal_id)

    def work() -> tuple[int, ProposalRow]:
        proposal = _found(request, found.pk)
        operations.reject_proposal(proposal=proposal, by=request.actor, at=request.at)
        return 200, _row(proposal)

    return write(request, route=f"grid-proposals:{found.pk}:reject", work=work)


def _found(request: ApiRequest, proposal_id: UUID) -> "GridProposal":
    return queries.get_proposal(proposal_id, within=roots(request.actor, _DRAW))


def _named(places: "tuple[Place, ...]") -> list[Named]:
    return [Named(code=place.code, name=place.name) for place in places]


def _facts(proposal: "GridProposal") -> dict[str, Any]:
    return {
        "id": proposal.pk,
        "community": Named(code=proposal.community.code, name=proposal.community.name),
        "kind": ProposalKind(proposal.kind),
        "state": ProposalState(proposal.state),
        "target": proposal.target,
        "created_at": proposal.created_at,
        "decided_at": proposal.decided_at,
    }


def _row(proposal: "GridProposal") -> ProposalRow:
    return ProposalRow(**_facts(proposal))


def _whole(proposal: "GridProposal") -> ProposalOut:
    return ProposalOut(
        **_facts(proposal),
        grids=[
            ProposedGridOut(
                position=position, code=grid["code"] or None, name=grid["name"], kind=GridKind(grid["kind"]),
                households=grid["households"],
                fit=fit_of(grid["kind"], grid["households"], queries.sizes_for(grid["kind"])),
                buildings=grid["buildings"], geometry=grid["geometry"],
            )
            for position, grid in enumerate(proposal.grids)
        ],
    )  # fmt: skip
