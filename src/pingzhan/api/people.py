"""Offices, and which places have whom."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

from django.utils import timezone
from ninja import Query, Router

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can, roots
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, Limit, PlaceCode
from pingzhan.api.responses import READ, answers
from pingzhan.api.schemas.common import PLACE_CODE, Named, PageOut
from pingzhan.api.schemas.people import AppointmentOut, BelowOut, CoverageOut, DayOut, FigureOut, HolderOut
from pingzhan.core.errors import NotFound
from pingzhan.core.paths import code_of
from pingzhan.people import queries
from pingzhan.people.labels import office_label, post_name
from pingzhan.places.choices import Level
from pingzhan.places.names import place_lines
from pingzhan.places.queries import children, get_place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pingzhan.people.models import Appointment
    from pingzhan.people.queries import Figure

router = Router(tags=["people"], auth=SIGNED_IN)
TREND_DAYS = 60


@router.get(
    "/appointments",
    response=answers({200: PageOut[AppointmentOut]}, *READ),
    operation_id="list_appointments",
    summary="Who holds which office",
)
def list_appointments(
    request: ApiRequest,
    limit: Limit,
    after: After,
    place: Annotated[str, Query("", pattern=f"^$|{PLACE_CODE}", description="Code of a place: there and below.")],
    role: Annotated[str, Query("", max_length=40, pattern="^[a-z_]*$", description="Code of a role.")],
    past: Annotated[bool, Query(False, description="Those that have ended, instead of those held now.")],
) -> PageOut[AppointmentOut]:
    """The offices of the caller's area, the newest first. Without the right to see persons there are none."""
    path = ""
    if place:
        path = get_place(place, within=roots(request.actor, Permission.PERSON_VIEW)).path
    found = queries.appointments_page(request.actor, path=path, role=role, past=past, after=after, limit=limit)
    return PageOut[AppointmentOut](items=appointment_rows(found.items), next=found.next)


@router.get(
    "/places/{code}/coverage",
    response=answers({200: CoverageOut}, *READ),
    operation_id="get_coverage",
    summary="Which places have whom",
)
def get_coverage(
    request: ApiRequest,
    code: PlaceCode,
    limit: Limit,
    after: After,
    post: Annotated[str, Query("", max_length=80, pattern="^[a-z_.]*$", description="level.role.kind of a figure.")],
) -> CoverageOut:
    """Figures of the place and of each one directly below, the last sixty days, and with `post` the gaps."""
    place = get_place(code)
    if place.level == Level.HOUSEHOLD or not can(request.actor, Permission.COVERAGE_VIEW, place.path):
        raise NotFound
    posts = queries.required_posts(place.path, level=place.level)
    figures = [figure for figure in queries.coverage(place.path, posts) if figure.total]
    below = queries.coverage_below(place.path, posts)
    since = timezone.localtime(request.at).date() - timedelta(days=TREND_DAYS)
    gaps = PageOut[Named](items=[], next=None)
    if post:
        found = queries.gaps_page(place.path, queries.post_of(place.path, post), after=after, limit=limit)
        gaps = PageOut[Named](items=[Named(code=one.code, name=one.name) for one in found.items], next=found.next)
    return CoverageOut(
        code=place.code,
        name=place.name,
        figures=[_figure(figure) for figure in figures],
        below=[
            BelowOut(
                code=child.code,
                name=child.name,
                figures=[_figure(one) for one in below.get(child.path, []) if one.total],
            )
            for child in children(place)
            if child.level != Level.HOUSEHOLD
        ],
        trend=[
            DayOut(day=day, post=".".join(key), total=total, covered=covered)
            for key, days in queries.trend(place.path, since=since).items()
            for day, total, covered in days
        ],
        gaps=gaps,
    )


def appointment_rows(rows: "Sequence[Appointment]") -> list[AppointmentOut]:
    """Offices with the names of their places; one statement for a page."""
    lines = place_lines([row.path for row in rows])
    return [
        AppointmentOut(
            id=row.pk,
            person=HolderOut(id=row.person_id, name=row.person.name),
            role=row.role,
            label=office_label(row.role, row.kind, acting=row.acting),
            kind=row.kind,
            acting=row.acting,
            place=code_of(row.path),
            place_name=lines[row.path],
            unit=row.unit.code if row.unit else None,
            since=row.since,
            until=row.until,
            term_until=row.term_until,
        )
        for row in rows
    ]


def _figure(figure: "Figure") -> FigureOut:
    post = figure.post
    return FigureOut(
        post=".".join(post.key),
        name=post_name(post),
        level=Level(post.level),
        total=figure.total,
        covered=figure.covered,
        gaps=figure.gaps,
        share=round(figure.share, 4),
    )
