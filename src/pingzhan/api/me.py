"""The caller: who they are, what there is to do, what they reported, who looked at what of theirs."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router

from pingzhan.access.roles import ROLES
from pingzhan.api.bodies import json_body
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, IdempotencyKey, Limit
from pingzhan.api.people import appointment_rows
from pingzhan.api.presenting import matter_rows
from pingzhan.api.responses import WRITE, answers
from pingzhan.api.schemas.common import PageOut
from pingzhan.api.schemas.matters import MatterRow
from pingzhan.api.schemas.me import (
    CallOut,
    HeldOut,
    MeOut,
    MessageOut,
    OpeningOut,
    OwnPhoneOut,
    ReadIn,
    ReadOut,
    TodayDuty,
    TodayInstruction,
    TodayOut,
    TodayTask,
)
from pingzhan.api.writing import write
from pingzhan.core.errors import NotFound
from pingzhan.core.outbox import Letter, inbox_page, letter_of, mark_read, unread_count
from pingzhan.core.paging import page
from pingzhan.core.paths import code_of
from pingzhan.journal.queries import openings_of_person
from pingzhan.matters.queries.lists import field_matters, numbers_by_id, reported_by
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.takings import takers_of
from pingzhan.matters.queries.whistles import clocks_of, summonses_of
from pingzhan.matters.whistle_workflow import SummonsState
from pingzhan.people.operations import confirm_contacts
from pingzhan.people.queries import offices_of_user, person_of_user
from pingzhan.places.names import named
from pingzhan.places.queries import names_along
from pingzhan.response.queries.my_work import my_work

if TYPE_CHECKING:
    from pingzhan.matters.models import Summons

router = Router(tags=["me"], auth=SIGNED_IN)


@router.get("", response=answers({200: MeOut}, 401), operation_id="get_me", summary="Who I am")
def get_me(request: ApiRequest) -> MeOut:
    """The caller's name, and the roles in force now."""
    actor = request.actor
    assert actor.user_id is not None
    known = reference()
    names = names_along([held.path for held in actor.held])
    roles = []
    for held in actor.held:
        code = code_of(held.path)
        unit = known.units.get(held.unit_id) if held.unit_id else None
        roles.append(
            HeldOut(
                role=held.role,
                label=str(held.definition.label),
                place=code,
                place_name=names.get(code, ""),
                path=held.path,
                unit=unit.code if unit else None,
                unit_name=named(unit) or None,
            )
        )
    permissions = {permission for held in actor.held for permission in held.definition.permissions}
    home = next((face for face in ("desk", "field") if face in actor.homes), ROLES["resident"].home)
    return MeOut(
        id=actor.user_id,
        name=actor.name,
        roles=roles,
        permissions=sorted(permissions),
        home=home,
        appointments=appointment_rows(offices_of_user(actor.user_id)),
    )


@router.get("/today", response=answers({200: TodayOut}, 401), operation_id="get_today", summary="My matters today")
def get_today(request: ApiRequest, limit: Limit, after: After) -> TodayOut:
    """Calls to the spot, then what the caller's unit is to sign for or is handling there, the most pressing first."""
    found = field_matters(request.actor, after=after, limit=limit)
    matters = PageOut[MatterRow](items=matter_rows(found.items, at=request.at), next=found.next)
    takers = takers_of([row.pk for row in found.items], request.actor) if found.items else {}
    assert request.actor.user_id is not None
    mine = my_work(request.actor, at=request.at)
    return TodayOut(
        date=timezone.localtime(request.at).date(),
        calls=[_call(row, at=request.at) for row in summonses_of(request.actor)] if not after else [],
        matters=matters,
        taken={row.number: takers[row.pk].name for row in found.items if row.pk in takers},
        mine=[row.number for row in found.items if row.pk in takers and takers[row.pk].mine],
        duties=[
            TodayDuty(
                title=mine.about[row.pk].get("title", ""),
                part=row.payload.get("part", ""),
                subject=row.payload.get("subject", ""),
            )
            for row in mine.duties
        ],
        tasks=[TodayTask(title=one.title, places=one.codes, due_at=one.due_at) for one in mine.tasks],
        instructions=[
            TodayInstruction(text=one.text, plan=one.plan, exercise=one.exercise) for one in mine.instructions
        ],
        unread=unread_count(request.actor.user_id),
    )


@router.post(
    "/confirm-contact",
    response=answers({200: OwnPhoneOut}, 401, 404, *WRITE),
    operation_id="confirm_own_contact",
    summary="My phone has not changed",
)
def confirm_own_contact(request: ApiRequest, idempotency_key: IdempotencyKey) -> HttpResponse:
    """Of those who work here; 404 for others."""
    person = person_of_user(request.actor.user_id)
    if person is None:
        raise NotFound

    def work() -> tuple[int, OwnPhoneOut]:
        confirm_contacts(persons=[person], by=request.actor, at=request.at)
        return 200, OwnPhoneOut(phone=str(person.phone), contact_confirmed_at=request.at)

    return write(request, route="me:contact", work=work)


def _call(row: "Summons", *, at: datetime) -> CallOut:
    matter, clocks = row.whistle.matter, clocks_of(row, at=at)
    unit = reference().units.get(row.unit_id)
    return CallOut(
        whistle=row.whistle_id, matter=matter.number, title=matter.title, address=matter.address,
        place=code_of(matter.path), unit=unit.code if unit else "", unit_name=named(unit),
        state=SummonsState(row.state), called_at=row.called_at,
        due_at=min((clock.due_at for clock in clocks if clock.done_at is None), default=None),
        late=any(clock.state == "overdue" for clock in clocks),
    )  # fmt: skip


@router.get(
    "/matters",
    response=answers({200: PageOut[MatterRow]}, 401),
    operation_id="list_my_matters",
    summary="What I reported",
)
def list_my_matters(request: ApiRequest, limit: Limit, after: After) -> PageOut[MatterRow]:
    """Newest first. Anonymous reports are not among them: nobody can tell whose they are."""
    found = reported_by(request.actor, after=after, limit=limit)
    return PageOut[MatterRow](items=matter_rows(found.items, at=request.at), next=found.next)


@router.get(
    "/messages",
    response=answers({200: PageOut[MessageOut]}, 401),
    operation_id="list_messages",
    summary="What the system told me",
)
def list_messages(
    request: ApiRequest,
    limit: Limit,
    after: After,
    unread: bool = Query(False, description="Only what was not read yet."),
) -> PageOut[MessageOut]:
    """Newest first. Reading marks nothing as read."""
    assert request.actor.user_id is not None
    found = inbox_page(request.actor.user_id, unread=unread, after=after, limit=limit)
    return PageOut[MessageOut](items=[_message(letter_of(row)) for row in found.items], next=found.next)


@router.post(
    "/messages/read",
    response=answers({200: ReadOut}, 401, *WRITE),
    operation_id="read_messages",
    summary="Mark messages as read",
)
def read_messages(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: ReadIn = json_body(ReadIn()),  # noqa: B008 (how ninja declares a parameter)
) -> HttpResponse:
    """Those named, or all that I have; others' are left alone."""
    user = request.actor.user_id
    assert user is not None

    def work() -> tuple[int, ReadOut]:
        return 200, ReadOut(read=mark_read(user, ids=data.ids, at=request.at), unread=unread_count(user))

    return write(request, route="messages", work=work)


def _message(letter: Letter) -> MessageOut:
    return MessageOut(
        id=letter.id, occasion=letter.template, text=letter.text, at=letter.created_at, read_at=letter.read_at
    )


@router.get(
    "/openings",
    response=answers({200: PageOut[OpeningOut]}, 401),
    operation_id="list_openings",
    summary="Who looked at what of mine",
)
def list_openings(request: ApiRequest, limit: Limit, after: After) -> PageOut[OpeningOut]:
    """Who was shown my name or phone in the clear, when and for what purpose, newest first."""
    assert request.actor.user_id is not None
    person = person_of_user(request.actor.user_id)
    owners = [request.actor.user_id, *([person.pk] if person else [])]
    found = page(openings_of_person(*owners), order=("-entry_id",), after=after, limit=limit)
    numbers = numbers_by_id([row.entry.subject_id for row in found.items if row.entry.subject_type == "matter"])
    items = [
        OpeningOut(
            at=row.entry.at,
            who=row.entry.actor_name,
            field=row.field,
            purpose=row.purpose,
            matter=numbers.get(row.entry.subject_id),
        )
        for row in found.items
    ]
    return PageOut[OpeningOut](items=items, next=found.next)
