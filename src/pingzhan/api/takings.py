"""Inside a team: grabbing a matter, giving it to one of the unit's people, handing it back."""

# untranslated throughout: the names of steps for readers of the API document

from typing import Any

from django.utils.translation import gettext as _
from ninja import Router

from pingzhan.api.callers import SIGNED_IN, ApiRequest
from pingzhan.api.doors import Door, open_on_matter
from pingzhan.api.parameters import MatterNumber
from pingzhan.api.responses import STAFF, answers
from pingzhan.api.schemas import takings as schemas
from pingzhan.core.errors import NotAllowed
from pingzhan.matters.choices_taking import TakingEnd, TakingWay
from pingzhan.matters.operations import taking as operations
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.takings import cap_of, holds_for, may_assign, members_of

router = Router(tags=["takings"], auth=SIGNED_IN)


DOORS = (
    Door(
        "grab", schemas.GrabIn, operations.grab, "Grab it (抢单)",
        "I do it, for the unit in charge; of several at once one wins.",
    ),
    Door(
        "assign", schemas.AssignIn, operations.assign, "Assign it (派给)",
        "To one of the unit's people; who had it before has it no longer.",
    ),
    Door(
        "rotate", schemas.GrabIn, operations.rotate, "Rotate it (轮派)",
        "To whose turn it is: the least open matters, then who has waited longest.",
    ),
    Door(
        "hand_back", schemas.HandBackIn, operations.hand_back, "Hand it back (交回)",
        "The matter waits for another of the unit.",
    ),
)  # fmt: skip


for _door in DOORS:
    open_on_matter(
        router, _door, out=schemas.TakingOut, family="taking",
        show=lambda _request, matter, taking: taking_out(taking, matter.number),
    )  # fmt: skip


@router.get(
    "/{number}/team",
    response=answers({200: schemas.UnitTeamOut}, *STAFF),
    operation_id="get_matter_team",
    summary="To whom of the unit in charge it can be given",
)
def get_matter_team(request: ApiRequest, number: MatterNumber) -> schemas.UnitTeamOut:
    """The people of the unit in charge with what each has open; for those of the unit."""
    matter = matter_for(request.actor, number)
    unit = reference().units.get(matter.handler_id) if matter.handler_id else None
    if unit is None or not (holds_for(request.actor, matter) or may_assign(request.actor, matter)):
        raise NotAllowed(_("只有承办单位的人员可以查看本单位的人员和在手件数。"))
    return schemas.UnitTeamOut(
        unit=unit.code,
        cap=cap_of(unit.id),
        people=[
            schemas.ColleagueOut(
                person=one.who.person_id, name=one.who.name, open=one.open, done=one.done, no_shows=one.no_shows
            )
            for one in members_of(unit, at=request.at)
        ],
    )


def taking_out(taking: Any, number: str) -> schemas.TakingOut:
    """A taking with the name of whose it is."""
    return schemas.TakingOut(
        matter=number,
        person=taking.person_id,
        name=taking.person.name,
        way=TakingWay(taking.way),
        since=taking.since,
        sign_by=taking.due_at,
        until=taking.until,
        ending=TakingEnd(taking.ending) if taking.ending else None,
    )
