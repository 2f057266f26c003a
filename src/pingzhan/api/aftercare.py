"""After closing: calling back whoever reported it (回访), and answering what they said of the handling."""

# untranslated throughout: the names of acts for readers of the API document

from ninja import Router

from pingzhan.api.callers import SIGNED_IN
from pingzhan.api.doors import Door, open_on_matter
from pingzhan.api.presenting import matter_answer
from pingzhan.api.schemas import steps as schemas
from pingzhan.api.schemas.matters import MatterOut
from pingzhan.matters import operations

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


for _door in DOORS:
    open_on_matter(
        router, _door, out=MatterOut, family="after",
        show=lambda request, matter, _done: matter_answer(matter, by=request.actor, at=request.at),
    )  # fmt: skip
