"""Matters as answers: a constant number of statements for one or for a page of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.urls import reverse

from pingzhan.access.actors import Actor
from pingzhan.api.schemas.common import point_out
from pingzhan.api.schemas.matters import (
    AttachmentOut,
    ClockOut,
    EmergencyNumber,
    EscalationOut,
    LevelOut,
    MaskedContact,
    MatterOut,
    MatterRow,
    NoticeOut,
    PauseOut,
    PublicSheetOut,
    RatingOut,
    ReportedOut,
    SheetOut,
    SupervisionOut,
    TimelineOut,
    TrackOut,
)
from pingzhan.core.paths import code_of
from pingzhan.matters.choices import ClockKind, ClockState, PauseCause, PauseState, Status, Step, Tier
from pingzhan.matters.emergency import NUMBERS
from pingzhan.matters.queries.passing import passing
from pingzhan.matters.queries.reach import sees_as_staff
from pingzhan.matters.queries.reference import Reference, UnitRef, reference
from pingzhan.matters.queries.rights import is_reporter, next_steps
from pingzhan.matters.queries.sheet import Sheet, TimelineItem, sheet
from pingzhan.matters.rules import endangers_life
from pingzhan.modes.queries import drills_of, mode_at
from pingzhan.places.names import named, place_line, place_lines

if TYPE_CHECKING:
    from pingzhan.matters.models import Attachment, Clock, Matter, Notice


def sees_all(actor: Actor, matter: "Matter") -> bool:
    """Whether the actor sees what is said among staff; who only reported the matter sees what is said to residents."""
    return sees_as_staff(actor, matter)


def matter_rows(matters: "Sequence[Matter]", *, at: datetime) -> list[MatterRow]:
    """Rows of a list; one statement for the names of all places on the page."""
    known = reference()
    lines = place_lines([matter.path for matter in matters])
    return [
        MatterRow(
            **_common(matter, known, lines[matter.path]),
            overdue=matter.is_open and matter.next_due_at is not None and matter.next_due_at < at,
            next_due_at=matter.next_due_at,
        )
        for matter in matters
    ]


def matter_answer(matter: "Matter", *, by: Actor, at: datetime, parts: Sequence[str] = ()) -> MatterOut:
    """A matter in short, after a step; three statements."""
    return MatterOut(**_short(matter, matter.clocks.order_by("started_at", "id"), by=by, at=at), parts=list(parts))


def reported_answer(matter: "Matter", *, by: Actor, at: datetime) -> ReportedOut:
    """The answer to a report; the query code goes to whoever reported it, signed in or not."""
    danger = matter.category.danger or endangers_life(matter.text)
    numbers = [EmergencyNumber(number=number.number, name=str(number.label)) for number in NUMBERS]
    short = _short(matter, sorted(matter.first_clocks, key=lambda clock: clock.kind), by=by, at=at)
    return ReportedOut(**(short | {"query_code": matter.query_code}), call_first=numbers if danger else [])


def sheet_answer(matter: "Matter", *, by: Actor, at: datetime) -> SheetOut:
    """Everything but the timeline."""
    return SheetOut(**_sheet(sheet(matter, public=not sees_all(by, matter)), by=by, at=at))


def public_sheet_answer(matter: "Matter", *, by: Actor, at: datetime) -> PublicSheetOut:
    """What the one who reported it sees."""
    found = sheet(matter, public=True)
    return PublicSheetOut(
        **_sheet(found, by=by, at=at), timeline=[timeline_item(item, public=True) for item in found.items]
    )


def timeline_item(item: TimelineItem, *, public: bool) -> TimelineOut:
    return TimelineOut(
        step=Step(item.step) if item.step in Step.values else item.step,  # type: ignore[arg-type]
        label=item.label,
        at=item.at,
        who=item.who,
        unit=item.unit,
        from_status=Status(item.from_status) if item.from_status else None,
        to_status=Status(item.to_status) if item.to_status else None,
        notes=list(item.notes),
        replies=list(item.replies),
        attachments=[picture.pk for picture in item.pictures],
        lapsed=item.lapsed,
        entry=None if public else item.entry,
    )


def notice_rows(notices: "Sequence[Notice]") -> list[NoticeOut]:
    """Notices of a page; their matters and categories are fetched with them, the names of places in one statement."""
    lines = place_lines([notice.path for notice in notices])
    return [
        NoticeOut(
            id=notice.pk,
            number=notice.matter.number,
            title=notice.title,
            text=notice.text,
            result=notice.result,
            category=notice.category_id,
            category_name=named(notice.category),
            place=code_of(notice.path),
            place_name=lines[notice.path],
            published_at=notice.approved_at,
        )
        for notice in notices
    ]


def _short(matter: "Matter", clocks: Any, *, by: Actor, at: datetime) -> dict[str, Any]:
    return {
        **_common(matter, reference(), place_line(matter.path)),
        "query_code": matter.query_code if is_reporter(by, matter) else None,
        "clocks": [_clock(clock, at=at) for clock in clocks],
        "mode": mode_at(matter.path, at=at, drills=drills_of(by.user_id, at=at)).kind,
        "next_steps": list(next_steps(by, matter)),
    }


def _common(matter: "Matter", known: Reference, place_name: str) -> dict[str, Any]:
    """What every form of a matter has."""
    handler = _unit(known, matter.handler_id or matter.suggested_id)
    receiver = _unit(known, matter.receiver_id)
    awaited = _unit(known, matter.awaits_id)
    return {
        "number": matter.number,
        "title": matter.title,
        "status": matter.status,
        "category": matter.category_id,
        "category_name": named(known.categories.get(matter.category_id)) or matter.category_id,
        "urgency": matter.urgency,
        "place": code_of(matter.path),
        "place_name": place_name,
        "handler": handler.code if handler else None,
        "handler_name": named(handler) or None,
        "assigned": matter.handler_id is not None,
        "receiver": receiver.code if receiver else None,
        "receiver_name": named(receiver) or None,
        "supervised": matter.supervised,
        "waiting": matter.waiting,
        "awaits": awaited.code if awaited else None,
        "escalated": matter.escalated,
        "reported_at": matter.reported_at,
        "status_at": matter.status_at,
        "version": matter.version,
    }


def _sheet(found: Sheet, *, by: Actor, at: datetime) -> dict[str, Any]:
    matter = found.matter
    staff = sees_all(by, matter)
    has_contact = bool(matter.contact_name or matter.contact_phone)
    return {
        **_short(matter, found.clocks, by=by, at=at),
        "text": matter.text,
        "source": matter.source,
        "anonymous": matter.anonymous,
        "address": matter.address,
        "location": point_out(matter.lon, matter.lat),
        "contact": MaskedContact(name=str(matter.contact_name), phone=str(matter.contact_phone))
        if has_contact
        else None,
        "returns": matter.returns,
        "reopens": matter.reopens,
        "split_from": matter.parent.number if matter.parent else None,
        "merged_into": matter.merged_into.number if matter.merged_into else None,
        **_passing(matter, staff=staff),
        "attachments": [
            attachment_out(matter, picture) for picture in found.pictures if staff or picture.step == "report"
        ],
        "rating": RatingOut(
            stars=found.rating.stars,
            comment=found.rating.comment,
            reasons=list(found.rating.reasons),
            at=found.rating.at,
            reply=found.rating.reply,
            replied_at=found.rating.replied_at,
        )
        if found.rating
        else None,
        "track": [TrackOut(step=part.step, label=str(part.step.label), state=part.state) for part in found.track],
    }


def _passing(matter: "Matter", *, staff: bool) -> dict[str, Any]:
    """Levels, parts, mergers, escalations, pause and supervision; what is among staff is left out for residents."""
    found = passing(matter)
    known = reference()

    def code(unit_id: UUID | None) -> str | None:
        unit = _unit(known, unit_id)
        return unit.code if unit else None

    asked = found.supervision if staff else None
    return {
        "parts": [part.number for part in found.parts],
        "merged": [other.number for other in found.joined] if staff else [],
        "responsible": code(found.responsible),
        "binding": matter.binding,
        "levels": [
            LevelOut(
                unit=code(row.unit_id), to_unit=code(row.to_unit_id), referred_at=row.referred_at,
                confirmed_at=row.confirmed_at,
            )
            for row in found.levels
        ],
        "escalations": [
            EscalationOut(
                clock=ClockKind(row.clock.kind), tier=Tier(row.tier), unit=code(row.unit_id),
                owed_by=code(row.owed_by_id), late_minutes=row.late_minutes, at=row.at,
            )
            for row in found.escalations
        ]
        if staff
        else [],
        "pause": PauseOut(
            cause=PauseCause(found.pause.cause), state=PauseState(found.pause.state), until=found.pause.until
        )
        if found.pause
        else None,
        "supervision": SupervisionOut(
            unit=code(asked.unit_id), requirement=asked.requirement, due_at=asked.due_at, answer=asked.answer,
            answered_at=asked.answered_at,
        )
        if asked
        else None,
    }  # fmt: skip


def _clock(clock: "Clock", *, at: datetime) -> ClockOut:
    overdue = clock.state == ClockState.RUNNING and clock.due_at < at
    unit = _unit(reference(), clock.unit_id)
    return ClockOut(
        kind=ClockKind(clock.kind), due_at=clock.due_at, state=ClockState(clock.state), overdue=overdue,
        unit=unit.code if unit else None,
    )  # fmt: skip


def attachment_out(matter: "Matter", picture: "Attachment") -> AttachmentOut:
    """A picture of a matter, with the address where it is."""
    url = reverse("api-v1:attachment", kwargs={"number": matter.number, "attachment": picture.pk})
    return AttachmentOut(
        id=picture.pk,
        step=Step(picture.step),
        url=url,
        thumbnail=f"{url}?size=thumb",
        content_type=picture.content_type,
        size=picture.size,
        width=picture.width,
        height=picture.height,
        at=picture.at,
    )


def _unit(known: Reference, unit_id: UUID | None) -> UnitRef | None:
    return known.units.get(unit_id) if unit_id else None
