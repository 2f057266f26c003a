"""Check-ins, the ledger of members, teams."""

# untranslated throughout: the names of steps for readers of the API document

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from pingzhan.access.permissions import Permission
from pingzhan.api.bodies import json_body
from pingzhan.api.callers import PUBLIC, SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, IdempotencyKey, IfMatch, Limit
from pingzhan.api.responses import READ, STAFF, WRITE, answers
from pingzhan.api.schemas.common import PageOut
from pingzhan.api.schemas.members import (
    ApproveIn,
    CheckedInOut,
    CheckInIn,
    GroupOut,
    JoinIn,
    MemberOut,
    ReachedIn,
    RejectCheckInIn,
    TeamMemberOut,
    TeamOut,
    TeamRow,
)
from pingzhan.api.writing import version_wanted, write
from pingzhan.core.client_address import client_address
from pingzhan.core.errors import Invalid
from pingzhan.core.flood import check
from pingzhan.core.paging import page
from pingzhan.core.paths import code_of
from pingzhan.people import operations, queries
from pingzhan.people.choices import CheckInKind, CheckInSource, CheckInState, Focus, Slot, TeamPost
from pingzhan.people.queries import MemberFilters

if TYPE_CHECKING:
    from datetime import datetime

    from pingzhan.people.models import CheckIn, TeamMember

router = Router(tags=["people"], auth=SIGNED_IN)
CheckInId = Annotated[UUID, Path(..., description="`id` of a check-in.")]
TeamId = Annotated[UUID, Path(..., description="`id` of a team.")]
_STEP = answers({200: MemberOut}, *STAFF, *WRITE, 412)


@router.post(
    "/check-ins",
    auth=PUBLIC,
    response=answers({201: CheckedInOut}, 401, 403, *WRITE, 429),
    operation_id="check_in",
    summary="Check in (报到)",
)
def check_in(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: CheckInIn = json_body(),  # noqa: B008 (how ninja declares a parameter)
) -> HttpResponse:
    """Anybody may for themselves. Staff enter somebody of their own area; then the answer has the id."""
    actor = request.actor
    if not actor.is_staff:
        check("check-in", client_address(request), limit=settings.FLOOD_REPORTS_PER_MINUTE)
    told = operations.Told(
        **data.fields("consent", "skills", "slots"), skills=tuple(data.skills), slots=tuple(data.slots)
    )
    vets = bool(actor.holding(Permission.MEMBER_VET))

    def work() -> tuple[int, CheckedInOut]:
        found = operations.submit(
            told=told, source=CheckInSource.DESK if vets else CheckInSource.PORTAL, consent=data.consent, by=actor,
            at=request.at,
        )  # fmt: skip
        return 201, CheckedInOut(id=found.pk if vets else None, state=CheckInState.SUBMITTED)

    return write(request, route="check-ins", work=work)


@router.post(
    "/check-ins/{uuid:check_in_id}/approve",
    response=_STEP,
    operation_id="approve_check_in",
    summary="Vet it (审核通过)",
)
def approve_check_in(
    request: ApiRequest,
    check_in_id: CheckInId,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch,
    data: ApproveIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """The community has made sure that they live there; the captain's time to call begins. `merged`: known already."""
    return _step(request, check_in_id, "approve", operations.approve, data.fields())


@router.post(
    "/check-ins/{uuid:check_in_id}/reject", response=_STEP, operation_id="reject_check_in", summary="Reject it (不通过)"
)
def reject_check_in(
    request: ApiRequest,
    check_in_id: CheckInId,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch,
    data: RejectCheckInIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """Not taken on; the reason goes to who checked in."""
    return _step(request, check_in_id, "reject", operations.reject, data.fields())


@router.post(
    "/check-ins/{uuid:check_in_id}/contact",
    response=_STEP,
    operation_id="contact_check_in",
    summary="Note the call (已联系)",
)
def contact_check_in(
    request: ApiRequest,
    check_in_id: CheckInId,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch,
    data: ReachedIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """The captain has called, or tried in vain."""
    return _step(request, check_in_id, "contact", operations.contact, data.fields())


@router.post(
    "/check-ins/{uuid:check_in_id}/join", response=_STEP, operation_id="join_team", summary="Put on the team (编入队伍)"
)
def join_team(
    request: ApiRequest,
    check_in_id: CheckInId,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch,
    data: JoinIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """On the team of the community, in a group where one is named."""
    found = queries.check_in_for(request.actor, check_in_id)
    team = queries.team_for(request.actor, data.team) if data.team else queries.team_of_path(found.path)
    group = None
    if data.group is not None:
        groups = queries.shown_team(team).groups if team else []
        group = next((one for one, _members in groups if one.pk == data.group), None)
        if group is None:
            message = _("这个小组不在这支队伍里")
            raise Invalid(message, errors=[{"loc": ["group"], "msg": message}])
    return _step(request, check_in_id, "join", operations.join, {"team": team, "group": group})


def _step(request: ApiRequest, check_in_id: UUID, step: str, act: Any, given: dict[str, Any]) -> HttpResponse:
    found = queries.check_in_for(request.actor, check_in_id)

    def work() -> tuple[int, MemberOut]:
        fresh = queries.check_in_for(request.actor, check_in_id)
        version = version_wanted(request, fresh.version)
        act(check_in=fresh, by=request.actor, at=request.at, version=version, **given)
        return 200, _member(fresh, at=request.at)

    return write(request, route=f"check-ins:{found.pk}:{step}", work=work)


@router.get(
    "/members",
    response=answers({200: PageOut[MemberOut]}, 401),
    operation_id="list_members",
    summary="The ledger of members (队员台账)",
)
def list_members(
    request: ApiRequest,
    limit: Limit,
    after: After,
    place: str = Query("", max_length=60, description="Code of a place: it and all below."),
    state: str = Query("", max_length=20, description="A state, or `active`, or `overdue` (calls)."),
    kind: CheckInKind | None = Query(None, description="Members, or mobile grid workers."),  # noqa: B008
    skill: str = Query("", max_length=60, description="Code of a skill or of a group of them."),
    slot: Slot | None = Query(None, description="When they have time."),  # noqa: B008
    q: str = Query("", max_length=40, description="A phone in full, or how the name begins."),
) -> PageOut[MemberOut]:
    """Check-ins of the caller's area, newest first. Phones are masked."""
    filters = MemberFilters(
        place=place, state=state, kind=kind or "", skill=skill, slot=slot or "", q=q.replace("\x00", "")
    )
    found = queries.members_page(request.actor, filters, at=request.at, after=after, limit=limit)
    return PageOut[MemberOut](items=[_member(row, at=request.at) for row in found.items], next=found.next)


@router.get("/teams", response=answers({200: PageOut[TeamRow]}, 401), operation_id="list_teams", summary="Teams (队伍)")
def list_teams(request: ApiRequest, limit: Limit, after: After) -> PageOut[TeamRow]:
    """The teams of the caller's area, by place."""
    found = page(queries.teams_for(request.actor), order=("path", "id"), after=after, limit=limit)
    rows: list[Any] = found.items  # with the counts that the query adds
    items = [
        TeamRow(
            id=row.pk, name=row.name, place=row.place.code, count=row.count, groups=row.group_count, leads=row.leads
        )
        for row in rows
    ]
    return PageOut[TeamRow](items=items, next=found.next)


@router.get("/teams/{uuid:team_id}", response=answers({200: TeamOut}, *READ), operation_id="get_team", summary="A team")
def get_team(request: ApiRequest, team_id: TeamId) -> TeamOut:
    """Captain, vice captains, groups and members by name; for the area and for those on it."""
    shown = queries.shown_team(queries.team_for(request.actor, team_id))
    return TeamOut(
        id=shown.team.pk,
        name=shown.team.name,
        place=shown.team.place.code,
        count=shown.count,
        leads=_people(shown.leads),
        groups=[
            GroupOut(id=group.pk, name=group.name, focus=Focus(group.focus), members=_people(members))
            for group, members in shown.groups
        ],
        others=_people(shown.others),
    )


def _people(members: "list[TeamMember]") -> list[TeamMemberOut]:
    return [
        TeamMemberOut(name=member.person.name, post=TeamPost(member.post), since=member.since) for member in members
    ]


def _member(row: "CheckIn", *, at: "datetime") -> MemberOut:
    return MemberOut(
        id=row.pk,
        name=row.name,
        kind=CheckInKind(row.kind),
        state=CheckInState(row.state),
        phone=str(row.phone),
        place=code_of(row.path),
        unit=row.unit.name if row.unit else row.unit_name,
        job=row.job,
        skills=row.skills,
        slots=row.slots,
        wishes=row.wishes,
        submitted_at=row.submitted_at,
        state_at=row.state_at,
        contact_due_at=row.due_at,
        overdue=row.due_at is not None and row.due_at < at,
        version=row.version,
    )
