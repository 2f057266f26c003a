"""What anybody may read: a matter by its code, notices, categories."""

from django.http import HttpResponse
from ninja import Query, Router

from pingzhan.api.callers import PUBLIC, ApiRequest, limit_guesses
from pingzhan.api.parameters import After, Limit, MatterNumber
from pingzhan.api.presenting import notice_rows, public_sheet_answer
from pingzhan.api.responses import READ, answers
from pingzhan.api.schemas.common import QUERY_CODE, PageOut
from pingzhan.api.schemas.matters import CategoryOut, NoticeOut, PublicSheetOut, RatingReasonOut
from pingzhan.api.writing import etag
from pingzhan.core.paging import MAX_LIMIT, page
from pingzhan.matters.choices import Urgency
from pingzhan.matters.queries import lists
from pingzhan.matters.queries.sheet import matter_by_code, reporter_actor
from pingzhan.matters.queries.talking import rating_reasons
from pingzhan.places.queries import get_places

router = Router(tags=["public"], auth=PUBLIC)


@router.get(
    "/public/matters/{number}",
    response=answers({200: PublicSheetOut}, *READ, 429),
    operation_id="track_matter",
    summary="How far a matter is",
)
def track_matter(
    request: ApiRequest,
    response: HttpResponse,
    number: MatterNumber,
    query_code: str = Query(..., pattern=QUERY_CODE, description="The code that was given with the number."),
) -> PublicSheetOut:
    """What whoever reported it sees: the track, the words said to them, what they may do now.

    A wrong number and a wrong code get the same 404.
    """
    limit_guesses(request)
    matter = matter_by_code(number, query_code)
    response["ETag"] = etag(matter.version)
    response["Cache-Control"] = "no-store"
    return public_sheet_answer(matter, by=reporter_actor(matter), at=request.at)


@router.get(
    "/public/notices",
    response=answers({200: PageOut[NoticeOut]}, 401),
    operation_id="list_notices",
    summary="Public notices",
)
def list_notices(
    request: ApiRequest,
    limit: Limit,
    after: After,
    place: str = Query("", max_length=60, description="Code of a place: it and all below."),
    category: str = Query("", max_length=60, description="Code of a category or of a group."),
) -> PageOut[NoticeOut]:
    """Results that were published, newest first, without personal data."""
    path = ""
    if place:
        found = get_places([place]).get(place)
        if found is None:
            return PageOut[NoticeOut](items=[], next=None)
        path = found.path
    notices = lists.notices(under_path=path, category=category, after=after, limit=limit)
    return PageOut[NoticeOut](items=notice_rows(notices.items), next=notices.next)


@router.get(
    "/rating_reasons",
    response=answers({200: list[RatingReasonOut]}, 401),
    operation_id="list_rating_reasons",
    summary="What can be ticked beside the stars",
)
def list_rating_reasons(request: ApiRequest) -> list[RatingReasonOut]:
    """In the order for people; `good` ones go with four and five stars."""
    return [
        RatingReasonOut(code=row.code, name=row.name, name_en=row.name_en, good=row.good) for row in rating_reasons()
    ]


@router.get(
    "/categories",
    response=answers({200: PageOut[CategoryOut]}, 401),
    operation_id="list_categories",
    summary="Kinds of matters",
)
def list_categories(
    request: ApiRequest,
    after: After,
    limit: int = Query(MAX_LIMIT, ge=1, le=MAX_LIMIT, description="How many at most."),
    parent: str = Query("", max_length=60, description="Only the kinds of this group."),
) -> PageOut[CategoryOut]:
    """Groups and their kinds, by code; `position` is the order for people."""
    found = page(lists.categories(parent=parent), order=("code",), after=after, limit=limit)
    items = [
        CategoryOut(
            code=row.code,
            parent=row.parent_id,
            name=row.name,
            name_en=row.name_en,
            urgency=Urgency(row.urgency),
            danger=row.danger,
            publishable=row.publishable,
            position=row.position,
        )
        for row in found.items
    ]
    return PageOut[CategoryOut](items=items, next=found.next)
