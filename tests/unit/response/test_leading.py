"""Who may change and end a response: not everybody who could begin a small one there."""

from datetime import timedelta
from typing import Any

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.access.operations import EmergencyGrant
from pingzhan.core.errors import Invalid, NotAllowed
from pingzhan.modes.operations import begin
from pingzhan.response import operations
from pingzhan.response.models import PublicWarning
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.leading import may_lead
from tests.factories.plans import SHORT, publish_plan, ready
from tests.factories.stations import furnish
from tests.factories.world import HOME, HOME_STREET, World

pytestmark = pytest.mark.django_db


def press(world: World, plan: Any, *, level: int, by: str = "command") -> Any:
    said = {"plan": plan, "level": level, "codes": [HOME]}
    digest = compile_plan(**said, at=world.at).digest
    return operations.activate(**said, digest=digest, by=world.actor(by), at=world.at).response


def test_a_community_neither_lowers_nor_ends_what_its_district_began(world: World) -> None:
    response = press(world, ready(world), level=2)
    secretary, then = world.actor("secretary"), world.at + timedelta(minutes=5)
    with pytest.raises(NotAllowed):
        operations.change_level(response=response, level=4, by=secretary, at=then, reason="想结束")
    with pytest.raises(NotAllowed):
        operations.stand_down(response=response, by=secretary, at=then)
    with pytest.raises(NotAllowed):
        operations.release(warning=PublicWarning.objects.get(), response=response, by=secretary, at=then)
    assert not may_lead(response, secretary)
    operations.change_level(response=response, level=4, by=world.actor("command"), at=then, reason="好转")
    assert may_lead(response, secretary)  # at this level it may
    operations.stand_down(response=response, by=secretary, at=then + timedelta(minutes=5))


def test_who_may_only_renew_may_end_it_too(world: World) -> None:
    furnish(world)
    plan = publish_plan(
        world, SHORT.replace('"4": {activate: [district_command,', '"4": {renew: [district_command], activate: [')
    )
    response = press(world, plan, level=4, by="secretary")
    with pytest.raises(NotAllowed):
        operations.renew(
            response=response,
            until=world.at + timedelta(days=5),
            by=world.actor("secretary"),
            at=world.at,
            reason="未完",
        )
    operations.stand_down(response=response, by=world.actor("command"), at=world.at + timedelta(hours=1))


def test_a_response_of_no_plan_is_ended_by_whoever_may_switch_there(world: World) -> None:
    response = begin(
        plan="口头", level=2, paths=[world.path(HOME)], until=world.at + timedelta(days=1), by=SYSTEM, at=world.at
    )
    assert may_lead(response, world.actor("secretary"))
    assert not may_lead(response, world.actor("grid_worker"))


def test_no_response_lends_a_role_that_appoints_others(world: World) -> None:
    lent = EmergencyGrant(world.users["grid_worker"].pk, "community_secretary", world.path(HOME))
    with pytest.raises(Invalid):
        begin(
            plan="口头", level=2, paths=[world.path(HOME)], until=world.at + timedelta(days=1), by=SYSTEM, at=world.at,
            grants=[lent],
        )  # fmt: skip


def test_the_author_is_known_by_more_than_a_name(world: World) -> None:
    furnish(world)
    street, command = world.users["street_secretary"], world.users["command"]
    street.name = command.name
    street.save(update_fields=["name"])
    version = operations.create_plan(
        source=SHORT, place=world.places[HOME_STREET], by=world.actor("street_secretary"), at=world.at
    )
    street.name = "改了名的人"
    street.save(update_fields=["name"])
    with pytest.raises(NotAllowed):
        operations.review(version=version, by=world.actor("street_secretary"), at=world.at)
    operations.review(version=version, by=world.actor("command"), at=world.at)  # of the name that the author had
