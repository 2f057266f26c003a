"""Plans, and switching by them."""

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can, roots
from pingzhan.access.second_factor import signed_in_twice
from pingzhan.api.bodies import json_body
from pingzhan.api.callers import PUBLIC, SIGNED_IN, ApiRequest
from pingzhan.api.doors import Door, through
from pingzhan.api.parameters import After, IdempotencyKey, Limit
from pingzhan.api.problems import of_domain_error
from pingzhan.api.responses import BODY, STAFF, WRITE, answers
from pingzhan.api.schemas.common import PLACE_CODE, PageOut
from pingzhan.api.schemas.responses import (
    ActivateIn,
    ChangeOut,
    DutyOut,
    GapOut,
    ItemOut,
    LevelIn,
    LevelPreviewIn,
    LevelPreviewOut,
    PlanOut,
    PreviewIn,
    PreviewOut,
    ReadinessOut,
    RenewIn,
    StandDownIn,
    SwitchOut,
)
from pingzhan.api.writing import write
from pingzhan.core.errors import NotAllowed, NotFound, StateConflict
from pingzhan.core.paging import page
from pingzhan.core.paths import code_of
from pingzhan.modes.queries import (
    is_in_force,
    overlays_of,
    paths_of,
    response_for,
    responses_for,
    what_duties_are,
)
from pingzhan.people.queries.holders import names_of_people
from pingzhan.places.queries import get_places
from pingzhan.response import operations
from pingzhan.response.operations import Outdated
from pingzhan.response.queries.another_level import AnotherLevel, Told, another_level, told
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.leading import require_lead
from pingzhan.response.queries.plans import data_of, in_use, plan_for, plans_for
from pingzhan.response.queries.readiness import last_drills, readiness
from pingzhan.response.queries.responses import activations_of, counts_within
from pingzhan.response.rules.levels import needs_second_factor
from pingzhan.response.rules.schema import plan_schema

if TYPE_CHECKING:
    from datetime import datetime

    from pingzhan.modes.models import Response
    from pingzhan.response.models import Activation, Plan, PlanVersion
    from pingzhan.response.rules.manifest import Manifest

plans = Router(tags=["plans"], auth=SIGNED_IN)
router = Router(tags=["responses"], auth=SIGNED_IN)

PlanCode = Annotated[
    str, Path(..., pattern=r"^[0-9a-zA-Z@_\-]{1,80}$", description="Code of a plan.", example="infectious-disease")
]
ResponseId = Annotated[UUID, Path(..., description="`id` of a response.")]
MOST_ITEMS = 5000


@plans.get("", response=answers({200: PageOut[PlanOut]}, 401), operation_id="list_plans", summary="Plans")
def list_plans(request: ApiRequest, limit: Limit, after: After) -> PageOut[PlanOut]:
    """Plans that hold in the caller's area, those of places above it too."""
    found = page(
        plans_for(request.actor).select_related("place", "parent"), order=("path", "code"), after=after, limit=limit
    )
    versions, drills = in_use(found.items), last_drills(found.items)
    items = [_plan(one, versions.get(one.pk), drills.get(one.pk)) for one in found.items]
    return PageOut[PlanOut](items=items, next=found.next)


@plans.get(
    "/schema",
    auth=PUBLIC,
    response=answers({200: dict[str, Any]}),
    operation_id="get_plan_schema",
    summary="The schema of plan documents",
)
def get_plan_schema(request: ApiRequest) -> HttpResponse:
    """JSON Schema (2020-12) of the YAML documents in which plans are written."""
    return JsonResponse(plan_schema(), json_dumps_params={"ensure_ascii": False})


@plans.get(
    "/{code}/readiness",
    response=answers({200: ReadinessOut}, *STAFF, 409),
    operation_id="get_readiness",
    summary="What would fail today",
)
def get_readiness(
    request: ApiRequest,
    code: PlanCode,
    place: str = Query(..., pattern=PLACE_CODE, description="Code of a place."),
    level: int = Query(..., ge=1, le=4, description="1 (highest) to 4."),
) -> ReadinessOut:
    """Every way in which the plan would fail at the place, and one figure."""
    plan = plan_for(request.actor, code)
    _must_see(request, [place])
    found = readiness(plan, level=level, codes=[place], at=request.at)
    return ReadinessOut(
        percent=found.percent,
        asked=found.asked,
        findings=[
            {"kind": one.kind, "label": one.label, "place": one.place, "subject": one.subject, "reason": one.reason}
            for one in found.weaknesses[:MOST_ITEMS]
        ],
    )


@router.post(
    "/preview",
    response=answers({200: PreviewOut}, *STAFF, *BODY, 409),
    operation_id="preview_response",
    summary="What activating would do",
)
def preview_response(request: ApiRequest, data: PreviewIn = json_body()) -> PreviewOut:  # noqa: B008
    """Compile the plan for these places on today's data. Nothing is written; the same data gives the same digest."""
    plan = plan_for(request.actor, data.plan)
    _must_see(request, data.places)
    manifest = compile_plan(plan, level=data.level, codes=data.places, at=request.at, exercise=data.exercise)
    return _preview(manifest)


@router.post(
    "",
    response=answers({200: SwitchOut, 201: SwitchOut}, *STAFF, *WRITE),
    operation_id="activate_response",
    summary="Activate what was previewed",
)
def activate_response(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: ActivateIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """All of it or nothing. 201, or 200 with the same response for a digest that was activated already.

    409 with the new preview when data changed since. A session of a browser needs a second factor for levels 1 and 2.
    """
    _second_factor(request, data.level, exercise=data.exercise)
    plan = plan_for(request.actor, data.plan)
    _must_see(request, data.places)

    def work() -> tuple[int, SwitchOut]:
        made = operations.activate(
            plan=plan,
            level=data.level,
            codes=data.places,
            digest=data.digest,
            by=request.actor,
            at=request.at,
            exercise=data.exercise,
            until=data.until,
        )
        return 200 if made.again else 201, _one(made.response, request)

    try:
        return write(request, route="activate_response", work=work)
    except Outdated as outdated:
        return _outdated(outdated, _preview(outdated.manifest))


@router.get("", response=answers({200: PageOut[SwitchOut]}, 401), operation_id="list_responses", summary="Responses")
def list_responses(request: ApiRequest, limit: Limit, after: After) -> PageOut[SwitchOut]:
    """Responses that touch the caller's area, the newest first; exercises only for those who take part."""
    found = page(responses_for(request.actor), order=("-id",), after=after, limit=limit)
    return PageOut[SwitchOut](items=_rows(found.items, request), next=found.next)


@router.get(
    "/{uuid:response}", response=answers({200: SwitchOut}, *STAFF), operation_id="get_response", summary="A response"
)
def get_response(request: ApiRequest, response: ResponseId) -> SwitchOut:
    """One response."""
    return _one(response_for(request.actor, response), request)


@router.get(
    "/{uuid:response}/duties",
    response=answers({200: PageOut[DutyOut]}, *STAFF),
    operation_id="list_duties",
    summary="Who covers what",
)
def list_duties(request: ApiRequest, response: ResponseId, limit: Limit, after: After) -> PageOut[DutyOut]:
    """The duties under a response within the caller's area, A and B."""
    found = response_for(request.actor, response)
    held = tuple(one.path for one in request.actor.holding(Permission.RESPONSE_VIEW))
    rows = page(
        overlays_of(found, at=None if found.ended_at else request.at, within=held).filter(kind="person_duty"),
        order=("path", "id"),
        after=after,
        limit=limit,
    )
    names = names_of_people([row.person_id for row in rows.items if row.person_id])
    about = what_duties_are(rows.items)
    items = [
        DutyOut(
            id=row.pk,
            duty=row.payload["duty"],
            part=row.payload["part"],
            title=about[row.pk].get("title", ""),
            place=code_of(row.path),
            subject=row.payload.get("subject", ""),
            person=row.person_id,
            name=names.get(row.person_id, "") if row.person_id else "",
            tasks=about[row.pk].get("tasks", []),
        )
        for row in rows.items
    ]
    return PageOut[DutyOut](items=items, next=rows.next)


@router.post(
    "/{uuid:response}/change_level/preview",
    response=answers({200: LevelPreviewOut}, *STAFF, *BODY, 409),
    operation_id="preview_change_level",
    summary="What another level would change",
)
def preview_change_level(
    request: ApiRequest,
    response: ResponseId,
    data: LevelPreviewIn = json_body(),  # noqa: B008
) -> LevelPreviewOut:
    """What comes, is said otherwise and ends there. Nothing is written; whoever may not change the level gets 403."""
    found, row = _led(request, response)
    return _level_preview(another_level(found, row, level=data.level, at=request.at))


DOORS = (
    Door(
        "change_level", LevelIn, operations.change_level, "Another level",
        "Take the response to another level of its plan, with today's people and rooms. With `digest` only if that is "
        "still what was previewed: 409 with the new preview otherwise.",
    ),
    Door(
        "renew", RenewIn, operations.renew, "A later end",
        "Let the response last longer, with the reason; at most 90 days from now.",
    ),
    Door(
        "stand_down", StandDownIn, operations.stand_down, "Stand down",
        "End it: everything in force is peacetime's again at once. What is not done stays on the list.",
    ),
)  # fmt: skip


def _open(door: Door) -> None:
    """Register the address of what can be done with a response."""

    def take(
        request: ApiRequest,
        response: ResponseId,
        idempotency_key: IdempotencyKey,
        data: door.body = door.default,  # type: ignore[name-defined]
    ) -> HttpResponse:
        found = response_for(request.actor, response)

        if isinstance(data, LevelIn):
            _second_factor(request, data.level, exercise=found.exercise)

        def work(given: dict[str, Any]) -> tuple[int, SwitchOut]:
            door.take(response=found, by=request.actor, at=request.at, **given)
            return 200, _one(found, request)

        try:
            return through(request, door, data, thing=str(response), work=work)
        except Outdated as outdated:
            found, row = _led(request, response)
            return _outdated(
                outdated, _level_preview(another_level(found, row, level=outdated.manifest.level, at=request.at))
            )

    router.post(
        f"/{{uuid:response}}/{door.name}",
        response=answers({200: SwitchOut}, *STAFF, *WRITE),
        operation_id=door.name if door.name == "change_level" else f"{door.name}_response",
        summary=door.summary,
        description=door.description,
        url_name=f"response-{door.name}",
    )(take)


for _door in DOORS:
    _open(_door)


def _led(request: ApiRequest, response: UUID) -> "tuple[Response, Activation]":
    """A response that is in force, and what it came from. Raises NotFound, NotAllowed and StateConflict."""
    found = response_for(request.actor, response)
    require_lead(found, request.actor)
    row = operations.activation_of(found)
    if not is_in_force(found, at=request.at):
        raise StateConflict(_("响应已经结束"), allowed=["in_force"], current="ended")
    return found, row


def _second_factor(request: ApiRequest, level: int, *, exercise: bool) -> None:
    """What pages ask of a session holds here too; a token was made for a system, by whoever answers for it."""
    if not needs_second_factor(level, exercise=exercise) or request.by_token or signed_in_twice(request.session):
        return
    raise NotAllowed(_("Ⅰ级、Ⅱ级响应须两步验证。请先设置验证器，再登录一次。"))


def _must_see(request: ApiRequest, codes: list[str]) -> None:
    """Whoever previews sees who works where: that takes the right there. Raises NotFound outside of one's area."""
    known = get_places(codes)
    for code in codes:
        place = known.get(code)
        if place is None or not can(request.actor, Permission.RESPONSE_VIEW, place.path):
            raise NotFound
        if not can(request.actor, Permission.PLAN_VIEW, place.path):
            raise NotAllowed


def _plan(plan: "Plan", version: "PlanVersion | None", drill: "datetime | None") -> PlanOut:
    data = data_of(version) if version else {}
    return PlanOut(
        code=plan.code,
        title=plan.title,
        hazard=plan.hazard,
        place=plan.place.code,
        adapts=plan.parent.code if plan.parent else None,
        version=version.number if version else None,
        levels=sorted(int(level) for level in data.get("levels", {})),
        review_due=version.review_due if version else None,
        last_drill=drill,
    )


def _preview(manifest: "Manifest") -> PreviewOut:
    return PreviewOut(
        digest=manifest.digest,
        counts=manifest.counts,
        items=[
            ItemOut(
                kind=one.kind,
                target=one.target,
                place=one.place,
                subject=one.subject,
                before=one.before,
                after=one.after,
                reason=one.reason,
            )
            for one in manifest.items
        ],
        gaps=_gaps(manifest),
    )


def _level_preview(said: AnotherLevel) -> LevelPreviewOut:
    parts: tuple[tuple[Literal["new", "changed", "ended"], list[Told]], ...] = (
        ("new", told(said.new)), ("changed", told(said.changed)), ("ended", told(said.ended)),
    )  # fmt: skip
    return LevelPreviewOut(
        digest=said.manifest.digest,
        same=said.same,
        items=[
            ChangeOut(
                change=change,
                kind=one.kind,
                target=one.target,
                place=code_of(one.path),
                subject=one.subject,
                before=one.before,
                after=one.after,
                reason=one.reason,
            )
            for change, rows in parts
            for one in rows
        ],
        gaps=_gaps(said.manifest),
    )


def _gaps(manifest: "Manifest") -> list[GapOut]:
    return [GapOut(kind=one.kind, place=one.place, subject=one.subject, reason=one.reason) for one in manifest.gaps]


def _outdated(error: Outdated, preview: PreviewOut | LevelPreviewOut) -> HttpResponse:
    """What was previewed is no longer so: the problem with what it would be now."""
    problem = json.loads(of_domain_error(error).content) | {"preview": preview.model_dump(mode="json")}
    return JsonResponse(
        problem, status=409, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )


def _one(response: "Response", request: ApiRequest) -> SwitchOut:
    return _rows([response], request)[0]


def _rows(responses: "list[Response]", request: ApiRequest) -> list[SwitchOut]:
    paths, came_from = paths_of(responses), activations_of(responses)
    counts = counts_within(responses, came_from, paths, within=roots(request.actor, Permission.RESPONSE_VIEW))
    return [
        _row(one, paths.get(one.pk, []), came_from.get(one.pk), counts.get(one.pk, {}), request) for one in responses
    ]


def _row(
    response: "Response", paths: list[str], row: "Activation | None", counts: dict[str, int], request: ApiRequest
) -> SwitchOut:  # fmt: skip
    over = response.until <= request.at
    return SwitchOut(
        id=response.pk,
        plan=response.plan,
        plan_code=row.plan.code if row else None,
        level=response.level,
        exercise=response.exercise,
        places=[code_of(path) for path in paths],
        since=response.since,
        until=response.until,
        ended_at=response.ended_at,
        state="ended" if response.ended_at and response.ended_at < response.until else "lapsed" if over else "in_force",
        counts=counts,
        digest=row.digest if row else None,
    )
