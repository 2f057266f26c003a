"""What a street or community writes into its adaptation never keeps the plan from being activated."""

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import Invalid
from pingzhan.response import operations
from pingzhan.response.models import Plan
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.plans import adapted
from tests.factories.plans import SHORT, publish_plan, ready
from tests.factories.world import DISTRICT, HOME, HOME_STREET, World

pytestmark = pytest.mark.django_db


def adaptation(changes: str) -> str:
    return f"schema: 1\nadapts: short\nchanges:\n{changes}"


@pytest.mark.parametrize(
    ("changes", "line", "says"),
    [
        ("  duties:\n    building: {max_load: many}\n", 5, "many"),
        ("  duties:\n    building: {colour: red}\n", 5, "colour"),
        ("  duties:\n    building: {levels: 2}\n", 5, "2"),
        ("  roles:\n    staff: {give: administrator}\n", 5, "授予权限"),
        ("  tasks:\n    extra: {title: 多一件}\n", 5, "缺少"),  # new, and not whole
        ("  clocks:\n    accept: {minutes: 0}\n", 5, "0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_line(world: World, changes: str, line: int, says: str) -> None:
    ready(world)
    with pytest.raises(Invalid) as told:
        operations.create_plan(
            source=adaptation(changes), place=world.places[HOME_STREET], by=world.actor("street_secretary"), at=world.at
        )
    first = told.value.errors[0]
    assert first["line"] == line
    assert says in first["msg"]


def test_a_community_adapts_what_its_street_has_added(world: World) -> None:
    plan = ready(world)
    added = "  tasks:\n    extra: {title: 多一件, per: community, levels: [2]}\n"
    publish_plan(world, adaptation(added), place=HOME_STREET)
    publish_plan(world, adaptation("  tasks:\n    extra: {title: 另一件}\n"), place=HOME)
    manifest = compile_plan(plan, level=2, codes=[HOME_STREET], at=world.at)
    titles = {item.place: item.after for item in manifest.items if item.kind == "task" and item.key == "extra"}
    assert titles[HOME] == "另一件"
    assert set(titles.values()) == {"另一件", "多一件"}


def test_a_plan_that_no_longer_has_what_was_adapted_is_activated_all_the_same(world: World) -> None:
    plan = ready(world)
    own = publish_plan(world, adaptation("  tasks:\n    leaflet: {title: 发两份告知书}\n"), place=HOME_STREET)
    without = SHORT.replace("code: leaflet", "code: poster")
    version = operations.edit(plan=Plan.objects.get(pk=plan.pk), source=without, by=world.actor("command"), at=world.at)
    operations.publish(version=operations.review(version=version, by=SYSTEM, at=world.at), by=SYSTEM, at=world.at)
    manifest = compile_plan(plan, level=2, codes=[DISTRICT], at=world.at)
    assert {item.key for item in manifest.items if item.kind == "task"} == {"poster"}
    _data, _differences, conflicts = adapted(own, own.versions.get())
    assert [(one.section, one.code) for one in conflicts] == [("tasks", "leaflet")]
