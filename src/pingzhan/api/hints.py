"""What the system noticed: the like of a report, suggestions and why, hot spots, the four firsts; and hiding words."""

# untranslated throughout: for readers of the API document

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Query, Router

from pingzhan.access.actors import ANONYMOUS
from pingzhan.api.bodies import json_body
from pingzhan.api.callers import PUBLIC, SIGNED_IN, ApiRequest, limit_hints, limit_reports
from pingzhan.api.parameters import After, IdempotencyKey, IfMatch, Limit, MatterNumber
from pingzhan.api.presenting import matter_answer
from pingzhan.api.responses import BODY, READ, STAFF, WRITE, answers
from pingzhan.api.schemas import hints as schemas
from pingzhan.api.schemas.common import PageOut, point_out
from pingzhan.api.schemas.matters import MatterOut
from pingzhan.api.writing import owner_of, version_wanted, write
from pingzhan.core.errors import NotAllowed
from pingzhan.core.paging import page
from pingzhan.matters import operations
from pingzhan.matters.choices import Status, Step
from pingzhan.matters.firsts import targets
from pingzhan.matters.operations import Location
from pingzhan.matters.operations.report import spot_of
from pingzhan.matters.queries.clusters import clusters_for, hot_spots
from pingzhan.matters.queries.firsts import firsts_by_community
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.reporter import suggest_category
from pingzhan.matters.queries.rights import has_right
from pingzhan.matters.queries.similar import LEAST_TEXT, Alike, alike_for, alike_here, offer, offered
from pingzhan.matters.queries.suggestion import suggested_category, suggested_unit
from pingzhan.places.names import named, place_lines

router = Router(tags=["hints"], auth=SIGNED_IN)


@router.post(
    "/matters/similar",
    auth=PUBLIC,
    response=answers({200: list[schemas.LikeOut]}, *BODY, 429),
    operation_id="find_similar",
    summary="Was it reported already?",
)
def find_similar(request: ApiRequest, data: schemas.LikeIn = json_body()) -> list[schemas.LikeOut]:  # noqa: B008
    """Open matters nearby that tell of the same trouble, best first, at most three. Nothing is written."""
    limit_hints(request)
    if len(data.text.strip()) < LEAST_TEXT:
        return []
    point = data.location
    where = Location(lon=point.lon, lat=point.lat) if point else Location(code=(data.place or "").upper())
    spot = spot_of(where)
    kind = data.category or suggest_category(data.text) or ""
    found = alike_here(data.text, spot, category=kind, at=request.at) if spot else []
    return [_like(one) for one in found]


def _like(one: Alike) -> schemas.LikeOut:
    kind = one.matter.category_id
    return schemas.LikeOut(
        category=kind, category_name=named(reference().categories.get(kind)), at=one.matter.reported_at,
        status=Status(one.matter.status), same_grid=one.same_grid, token=offer(one.matter),
    )  # fmt: skip


@router.post(
    "/matters/follow",
    auth=PUBLIC,
    response=answers({200: schemas.FollowOut}, 404, *WRITE, 429),
    operation_id="follow_matter",
    summary="The same trouble here: follow it",
)
def follow_matter(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: schemas.FollowIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """Instead of reporting it once more: counted, and told the result by phone or inbox. 404 for an old token."""
    limit_reports(request)
    matter = offered(data.token)
    by = ANONYMOUS if data.anonymous else request.actor
    phone = "" if data.anonymous else data.phone

    def work() -> tuple[int, schemas.FollowOut]:
        new = operations.follow_matter(matter=matter, by=by, at=request.at, phone=phone)
        return 200, schemas.FollowOut(following=new)

    return write(request, route="follow", owner=owner_of(request, anonymous=data.anonymous), work=work)


@router.get(
    "/matters/{number}/similar",
    response=answers({200: list[schemas.LikeRow]}, *STAFF),
    operation_id="list_similar",
    summary="Matters like this one",
)
def list_similar(request: ApiRequest, number: MatterNumber) -> list[schemas.LikeRow]:
    """Open ones within the caller's area, best first, for whoever may merge this one."""
    matter = matter_for(request.actor, number)
    _must(request, Step.MERGE, matter)
    return [
        schemas.LikeRow(
            number=one.matter.number, title=one.matter.title, status=Status(one.matter.status),
            at=one.matter.reported_at, likeness=round(one.score, 3), same_grid=one.same_grid, metres=one.metres,
        )
        for one in alike_for(request.actor, matter, at=request.at)
    ]  # fmt: skip


@router.get(
    "/matters/{number}/suggestions",
    response=answers({200: schemas.SuggestionsOut}, *STAFF),
    operation_id="get_suggestions",
    summary="Which category, which unit, and why",
)
def get_suggestions(request: ApiRequest, number: MatterNumber) -> schemas.SuggestionsOut:
    """What earlier matters of such words teach, with the words that counted; for whoever may dispatch it."""
    matter = matter_for(request.actor, number)
    _must(request, Step.DISPATCH, matter)
    kind, unit = suggested_category(matter.text, explain=True), suggested_unit(matter.text, matter.path)
    category = unit_out = None
    if kind is not None:
        category = schemas.SuggestedOut(
            code=kind.code, name=named(reference().categories.get(kind.code)), words=list(kind.words),
            learned=kind.learned, probability=round(kind.probability, 3),
        )  # fmt: skip
    if unit is not None:
        unit_out = schemas.SuggestedOut(
            code=unit.unit.code, name=named(unit.unit), words=list(unit.words), learned=True,
            probability=round(unit.probability, 3),
        )  # fmt: skip
    return schemas.SuggestionsOut(category=category, unit=unit_out)


def _must(request: ApiRequest, step: Step, matter: Any) -> None:
    if not has_right(request.actor, step, matter):
        raise NotAllowed(_("您没有在这件事项上做这一步的权限。"))


@router.post(
    "/matters/{number}/redact",
    response=answers({200: MatterOut}, *STAFF, *WRITE, 412),
    operation_id="redact_matter",
    summary="Hide words of a report (隐去)",
)
def redact_matter(
    request: ApiRequest,
    number: MatterNumber,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch,
    data: schemas.RedactIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """Everybody sees `text` instead, the original stays sealed. By the receiver."""
    matter = matter_for(request.actor, number)

    def work() -> tuple[int, MatterOut]:
        version = version_wanted(request, matter.version)
        operations.redact(
            matter=matter, text=data.text, reason=data.reason, by=request.actor, at=request.at, version=version
        )
        return 200, matter_answer(matter, by=request.actor, at=request.at)

    return write(request, route=f"redact:{number}", work=work)


@router.post(
    "/matters/{number}/original",
    response=answers({200: schemas.OriginalOut}, *STAFF, *BODY),
    operation_id="open_original",
    summary="See what was hidden, on record",
)
def open_original(
    request: ApiRequest,
    response: HttpResponse,
    number: MatterNumber,
    data: schemas.OriginalIn = json_body(),  # noqa: B008
) -> schemas.OriginalOut:
    """The first wording, for the units in charge; 404 where nothing was hidden. Each call is logged."""
    matter = matter_for(request.actor, number)
    text = operations.open_original(matter=matter, purpose=data.purpose, by=request.actor, at=request.at)
    response["Cache-Control"] = "no-store"
    return schemas.OriginalOut(text=text)


@router.get(
    "/clusters",
    response=answers({200: PageOut[schemas.HotSpotOut]}, 401),
    operation_id="list_clusters",
    summary="Hot spots (热点)",
)
def list_clusters(request: ApiRequest, limit: Limit, after: After) -> PageOut[schemas.HotSpotOut]:
    """The same trouble told by three or more, where the caller accepts matters; told of last first."""
    found = page(clusters_for(request.actor, at=request.at), order=("-last_at", "-id"), after=after, limit=limit)
    names = place_lines({one.path for one in found.items})
    known = reference().categories
    items = [
        schemas.HotSpotOut(
            category=spot.cluster.category_id, category_name=named(known.get(spot.cluster.category_id)),
            place_name=names.get(spot.cluster.path, ""), size=spot.cluster.size, last_at=spot.cluster.last_at,
            days=list(spot.days), growing=spot.growing, point=point_out(*(spot.point or (None, None))),
            matters=[matter.number for matter in spot.matters],
        )
        for spot in hot_spots(found.items, at=request.at)
    ]  # fmt: skip
    return PageOut[schemas.HotSpotOut](items=items, next=found.next)


@router.get(
    "/firsts",
    response=answers({200: list[schemas.FirstsOut]}, *READ),
    operation_id="list_firsts",
    summary="The four firsts (四个第一) by community",
)
def list_firsts(
    request: ApiRequest, days: int = Query(30, ge=1, le=366, description="Of the matters raised in so many days.")
) -> list[schemas.FirstsOut]:
    """Of the communities in which the caller accepts or supervises matters, by code."""
    rows = firsts_by_community(request.actor, since=request.at - timedelta(days=days), until=request.at)
    aims = targets(reference().allowances)
    return [
        schemas.FirstsOut(
            community=row.community, name=row.name, matters=row.matters, found_by_staff=row.by_staff,
            firsts={
                first.value: schemas.FirstOut(
                    reached=figure.reached, median_seconds=figure.median, within=figure.within,
                    target_seconds=aims[first],
                )
                for first, figure in row.figures.items()
            },
        )
        for row in rows
    ]  # fmt: skip
