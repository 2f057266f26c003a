"""Plans for the little world: a short one of which every line can be counted, published for the district."""

from datetime import timedelta
from typing import Any

from pingzhan.access.actors import SYSTEM
from pingzhan.modes.operations import begin
from pingzhan.response.models import Plan, Proposal
from pingzhan.response.operations import create_plan, publish, review
from pingzhan.stations.queries import current_stations
from tests.factories.stations import furnish
from tests.factories.world import DISTRICT, HOME, World

SHORT = """\
schema: 1
code: short
title: 短预案
hazard: other
sunset_days: 2
review_months: 12
levels:
  "1": {activate: [district_command]}
  "2": {activate: [district_command, street_secretary]}
  "4": {activate: [district_command, street_secretary, community_secretary]}
conditions:
  - {code: many, title: 事项很多, level: 4, when: matters.today >= 1}
functions:
  - {code: sampling, function: sampling_point, per: community, levels: [1, 2]}
bookings:
  - {code: rooms, functions: [activity_room], state: suspended, levels: [1, 2]}
roles:
  - {code: staff, title: 专班, from: [grid_worker], give: community_staff, at: community, levels: [1, 2]}
duties:
  - {code: building, title: 包楼栋, per: building, roles: [building_leader, grid_worker], max_load: 9, levels: [1, 2]}
tasks:
  - {code: leaflet, title: 发告知书, per: community, levels: [1, 2, 4]}
clocks:
  - {code: accept, clock: accept, minutes: 30, levels: [1, 2]}
notices:
  - {code: all, title: 请留在家中, text: 有困难请联系居委。, services: [{name: 急救, phone: "120"}], levels: [1, 2, 4]}
warning: {event: 演习, category: Safety, headline: 请留意, description: 请留意通知。, levels: [1, 2]}
stand_down:
  conditions: [险情解除]
  checklist: [人员撤岗, 用房清场]
"""


def publish_plan(world: World, source: str = SHORT, *, place: str = DISTRICT) -> Plan:
    """A published plan of the district, or of another place."""
    version = create_plan(source=source, place=world.places[place], by=SYSTEM, at=world.at)
    publish(version=review(version=version, by=SYSTEM, at=world.at), by=SYSTEM, at=world.at)
    return version.plan


def ready(world: World) -> Plan:
    """Stations in the world and the short plan in use."""
    furnish(world)
    return publish_plan(world)


def switch_addresses(world: World) -> dict[str, dict[str, Any]]:
    """What the routes of stations, plans and responses want: those of the home community, with a response there."""
    plan = ready(world)
    station = current_stations().get(code=f"{HOME}-S1")
    room = station.rooms.order_by("pk")[0]
    response = begin(
        plan="短预案", level=4, paths=[world.path(HOME)], until=world.at + timedelta(days=1), by=SYSTEM, at=world.at
    )
    proposal = Proposal.objects.create(
        plan=plan, version=plan.versions.get(), path=world.path(HOME), code="many", title="事项很多", level=4, when="1",
        figures={}, at=world.at,
    )  # fmt: skip
    return {
        "command:proposal": {"proposal_id": proposal.pk, "act": "accept"},
        **{name: {"station_id": station.pk} for name in ("desk:station", "desk:station_change", "desk:room_new")},
        "desk:room": {"station_id": station.pk, "room_id": room.pk},
        **{
            name: {"code": plan.code}
            for name in ("command:plan", "command:readiness", "command:plan_head", "command:plan_edit")
        },
        "command:plan_item_new": {"code": plan.code, "section": "tasks"},
        "command:plan_item": {"code": plan.code, "section": "duties", "item": "building"},
        "command:plan_step": {"code": plan.code, "version_id": plan.versions.get().pk, "step": "review"},
        "command:response": {"response_id": response.pk},
        "command:act": {"response_id": response.pk, "act": "check"},
        "command:level": {"response_id": response.pk},
    }
