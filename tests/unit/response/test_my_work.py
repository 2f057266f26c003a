"""What a response asks of people by their role reaches them: instructions and tasks, where they work."""

from datetime import timedelta

import pytest

from pingzhan.modes import queries as in_force
from pingzhan.response.queries.my_work import MyWork, my_work
from tests.factories.plans import SHORT, publish_plan
from tests.factories.stations import furnish
from tests.factories.world import HOME, HOME_STREET, NEAR, World
from tests.unit.response.test_switch import press

pytestmark = pytest.mark.django_db

SAID = """\
tasks:
  - {code: leaflet, title: 发告知书, per: community, role: grid_worker, due_minutes: 240, levels: [1, 2]}
  - {code: pumps, title: 检查水泵, per: place, role: grid_worker, levels: [1, 2]}
  - {code: list, title: 核对名单, per: community, role: street_staff, levels: [1, 2]}
  - {code: open, title: 开门迎客, per: community, levels: [1, 2]}
instructions:
  - {code: on_duty, text: 一小时内到岗, roles: [community_secretary, street_staff], levels: [1, 2]}
  - {code: stay, text: 留在网格, roles: [grid_worker], levels: [1, 2]}
"""
PLAN = SHORT.replace("tasks:\n  - {code: leaflet, title: 发告知书, per: community, levels: [1, 2, 4]}\n", SAID)


def work_of(world: World, name: str) -> MyWork:
    return my_work(world.actor(name), at=world.at)


def titles(work: MyWork) -> set[str]:
    return {one.title for one in work.tasks}


def test_everybody_reads_what_is_asked_of_their_role_where_they_work(world: World) -> None:
    furnish(world)
    press(world, publish_plan(world, PLAN), codes=(HOME_STREET,))
    secretary, worker, street = (work_of(world, name) for name in ("secretary", "grid_worker", "street_staff"))
    assert [one.text for one in secretary.instructions] == ["一小时内到岗"]
    assert secretary.instructions[0].plan == "短预案"
    assert titles(secretary) == {"开门迎客"}  # asked of no role: of whoever works for that very place
    assert [one.text for one in worker.instructions] == ["留在网格"]
    assert titles(worker) == {
        "发告知书",
        "检查水泵",
        "开门迎客",
    }  # the last as one of the staff, which they are meanwhile
    leaflet = next(one for one in worker.tasks if one.title == "发告知书")
    assert leaflet.due_at == world.at + timedelta(minutes=240)
    assert leaflet.places == ["源园居委会"]
    asked_of_street = street.tasks[0]
    assert (asked_of_street.title, asked_of_street.due_at) == ("核对名单", None)
    assert set(asked_of_street.places) == {"源园居委会", "花溪园居委会"}
    assert [one.text for one in street.instructions] == ["一小时内到岗"]
    for name in ("far_secretary", "far_grid_worker", "far_street_staff", "inspector", ""):
        assert not work_of(world, name), name


def test_whoever_works_above_reads_it_too_and_an_adaptation_takes_it_back(world: World) -> None:
    furnish(world)
    plan = publish_plan(world, PLAN)
    changes = "changes:\n  instructions:\n    on_duty: null\n  tasks:\n    open: null\n"
    publish_plan(world, f"schema: 1\nadapts: short\n{changes}", place=HOME)
    press(world, plan, codes=(HOME,))
    assert not work_of(world, "secretary").instructions
    assert not titles(work_of(world, "secretary"))
    response = press(world, plan, codes=(NEAR,))
    assert [one.text for one in work_of(world, "street_staff").instructions] == ["一小时内到岗"]
    assert [one.text for one in work_of(world, "near_secretary").instructions] == ["一小时内到岗"]
    in_force.forget()
    over = response.until
    assert not my_work(world.actor("near_secretary"), at=over)


def test_of_an_exercise_only_who_takes_part_reads(world: World) -> None:
    furnish(world)
    press(world, publish_plan(world, PLAN), codes=(HOME,), exercise=True)
    worker = work_of(world, "grid_worker")
    assert worker.instructions[0].exercise
    assert all(one.exercise for one in worker.tasks)
    assert [one["exercise"] for one in worker.grouped] == [True]
    assert {row.response_id for row in worker.roles} <= worker.drills
    assert [one.text for one in work_of(world, "secretary").instructions] == ["一小时内到岗"]  # has no duty in it
    assert not work_of(world, "street_staff")
    assert not work_of(world, "near_grid_worker")
