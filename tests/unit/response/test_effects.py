"""What a response changes in other rooms while it is in force, and no longer."""

from datetime import timedelta

import pytest

from pingzhan.matters.models import Clock
from pingzhan.modes import queries as in_force
from pingzhan.response import operations
from pingzhan.response.queries.compile import compile_plan
from tests.factories.plans import ready
from tests.factories.world import FAR, HOME, HOME_STREET, World

pytestmark = pytest.mark.django_db


def minutes_to_accept(world: World, place: str, *, at: object) -> float:
    matter = world.report("楼道漏水", place=f"{place}-G001", at=at)  # type: ignore[arg-type]
    clock = Clock.objects.get(matter=matter, kind="accept")
    return (clock.due_at - clock.started_at) / timedelta(minutes=1)


def test_deadlines_are_the_responses_while_it_lasts_and_only_where_it_holds(world: World) -> None:
    plan = ready(world)
    usual = minutes_to_accept(world, HOME, at=world.at)
    manifest = compile_plan(plan, level=2, codes=[HOME_STREET], at=world.at)
    made = operations.activate(
        plan=plan, level=2, codes=[HOME_STREET], digest=manifest.digest, by=world.actor("command"), at=world.at
    )
    in_force.forget()
    assert minutes_to_accept(world, HOME, at=world.at) == 30
    assert minutes_to_accept(world, FAR, at=world.at) == usual
    operations.stand_down(response=made.response, by=world.actor("command"), at=world.at + timedelta(minutes=1))
    in_force.forget()
    assert minutes_to_accept(world, HOME, at=world.at + timedelta(minutes=2)) > 30
