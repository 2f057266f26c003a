"""Matters: reporting one, and reading what one may see of them."""

import re
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from pingzhan.api.bodies import PICTURES, json_body, pictures_of
from pingzhan.api.callers import PUBLIC, SIGNED_IN, ApiRequest, limit_reports
from pingzhan.api.matter_access import matter_of
from pingzhan.api.parameters import After, IdempotencyKey, Limit, MatterNumber, QueryCode
from pingzhan.api.presenting import matter_rows, reported_answer, sees_all, sheet_answer, timeline_item
from pingzhan.api.problems import NotSignedIn
from pingzhan.api.responses import BODY, READ, STAFF, WRITE, answers
from pingzhan.api.schemas.common import MomentIn, PageOut
from pingzhan.api.schemas.matters import (
    ContactOut,
    ContactPurpose,
    CountsOut,
    MatterRow,
    NoticeDraft,
    ReportedOut,
    ReportIn,
    SheetOut,
    TimelineOut,
)
from pingzhan.api.writing import etag, owner_of, write
from pingzhan.core.errors import NotAllowed, NotFound
from pingzhan.core.files import open_file
from pingzhan.core.personal_data import hide_personal
from pingzhan.matters import operations
from pingzhan.matters.choices import Source, Status, Step, Urgency
from pingzhan.matters.operations import Location
from pingzhan.matters.operations.pictures import StoredPicture, store_pictures
from pingzhan.matters.queries.lists import Filters, matter_for, open_counts, queue_page
from pingzhan.matters.queries.rights import has_right, is_reporter
from pingzhan.matters.queries.sheet import attachment_for, last_result, reporter_actor, sheet

router = Router(tags=["matters"], auth=SIGNED_IN)

# Codes of the tree: digits, then letter and number of grid, building, household. Anything else is an address.
_CODE = re.compile(r"\d{2,12}(-[A-Za-z]\d+)*")

AttachmentId = Annotated[UUID, Path(..., description="`id` of one of the matter's attachments.")]
_Size = Annotated[str, Query("full", pattern="^(full|thumb)$", description="full, or thumb: long edge 480 pixels.")]


@router.post(
    "",
    auth=PUBLIC,
    response=answers({201: ReportedOut}, 401, 403, *WRITE, 429),
    operation_id="report_matter",
    summary="Report a matter",
    openapi_extra=PICTURES,
)
def report_matter(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: ReportIn = json_body(),  # noqa: B008 (how ninja declares a parameter)
) -> HttpResponse:
    """Anybody may report. It finds its place, its category, the unit and the first deadline by itself.

    Keep `number` and `query_code`: together they open the matter without an account. Pictures go as files
    `attachments` of a multipart form whose part `data` is this JSON, up to 20 MB each; or in the JSON as base64, which
    may have 4 MB in all.
    """
    limit_reports(request)
    source = _source(request, data)
    pictures: list[StoredPicture] = []
    contact = None if data.anonymous else data.contact

    def before() -> None:
        pictures.extend(store_pictures(pictures_of(request, data.attachments)))

    def work() -> tuple[int, ReportedOut]:
        matter = operations.report(
            text=data.text,
            location=_location(data),
            source=source,
            category=data.category or "",
            urgency=data.urgency or "",
            anonymous=data.anonymous,
            contact_name=contact.name if contact else "",
            contact_phone=contact.phone if contact else "",
            pictures=tuple(pictures),
            by=request.actor,
            at=request.at,
        )
        # Whoever wants to stay unknown sees it as anybody does who has the code.
        known = request.actor.is_staff or is_reporter(request.actor, matter)
        return 201, reported_answer(matter, by=request.actor if known else reporter_actor(matter), at=request.at)

    owner = owner_of(request, anonymous=data.anonymous)
    return write(request, route="report", owner=owner, before=before, work=work)


def _source(request: ApiRequest, data: ReportIn) -> Source:
    if data.source is not None:
        if request.actor.kind != "user":
            raise NotSignedIn(_("代他人上报须先登录"))
        return Source(data.source)
    return Source.API if request.actor.kind == "user" and request.by_token else Source.PORTAL


def _location(data: ReportIn) -> Location:
    """The point, else the code, else the address; words beside a point or a code say where exactly."""
    place = (data.place or "").strip()
    code = place if _CODE.fullmatch(place) else ""
    address = data.address.strip() or ("" if code else place)
    if data.location is not None:
        return Location(lon=data.location.lon, lat=data.location.lat, address=address)
    return Location(code=code.upper(), address=address)


@router.get(
    "",
    response=answers({200: PageOut[MatterRow]}, 401),
    operation_id="list_matters",
    summary="Matters in the caller's area",
)
def list_matters(
    request: ApiRequest,
    limit: Limit,
    after: After,
    place: str = Query("", max_length=60, description="Code of a place: it and all below."),
    status: Status | None = Query(None, description="Only those in this state."),  # noqa: B008
    category: str = Query("", max_length=60, description="Code of a category or of a group."),
    handler: str = Query("", max_length=60, description="Code of the unit in charge."),
    overdue: bool = Query(False, description="Only those with a deadline that has passed."),
    q: str = Query("", max_length=100, description="Words of the report, a number, or the reporter's phone in full."),
    since: MomentIn | None = Query(None, description="Reported at this time or later."),  # noqa: B008
    open: bool | None = Query(None, description="Only open, or only closed ones."),
    urgency: Urgency | None = Query(None, description="Only those as urgent as this."),  # noqa: B008
    supervised: bool = Query(False, description="Only those under supervision."),
    escalated: bool = Query(False, description="Only those whose overdue clock was told to a level above."),
    order: str = Query(
        "newest", pattern="^(newest|due)$", description="newest first; or those with a deadline, the next first (due)."
    ),
) -> PageOut[MatterRow]:
    """What the caller may see, newest first. Outside of their area it is as if there were nothing."""
    filters = Filters(
        place=place, status=status or "", category=category, handler=handler, overdue=overdue, open=open, q=q,
        since=since, urgency=urgency or "", supervised=supervised,
        escalated=escalated,
    )  # fmt: skip
    found = queue_page(request.actor, filters, at=request.at, after=after, limit=limit, due_first=order == "due")
    return PageOut[MatterRow](items=matter_rows(found.items, at=request.at), next=found.next)


@router.get(
    "/counts", response=answers({200: CountsOut}, 401), operation_id="count_matters", summary="Open matters by state"
)
def count_matters(request: ApiRequest) -> CountsOut:
    """How many open matters of the caller's area are in each state."""
    counts = open_counts(request.actor, at=request.at)
    return CountsOut(
        open=counts["open"],
        overdue=counts["overdue"],
        states={status: counts[status] for status in Status},
    )


@router.get(
    "/{number}", response=answers({200: SheetOut}, *READ), operation_id="get_matter", summary="A matter's sheet"
)
def get_matter(request: ApiRequest, response: HttpResponse, number: MatterNumber) -> SheetOut:
    """Everything but the timeline. Its ETag, sent as If-Match with a step, tells whether somebody was quicker."""
    matter = matter_for(request.actor, number)
    response["ETag"] = etag(matter.version)
    return sheet_answer(matter, by=request.actor, at=request.at)


@router.get(
    "/{number}/timeline",
    response=answers({200: PageOut[TimelineOut]}, *READ),
    operation_id="get_timeline",
    summary="What happened to a matter",
)
def get_timeline(request: ApiRequest, number: MatterNumber) -> PageOut[TimelineOut]:
    """Each step by whom, when, with which words and pictures. Who only reported it sees what is said to residents."""
    matter = matter_for(request.actor, number)
    public = not sees_all(request.actor, matter)
    items = sheet(matter, public=public).items
    return PageOut[TimelineOut](items=[timeline_item(item, public=public) for item in items], next=None)


@router.get(
    "/{number}/attachments/{uuid:attachment}",
    auth=PUBLIC,
    response=answers({200: None}, *READ, 429),
    operation_id="get_attachment",
    summary="A picture of a matter",
    url_name="attachment",
    openapi_extra={"responses": {200: {"content": {"image/jpeg": {"schema": {"type": "string", "format": "binary"}}}}}},
)
def get_attachment(
    request: ApiRequest, number: MatterNumber, attachment: AttachmentId, query_code: QueryCode, size: _Size
) -> HttpResponse:
    """The picture itself. Residents see those of the report only: pictures of the handling may show other people."""
    matter, actor = matter_of(request, number, query_code)
    found = attachment_for(matter.pk, attachment)
    if found.step != Step.REPORT and not sees_all(actor, matter):
        raise NotFound
    name = found.thumbnail if size == "thumb" else found.name
    with open_file(name) as file:
        response = HttpResponse(file.read(), content_type=found.content_type)
    # It never changes, but it belongs to whoever may see the matter, and only as long as they are signed in.
    response["Cache-Control"] = "private, max-age=300"
    response["Content-Disposition"] = f'inline; filename="{found.pk}.jpg"'
    return response


@router.get(
    "/{number}/notice_draft",
    response=answers({200: NoticeDraft}, *STAFF),
    operation_id="draft_notice",
    summary="A proposal for the public notice",
)
def draft_notice(request: ApiRequest, number: MatterNumber) -> NoticeDraft:
    """Title, words and result with personal data replaced. Read it before you publish: the replacing misses things."""
    matter = matter_for(request.actor, number)
    if not has_right(request.actor, Step.PUBLISH, matter):
        raise NotAllowed(_("您没有公示这件事项的权限。"))
    title, text, result = (hide_personal(words) for words in (matter.title, matter.text, last_result(matter)))
    hidden = dict.fromkeys((*title.kinds, *text.kinds, *result.kinds))
    return NoticeDraft(
        title=title.text,
        text=text.text,
        result=result.text,
        hidden=list(hidden),
        doubtful=list(dict.fromkeys((*title.doubtful, *text.doubtful, *result.doubtful))),
        publishable=matter.category.publishable,
    )


@router.post(
    "/{number}/contact",
    response=answers({200: ContactOut}, *STAFF, *BODY),
    operation_id="open_contact",
    summary="See who reported it, on record",
)
def open_contact(
    request: ApiRequest,
    response: HttpResponse,
    number: MatterNumber,
    data: ContactPurpose = json_body(),  # noqa: B008
) -> ContactOut:
    """The reporter's name and phone in the clear, for the units in charge. Each call is logged; the reporter sees it.

    The answer is kept nowhere, therefore there is no Idempotency-Key.
    """
    matter = matter_for(request.actor, number)
    contact = operations.open_contact(matter=matter, purpose=data.purpose, by=request.actor, at=request.at)
    response["Cache-Control"] = "no-store"
    return ContactOut(name=contact.name, phone=contact.phone)
