"""Trainings before a post (岗前培训): the catalogue, who took part in one."""

# untranslated throughout: words of the domain for readers of the API document

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from ninja import Path, Router

from pingzhan.api.bodies import json_body
from pingzhan.api.callers import PUBLIC, SIGNED_IN, ApiRequest
from pingzhan.api.parameters import IdempotencyKey
from pingzhan.api.responses import STAFF, WRITE, answers
from pingzhan.api.schemas.trainings import PersonTrainingOut, SessionIn, SessionOut, TrainingOut
from pingzhan.api.training_rows import training_out
from pingzhan.api.writing import write
from pingzhan.people import operations, queries
from pingzhan.places.names import named

router = Router(tags=["trainings"], auth=SIGNED_IN)
TrainingCode = Annotated[str, Path(..., pattern=r"^[a-z][a-z0-9_-]{0,39}$", description="`code` of a training.")]
RowId = Annotated[UUID, Path(..., description="`id` of a person's training.")]


@router.get(
    "/trainings",
    auth=PUBLIC,
    response=answers({200: list[TrainingOut]}),
    operation_id="list_trainings",
    summary="The kinds of trainings",
)
def list_trainings(request: ApiRequest) -> list[TrainingOut]:
    """Those that are held, in their order."""
    return [TrainingOut(code=one.code, name=named(one), months=one.months) for one in queries.trainings()]


@router.post(
    "/trainings/{code}/participants",
    response=answers({201: SessionOut}, *STAFF, *WRITE),
    operation_id="enter_trainings",
    summary="Who took part in a training",
)
def enter_trainings(
    request: ApiRequest,
    code: TrainingCode,
    idempotency_key: IdempotencyKey,
    data: SessionIn = json_body(),  # noqa: B008
) -> HttpResponse:
    """One person, or all who were there."""
    training = queries.training(code)
    persons = queries.persons_chosen(request.actor, data.persons)

    def work() -> tuple[int, SessionOut]:
        new = operations.enter_trainings(
            training=training, persons=persons, on=data.on, valid_until=data.valid_until, by=request.actor,
            at=request.at,
        )  # fmt: skip
        return 201, SessionOut(entered=len(new))

    return write(request, route=f"trainings:{code}", work=work)


@router.post(
    "/person-trainings/{uuid:row_id}/withdraw",
    response=answers({200: PersonTrainingOut}, *STAFF, *WRITE),
    operation_id="withdraw_training",
    summary="A training that was entered by mistake",
)
def withdraw_training(request: ApiRequest, row_id: RowId, idempotency_key: IdempotencyKey) -> HttpResponse:
    """It counts no more; that it was there stays on record."""
    row = queries.training_row_for(request.actor, row_id)

    def work() -> tuple[int, PersonTrainingOut]:
        return 200, training_out(operations.withdraw_training(row=row, by=request.actor, at=request.at))

    return write(request, route=f"person-trainings:{row.pk}:withdraw", work=work)
