"""After closing: calling back whoever reported it (回访), and answering what they said of the handling."""

# untranslated throughout: the names of acts for readers of the API document

from typing import Any

from django.http import HttpResponse
from ninja import Router

from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.doors import Door, through
from pingzhan.api.parameters import IdempotencyKey, MatterNumber
from pingzhan.api.presenting import matter_answer
from pingzhan.api.responses import STAFF, WRITE, answers
from pingzhan.api.schemas import steps as schemas
from pingzhan.api.schemas.matters import MatterOut
from pingzhan.matters import operations
from pingzhan.matters.queries.lists import matter_for

router = Router(tags=["steps"], auth=SIGNED_IN)

DOORS = (
    Door(
        "call_back", schemas.CallBackIn, operations.call_back, "Note a call after closing (回访)",
        "What the reporter said, from when they were told the result.",
    ),
    Door(
        "reply_rating", schemas.ReplyRatingIn, operations.reply_to_rating, "Answer a rating (回复评价)",
        "Once a rating.",
    ),
)  # fmt: skip


def _open(door: Door) -> None:
    def take(
        request: ApiRequest,
        number: MatterNumber,
        idempotency_key: IdempotencyKey,
        data: door.body = door.default,  # type: ignore[name-defined]
    ) -> HttpResponse:
        matter = matter_for(request.actor, number)

        def work(given: dict[str, Any]) -> tuple[int, MatterOut]:
            door.take(matter=matter, by=request.actor, at=request.at, **given)
            return 200, matter_answer(matter, by=request.actor, at=request.at)

        return through(request, door, data, thing=number, work=work)

    router.post(
        f"/{{number}}/{door.name}",
        response=answers({200: MatterOut}, *STAFF, *WRITE),
        operation_id=f"{door.name}_matter",
        summary=door.summary,
        description=door.description,
    )(take)


for _door in DOORS:
    _open(_door)
