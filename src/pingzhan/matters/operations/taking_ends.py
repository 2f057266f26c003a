"""How a taking ends by what happens to the matter: called with every step, asks nothing where nothing can end."""

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from pingzhan.matters.choices import Status
from pingzhan.matters.choices_taking import TAKEN_IN, TakingEnd
from pingzhan.matters.models import Taking

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter


def end_takings(matter: "Matter", *, before: str, unit_before: UUID | None, at: datetime) -> None:
    """End the open taking when the matter left the hands of its unit; part of the step that moved it on."""
    if before not in TAKEN_IN:
        return
    stays = matter.status in TAKEN_IN and matter.handler_id == unit_before
    if stays:
        return
    ending = TakingEnd.DONE if matter.status == Status.COMPLETED else TakingEnd.MOVED
    Taking.objects.filter(matter=matter, until__isnull=True).update(until=at, ending=ending)
