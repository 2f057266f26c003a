"""Who of a unit has a matter, on desk and phone alike: what may be done about it, and doing it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from pingzhan.access.actors import Actor
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.matters.choices_taking import TAKEN_IN
from pingzhan.matters.operations import taking as operations
from pingzhan.matters.queries.takings import holds_for, may_assign, takers_of
from pingzhan.people.queries import colleagues_of

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter

DONE: dict[str, Any] = {
    "grab": gettext_lazy("已接单，请按时签收办理。"),
    "assign": gettext_lazy("已派给所选的人。"),
    "rotate": gettext_lazy("已按轮次派出。"),
    "hand_back": gettext_lazy("已交回，等待本单位其他人接办。"),
}


def _person(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("person", ""))
    except ValueError:
        return UUID(int=0)  # nobody: the operation says what is missing


_ACTS: dict[str, Callable[[HttpRequest, dict[str, Any]], object]] = {
    "grab": lambda request, common: operations.grab(**common),
    "assign": lambda request, common: operations.assign(**common, person=_person(request)),
    "rotate": lambda request, common: operations.rotate(**common),
    "hand_back": lambda request, common: operations.hand_back(
        **common, reason=request.POST.get("reason", "").replace("\x00", "")
    ),
}


def act_on(request: HttpRequest, matter: "Matter", act: str) -> None:
    """Grab, assign, rotate or hand back; how it went is said on the next page. Raises NotFound for none of these."""
    if act not in _ACTS:
        raise NotFound
    try:
        _ACTS[act](request, {"matter": matter, "by": request.actor, "at": request.at})  # type: ignore[attr-defined]
    except DomainError as problem:
        messages.error(request, f"“{matter.title}”：{problem.detail}")
    else:
        messages.success(request, DONE[act])


def taking_shown(actor: Actor, matter: "Matter") -> dict[str, Any]:
    """Who of the unit in charge has the matter, and what may be done about it; two statements at most."""
    if matter.status not in TAKEN_IN:
        return {"may_share": False}
    holds, assigns = holds_for(actor, matter), may_assign(actor, matter)
    taker = takers_of([matter.pk], actor).get(matter.pk)
    people = colleagues_of([matter.handler_id]) if assigns and matter.handler_id else []
    return {
        "may_share": holds or assigns or taker is not None,
        "may_grab": holds and taker is None,
        "may_assign": assigns,
        "may_hand_back": taker is not None and (taker.mine or assigns),
        "taker": taker,
        "people": [(str(one.person_id), one.name) for one in people],
    }
