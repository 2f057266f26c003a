"""Persons who work here, and their offices: given, ended, passed on."""

# untranslated throughout: words of the domain for readers of the API document

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from ninja import Path, Query, Router

from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.api.bodies import json_body
from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.parameters import After, IdempotencyKey, Limit
from pingzhan.api.people import appointment_rows
from pingzhan.api.people import router as offices
from pingzhan.api.responses import READ, STAFF, WRITE, answers
from pingzhan.api.schemas.common import PLACE_CODE, PageOut
from pingzhan.api.schemas.offices import (
    AppointIn,
    ConfirmedOut,
    ContactsIn,
    EndIn,
    OfficeOut,
    PersonChangeIn,
    PersonIn,
    PersonOut,
    PersonRow,
    PhoneOut,
    PurposeIn,
    SucceedIn,
)
from pingzhan.api.schemas.people import AppointmentOut
from pingzhan.api.training_rows import training_out
from pingzhan.api.writing import write
from pingzhan.core.errors import DomainError, Invalid, StateConflict
from pingzhan.core.paths import code_of
from pingzhan.people import operations, queries
from pingzhan.people.labels import office_label
from pingzhan.places.queries import get_place

if TYPE_CHECKING:
    from pingzhan.people.models import Appointment, Person

router = Router(tags=["persons"], auth=SIGNED_IN)
PersonId = Annotated[UUID, Path(..., description="`id` of a person.")]
AppointmentId = Annotated[UUID, Path(..., description="`id` of an office that is held now.")]


@router.get(
    "/persons",
    response=answers({200: PageOut[PersonRow]}, *READ),
    operation_id="list_persons",
    summary="The ledger of persons (人员)",
)
def list_persons(
    request: ApiRequest,
    limit: Limit,
    after: After,
    place: Annotated[str, Query("", pattern=f"^$|{PLACE_CODE}", description="Code of a place: there and below.")],
    role: Annotated[str, Query("", max_length=40, pattern="^[a-z_]*$", description="Who holds this role now.")],
    q: Annotated[str, Query("", max_length=60, description="A name, letters of its sound, or a whole phone.")],
    unconfirmed_days: Annotated[
        int | None, Query(None, ge=1, le=3650, description="Whose phone was not confirmed for so many days.")
    ],
) -> PageOut[PersonRow]:
    """Those of the caller's area, by the sound of their names. Phones are masked.

    With `unconfirmed_days` whose phone was confirmed longest ago comes first.
    """
    path = ""
    if place:
        path = get_place(place, within=roots(request.actor, Permission.PERSON_VIEW)).path
    old = request.at - timedelta(days=unconfirmed_days) if unconfirmed_days else None
    filters = queries.PersonFilters(q.strip(), role, path, old)
    found = queries.persons_page(request.actor, filters, after=after, limit=limit)
    return PageOut[PersonRow](items=_rows(found.items), next=found.next)


@router.get(
    "/persons/{uuid:person_id}",
    response=answers({200: PersonOut}, *READ),
    operation_id="get_person",
    summary="A person",
)
def get_person(request: ApiRequest, person_id: PersonId) -> PersonOut:
    """With all offices, now and before."""
    return _person(queries.person_for(request.actor, person_id))


@router.post(
    "/persons",
    response=answers({200: PersonOut, 201: PersonOut}, *STAFF, *WRITE),
    operation_id="enter_person",
    summary="Enter a person",
)
def enter_person(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: PersonIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """200: somebody of this name and phone is there already, and that is the one; of somebody elsewhere no more."""
    place = get_place(data.place, within=roots(request.actor, Permission.APPOINT))

    def work() -> tuple[int, PersonOut]:
        person, new = operations.enter_person(
            name=data.name, phone=data.phone, place=place, by=request.actor, at=request.at
        )
        if not new and not queries.persons_in_scope(request.actor).filter(pk=person.pk).exists():
            # Filed elsewhere: that they are known is said, and nothing that the caller did not.
            known = PersonOut(
                id=person.pk, name=person.name, phone=str(person.phone), contact_confirmed_at=None, place=None,
                offices=[], history=[], trainings=[],
            )  # fmt: skip
            return 200, known
        return 201 if new else 200, _person(person)

    return write(request, route="persons", work=work)


@router.patch(
    "/persons/{uuid:person_id}",
    response=answers({200: PersonOut}, *STAFF, *WRITE),
    operation_id="change_person",
    summary="Correct a name or a phone, move the file",
)
def change_person(
    request: ApiRequest,
    person_id: PersonId,
    idempotency_key: IdempotencyKey,
    data: PersonChangeIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """What is left out stays as it is."""
    found = queries.person_for(request.actor, person_id)
    place = get_place(data.place, within=roots(request.actor, Permission.PERSON_VIEW)) if data.place else None

    def work() -> tuple[int, PersonOut]:
        person = queries.person_for(request.actor, found.pk)
        operations.change_person(
            person=person, name=data.name or person.name, phone=data.phone, by=request.actor, at=request.at
        )
        if place is not None and place.pk != person.place_id:
            operations.move_file(person=person, place=place, by=request.actor, at=request.at)
        return 200, _person(person)

    return write(request, route=f"persons:{found.pk}", work=work)


@router.post(
    "/persons/confirm-contacts",
    response=answers({200: ConfirmedOut}, *STAFF, *WRITE),
    operation_id="confirm_contacts",
    summary="Phones that are right (电话已核实)",
)
def confirm_contacts(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: ContactsIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """Somebody called these persons by the phone on file. All of them or none."""
    found = queries.persons_chosen(request.actor, data.persons)

    def work() -> tuple[int, ConfirmedOut]:
        done = operations.confirm_contacts(persons=found, by=request.actor, at=request.at)
        return 200, ConfirmedOut(confirmed=len(done))

    return write(request, route="persons:contacts", work=work)


@router.post(
    "/persons/{uuid:person_id}/phone",
    response=answers({200: PhoneOut}, *STAFF, *WRITE),
    operation_id="open_phone",
    summary="The phone in the clear",
)
def open_phone(
    request: ApiRequest,
    response: HttpResponse,
    person_id: PersonId,
    data: PurposeIn = json_body(),  # noqa: B008
) -> PhoneOut:
    """For a stated purpose, on record, and visible to the person.

    The answer is kept nowhere, therefore there is no Idempotency-Key.
    """
    person = queries.person_for(request.actor, person_id)
    paths = queries.paths_of(person, queries.history_of(person))
    shown = operations.open_phone(
        person=person, purpose=data.purpose, paths=paths, by=request.actor, at=request.at
    )  # fmt: skip
    response["Cache-Control"] = "no-store"
    return PhoneOut(phone=shown)


@offices.post(
    "/appointments",
    response=answers({201: AppointmentOut}, *STAFF, *WRITE),
    operation_id="appoint",
    summary="Give somebody an office (任命)",
)
def appoint(
    request: ApiRequest,
    idempotency_key: IdempotencyKey,
    data: AppointIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """With it comes the right that lets them act. 409 when the post is taken."""
    place = get_place(data.place, within=roots(request.actor, Permission.APPOINT))
    person = _chosen(request, data.person)
    unit = queries.chosen_unit(data.unit)

    def work() -> tuple[int, AppointmentOut]:
        made = operations.appoint(
            person=person, role=data.role, kind=data.kind or "", place=place, unit=unit, acting=data.acting,
            term_until=data.term_until, by=request.actor, at=request.at,
        )  # fmt: skip
        return 201, _office(made)

    return write(request, route="appointments", work=work)


@offices.post(
    "/appointments/{uuid:appointment_id}/dismiss",
    response=answers({200: AppointmentOut}, *STAFF, *WRITE),
    operation_id="dismiss",
    summary="End an office (免职)",
)
def dismiss(
    request: ApiRequest,
    appointment_id: AppointmentId,
    idempotency_key: IdempotencyKey,
    data: EndIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """The right ends with it."""
    held = queries.appointment_for(request.actor, appointment_id)

    def work() -> tuple[int, AppointmentOut]:
        if not operations.dismiss(appointment=held, by=request.actor, at=request.at, reason=data.reason):
            raise StateConflict(_("该任职刚刚已结束，请刷新后按空缺任命。"))
        return 200, _office(held)

    return write(request, route=f"appointments:{held.pk}:dismiss", work=work)


@offices.post(
    "/appointments/{uuid:appointment_id}/succeed",
    response=answers({201: AppointmentOut}, *STAFF, *WRITE),
    operation_id="succeed",
    summary="Pass an office on (接任)",
)
def succeed(
    request: ApiRequest,
    appointment_id: AppointmentId,
    idempotency_key: IdempotencyKey,
    data: SucceedIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """The next one takes over at the moment at which its holder leaves: no gap, and never two."""
    held = queries.appointment_for(request.actor, appointment_id)
    person = _chosen(request, data.person)

    def work() -> tuple[int, AppointmentOut]:
        made = operations.succeed(
            appointment=held, person=person, reason=data.reason, acting=data.acting, term_until=data.term_until,
            by=request.actor, at=request.at,
        )  # fmt: skip
        return 201, _office(made)

    return write(request, route=f"appointments:{held.pk}:succeed", work=work)


def _chosen(request: ApiRequest, person_id: UUID) -> "Person":
    try:
        return queries.person_for(request.actor, person_id)
    except DomainError as error:
        message = _("没有这个人员，或不在您的辖区")
        raise Invalid(message, errors=[{"loc": ["person"], "msg": message}]) from error


def _office(made: "Appointment") -> AppointmentOut:
    return appointment_rows([made])[0]


def _rows(persons: "Sequence[Person]") -> list[PersonRow]:
    """Persons with the offices that they hold; one statement for a page."""
    offices = queries.offices_of([person.pk for person in persons])
    return [
        PersonRow(
            id=person.pk,
            name=person.name,
            phone=str(person.phone),
            contact_confirmed_at=person.contact_confirmed_at,
            place=code_of(person.path) or None,
            offices=[
                OfficeOut(
                    role=one.role, label=office_label(one.role, one.kind, acting=one.acting),
                    place=code_of(one.path),
                )
                for one in offices.get(person.pk, [])
            ],
        )
        for person in persons
    ]  # fmt: skip


def _person(person: "Person") -> PersonOut:
    history = queries.history_of(person)
    for office in history:
        office.person = person
    trainings = [training_out(row) for row in queries.trainings_of([person.pk]).get(person.pk, [])]
    return PersonOut(**_rows([person])[0].model_dump(), history=appointment_rows(history), trainings=trainings)
