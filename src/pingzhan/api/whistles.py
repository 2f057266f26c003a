"""Whistle and check-in: summoning units to the spot of a matter, and how each of them comes."""

# untranslated throughout: the names of steps for readers of the API document

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Query, Router

from pingzhan.api.bodies import json_body
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.doors import Door, through
from pingzhan.api.parameters import After, IdempotencyKey, IfMatch, Limit, MatterNumber
from pingzhan.api.presenting import attachment_out
from pingzhan.api.responses import READ, STAFF, WRITE, answers
from pingzhan.api.schemas import whistles as schemas
from pingzhan.api.schemas.common import In, PageOut
from pingzhan.api.writing import etag, version_wanted, write
from pingzhan.matters.operations import whistle as operations
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.whistles import UnitTrack, late_in, whistle_for, whistle_sheet, whistles_for
from pingzhan.matters.whistle_rules import Met
from pingzhan.matters.whistle_workflow import Ending, SummonsState, WhistleStep
from pingzhan.places.names import named, place_lines

if TYPE_CHECKING:
    from pingzhan.access.actors import Actor
    from pingzhan.matters.models import Matter, Whistle, WhistleEntry

router = Router(tags=["whistles"], auth=SIGNED_IN)
WhistleId = Annotated[UUID, Path(..., description="`id` of a whistle.")]


DOORS = (
    Door(
        "check_in", schemas.SummonedIn, operations.check_in, "Check in (报到)",
        "The unit has heard it and is coming; once a unit.",
    ),
    Door(
        "report", schemas.SummonedIn, operations.report_up, "Report up (上报情况)",
        "Words or a picture of the situation, within 10 minutes from the whistle; checks in too.",
    ),
    Door(
        "feed_back", schemas.SummonedIn, operations.feed_back, "Feed back (反馈进展)",
        "What has been done so far, for the first time within an hour; checks in too.",
    ),
    Door(
        "arrive", schemas.SummonedIn, operations.arrive, "Arrive (到场)",
        "On the spot, within 8 hours; checks in too.",
    ),
    Door("leave", schemas.SummonedIn, operations.leave, "Leave (离场)", "Done here; the last one ends the whistle."),
    Door(
        "hand_over", schemas.HandOverIn, operations.hand_over, "Hand over (移交)",
        "Another unit goes on with what remains on the spot.",
    ),
    Door("call", schemas.BlowIn, operations.call_more, "Summon further units (加派)", "Their clocks start now."),
    Door(
        "release", schemas.ReleaseIn, operations.release, "Let a unit go (解除)",
        "It is not needed; the last one ends the whistle.",
    ),
    Door(
        "close", schemas.CloseIn, operations.close, "End the whistle (结束)",
        "Units still expected are released; the matter goes on in its eight steps.",
    ),
)  # fmt: skip


@router.post(
    "/matters/{number}/whistle",
    response=answers({201: schemas.WhistleOut}, *STAFF, *WRITE, 412),
    operation_id="whistle_matter",
    summary="Whistle (吹哨)",
)
def whistle_matter(
    request: ApiRequest,
    number: MatterNumber,
    idempotency_key: IdempotencyKey,
    if_match: IfMatch,
    data: schemas.BlowIn = json_body(),  # noqa: B008 (how ninja declares a parameter)
) -> HttpResponse:
    """Summon units to the spot of a matter in hand. One whistle runs for a matter at a time."""
    matter = matter_for(request.actor, number)

    def work() -> tuple[int, schemas.WhistleOut]:
        version = version_wanted(request, matter.version)
        blown = operations.blow(
            matter=matter, units=data.units, note=data.note, by=request.actor, at=request.at, version=version
        )
        return 201, whistle_out(blown, by=request.actor, at=request.at)

    return write(request, route=f"whistle:{matter.number}", work=work)


@router.get(
    "/whistles",
    response=answers({200: PageOut[schemas.WhistleRow]}, 401),
    operation_id="list_whistles",
    summary="Whistles of the caller's area, and those that summon the caller's unit",
)
def list_whistles(
    request: ApiRequest,
    limit: Limit,
    after: After,
    running: bool | None = Query(None, description="Only running, or only ended ones."),
) -> PageOut[schemas.WhistleRow]:
    """Newest first. A unit that was summoned sees the whistle as long as it runs."""
    found = whistles_for(request.actor, running=running, after=after, limit=limit)
    late = late_in(found.items, at=request.at)
    return PageOut[schemas.WhistleRow](items=[_row(row, late.get(row.pk, 0)) for row in found.items], next=found.next)


@router.get(
    "/whistles/{whistle}",
    response=answers({200: schemas.WhistleOut}, *READ),
    operation_id="get_whistle",
    summary="A whistle: who was called, who came when, who is late",
)
def get_whistle(request: ApiRequest, response: HttpResponse, whistle: WhistleId) -> schemas.WhistleOut:
    """Its ETag, sent as If-Match with a step, tells whether somebody was quicker."""
    found = whistle_for(request.actor, whistle)
    response["ETag"] = etag(found.version)
    return whistle_out(found, by=request.actor, at=request.at)


def _open(door: Door) -> None:
    """Register the address of a step."""

    def take(
        request: ApiRequest,
        whistle: WhistleId,
        idempotency_key: IdempotencyKey,
        if_match: IfMatch,
        data: door.body = door.default,  # type: ignore[name-defined]
    ) -> HttpResponse:
        return _take(request, door, whistle, data)

    router.post(
        f"/whistles/{{whistle}}/{door.name}",
        response=answers({200: schemas.WhistleOut}, *STAFF, *WRITE, 412),
        operation_id=f"{door.name}_whistle",
        summary=door.summary,
        description=door.description,
        openapi_extra=door.extra,
        url_name=f"whistle-{door.name}",
    )(take)


for _door in DOORS:
    _open(_door)


def _take(request: ApiRequest, door: Door, whistle_id: UUID, data: In) -> HttpResponse:
    found = whistle_for(request.actor, whistle_id)

    def work(given: dict[str, Any]) -> tuple[int, schemas.WhistleOut]:
        version = version_wanted(request, found.version)
        taken = door.take(whistle=found, by=request.actor, at=request.at, version=version, **given)
        return 200, whistle_out(taken, by=request.actor, at=request.at)

    return through(request, door, data, thing=str(found.pk), work=work)


# --- presenting -----------------------------------------------------------------------------------------------------


def whistle_out(whistle: "Whistle", *, by: "Actor", at: datetime) -> schemas.WhistleOut:
    """A whistle with each of its units as `by` sees it; five statements whatever their number."""
    found = whistle_sheet(whistle, by=by, at=at)
    matter = whistle.matter
    unit = reference().units.get(whistle.unit_id)
    return schemas.WhistleOut(
        id=whistle.pk,
        matter=matter.number,
        title=matter.title,
        place_name=place_lines([matter.path])[matter.path],
        address=matter.address,
        note=whistle.note,
        unit=unit.code if unit else None,
        unit_name=named(unit),
        running=whistle.ended_at is None,
        started_at=whistle.started_at,
        ended_at=whistle.ended_at,
        ending=Ending(whistle.ending) if whistle.ending else None,
        version=whistle.version,
        units=[_summons(track, matter) for track in found.tracks],
        entries=_entries(found.entries, matter),
        may_run=found.may_run,
    )


def _row(whistle: Any, late: int) -> schemas.WhistleRow:
    unit = reference().units.get(whistle.unit_id)
    return schemas.WhistleRow(
        id=whistle.pk,
        matter=whistle.matter.number,
        title=whistle.matter.title,
        unit=unit.code if unit else None,
        unit_name=named(unit),
        running=whistle.ended_at is None,
        started_at=whistle.started_at,
        ended_at=whistle.ended_at,
        called=whistle.called,
        arrived=whistle.arrived,
        late=late,
    )


def _summons(track: UnitTrack, matter: "Matter") -> schemas.SummonsOut:
    summons, known = track.summons, reference().units
    to = known.get(summons.handed_to_id) if summons.handed_to_id else None
    told = {row.clock: row.told.code for row in track.told}
    return schemas.SummonsOut(
        unit=track.unit.code if track.unit else "",
        unit_name=named(track.unit),
        state=SummonsState(summons.state),
        called_at=summons.called_at,
        checked_in_at=summons.checked_in_at,
        reported_at=summons.reported_at,
        fed_back_at=summons.fed_back_at,
        arrived_at=summons.arrived_at,
        ended_at=summons.ended_at,
        handed_to=to.code if to else None,
        clocks=[_clock(clock, told.get(clock.clock)) for clock in track.clocks],
        late=track.is_late,
        entries=_entries(track.entries, matter),
        next_steps=list(track.acts),
    )


def _clock(clock: Met, told: str | None) -> schemas.WhistleClockOut:
    return schemas.WhistleClockOut(
        kind=clock.clock, due_at=clock.due_at, done_at=clock.done_at, state=clock.state, told=told
    )


def _entries(rows: "Iterable[WhistleEntry]", matter: "Matter") -> list[schemas.WhistleEntryOut]:
    return [
        schemas.WhistleEntryOut(
            step=WhistleStep(row.step),
            label=str(WhistleStep(row.step).label),
            at=row.at,
            who=row.by_name,
            note=row.text,
            attachments=[attachment_out(matter, picture) for picture in row.pictures.all()],
        )
        for row in rows
    ]
