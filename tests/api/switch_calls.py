"""How the scope table calls plans and responses."""

import json
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client

from pingzhan.access.actors import SYSTEM
from pingzhan.matters.models import Matter
from pingzhan.modes import queries as in_force
from pingzhan.modes.models import ResponsePlace
from pingzhan.modes.operations import begin
from pingzhan.places.models import Place
from pingzhan.response.models import Plan, Proposal
from tests.factories.world import World


def begin_in_each(world: World, communities: Iterable[str]) -> None:
    """A response and a proposal in each of these communities, and nowhere else."""
    for community in sorted(communities):
        path = Place.objects.get(code=community).path
        begin(plan="短预案", level=4, paths=[path], until=world.at + timedelta(days=30), by=SYSTEM, at=world.at)
        plan = Plan.objects.get(code="short")
        Proposal.objects.create(
            plan=plan, version=plan.versions.get(), path=path, code=community, title="事项很多", level=4, when="1",
            figures={}, at=world.at,
        )  # fmt: skip
    in_force.forget()


def switching(matter: Matter) -> dict[str, Any]:
    return {"plan": "short", "level": 4, "places": [matter.community]}


def response_of(matter: Matter) -> UUID:
    """The response that is in force in the matter's community, and nowhere else."""
    return ResponsePlace.objects.get(path__endswith=f"/{matter.community}/").response_id


def proposal_of(matter: Matter) -> UUID:
    """What waits to be decided for the matter's community."""
    return Proposal.objects.get(path__endswith=f"/{matter.community}/").pk


def _post(client: Client, url: str, **body: Any) -> Any:
    return client.post(url, json.dumps(body), content_type="application/json")


SWITCH_CALLS: dict[str, Callable[[Any, Client, Matter], Any]] = {
    "get_readiness": lambda _, client, matter: client.get(
        "/api/v1/plans/short/readiness", {"place": matter.community, "level": 4}
    ),
    "preview_response": lambda _, client, matter: _post(client, "/api/v1/responses/preview", **switching(matter)),
    "activate_response": lambda _, client, matter: _post(
        client, "/api/v1/responses", digest="0" * 64, **switching(matter)
    ),
    "accept_plan_proposal": lambda _, client, matter: _post(
        client, f"/api/v1/plan-proposals/{proposal_of(matter)}/accept"
    ),
    "dismiss_plan_proposal": lambda _, client, matter: _post(
        client, f"/api/v1/plan-proposals/{proposal_of(matter)}/dismiss", reason="已处置"
    ),
    "list_plan_proposals": lambda _, client, matter: client.get("/api/v1/plan-proposals"),
    "list_signals": lambda _, client, matter: client.get("/api/v1/signals"),
    "take_signal": lambda ground, client, matter: _post(
        client,
        "/api/v1/signals",
        name="alarm.smoke",
        place=matter.community,
        value=1,
        until=(ground.world.at + timedelta(days=2)).isoformat(),
    ),
    "get_response": lambda _, client, matter: client.get(f"/api/v1/responses/{response_of(matter)}"),
    "list_duties": lambda _, client, matter: client.get(f"/api/v1/responses/{response_of(matter)}/duties"),
    "preview_change_level": lambda _, client, matter: _post(
        client, f"/api/v1/responses/{response_of(matter)}/change_level/preview", level=2
    ),
    "change_level": lambda _, client, matter: _post(
        client, f"/api/v1/responses/{response_of(matter)}/change_level", level=2, reason="加重"
    ),
    "renew_response": lambda _, client, matter: _post(
        client, f"/api/v1/responses/{response_of(matter)}/renew", until="2026-04-01T00:00:00+08:00", reason="未解除"
    ),
    "stand_down_response": lambda _, client, matter: _post(
        client, f"/api/v1/responses/{response_of(matter)}/stand_down"
    ),
}
