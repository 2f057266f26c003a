"""From the plan to the response and back: what is previewed is what is done, and peacetime stays as it was."""

from datetime import timedelta
from typing import Any

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.access.models import Grant
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import actor_for, can
from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.journal.queries import timeline
from pingzhan.modes import queries as in_force
from pingzhan.modes.models import Overlay, Response
from pingzhan.modes.operations import NewOverlay, begin
from pingzhan.people.operations import appoint, create_person, dismiss
from pingzhan.response import operations
from pingzhan.response.models import Activation, CheckItem, PublicWarning
from pingzhan.response.operations import Outdated
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.my_work import my_work
from pingzhan.response.queries.readiness import readiness
from tests.factories.peacetime import peacetime
from tests.factories.plans import SHORT, publish_plan, ready
from tests.factories.stations import furnish
from tests.factories.world import DISTRICT, FAR, HOME, HOME_STREET, NEAR, World

pytestmark = pytest.mark.django_db


def press(
    world: World,
    plan: Any,
    by: str = "command",
    *,
    level: int = 2,
    codes: tuple[str, ...] = (HOME_STREET,),
    **more: Any,
) -> Any:
    manifest = compile_plan(plan, level=level, codes=codes, at=world.at, exercise=more.get("exercise", False))
    made = operations.activate(
        plan=plan, level=level, codes=codes, digest=manifest.digest, by=world.actor(by), at=world.at, **more
    )
    in_force.forget()
    return made.response


def test_the_preview_names_every_change_with_its_reason(world: World) -> None:
    plan = ready(world)
    manifest = compile_plan(plan, level=2, codes=[HOME_STREET], at=world.at)
    assert manifest.counts == {
        "booking": 2, "clock": 1, "duty": 1, "notice": 1, "person_duty": 8, "person_role": 2,
        "room_function": 2, "task": 2,
    }  # fmt: skip
    assert all(item.reason and item.after for item in manifest.items)
    room = next(item for item in manifest.items if item.kind == "room_function")
    assert (room.before, room.after, room.reason) == ("活动室", "采样点", "functions.sampling")
    again = compile_plan(plan, level=2, codes=[HOME_STREET], at=world.at + timedelta(minutes=5))
    assert again.digest == manifest.digest
    assert compile_plan(plan, level=1, codes=[HOME_STREET], at=world.at).digest != manifest.digest
    assert not Overlay.objects.exists()


def test_a_and_b_are_never_the_same_person_and_gaps_are_told(world: World) -> None:
    plan = ready(world)
    manifest = compile_plan(plan, level=2, codes=[FAR], at=world.at)
    by_unit: dict[str, list[Any]] = {}
    for item in manifest.items:
        if item.kind == "person_duty":
            by_unit.setdefault(item.target, []).append(item.person_id)
    assert all(len(people) == len(set(people)) for people in by_unit.values())
    assert {gap.kind for gap in manifest.gaps} == {"no_backup", "no_contact"}  # one grid worker for two buildings
    found = readiness(plan, level=2, codes=[FAR], at=world.at)
    assert found.percent < 100
    assert {one.kind for one in found.weaknesses} >= {"no_backup", "never_drilled"}


def test_what_is_activated_is_what_was_previewed_and_ends_without_a_trace(world: World) -> None:
    plan = ready(world)
    before = peacetime()
    worker = world.users["grid_worker"]
    assert not can(actor_for(worker, at=world.at), Permission.MATTER_ACCEPT, world.path(HOME))
    manifest = compile_plan(plan, level=2, codes=[HOME_STREET], at=world.at)
    response = press(world, plan)
    rows = Overlay.objects.filter(response=response).order_by("id")
    assert {(row.kind, row.target, row.key) for row in rows} == {(i.kind, i.target, i.key) for i in manifest.items}
    assert in_force.mode_at(world.path(HOME), at=world.at).plan == "短预案"
    assert in_force.mode_at(world.path(FAR), at=world.at).kind == "peacetime"
    assert peacetime() == before
    assert can(actor_for(worker, at=world.at), Permission.MATTER_ACCEPT, world.path(HOME))
    assert not can(actor_for(worker, at=world.at), Permission.MATTER_ACCEPT, world.path(NEAR))
    assert my_work(world.actor("grid_worker"), at=world.at).roles
    assert CheckItem.objects.filter(response_id=response.pk).count() == 4
    assert PublicWarning.objects.get(response_id=response.pk).released_at is None

    later = world.at + timedelta(hours=3)
    operations.stand_down(response=response, by=world.actor("command"), at=later, done=[1])
    in_force.forget()
    assert in_force.mode_at(world.path(HOME), at=later).kind == "peacetime"
    assert not can(actor_for(worker, at=later), Permission.MATTER_ACCEPT, world.path(HOME))
    assert not my_work(world.actor("grid_worker"), at=later)
    assert peacetime() == before
    assert [entry.verb for entry in timeline("response", response.pk)] == [
        "access.grant_for_response", "response.begin", "response.check", "response.end",
    ]  # fmt: skip
    with pytest.raises(StateConflict):
        operations.stand_down(response=response, by=world.actor("command"), at=later)


def test_the_same_digest_again_is_the_same_response_and_after_the_end_a_new_one(world: World) -> None:
    plan = ready(world)
    manifest = compile_plan(plan, level=2, codes=[HOME], at=world.at)
    said = {"plan": plan, "level": 2, "codes": [HOME], "digest": manifest.digest, "by": world.actor("command")}
    first = operations.activate(**said, at=world.at)
    second = operations.activate(**said, at=world.at + timedelta(minutes=1))
    assert (first.again, second.again) == (False, True)
    assert first.response.pk == second.response.pk
    assert Response.objects.count() == 1
    operations.stand_down(response=first.response, by=world.actor("command"), at=world.at + timedelta(hours=1))
    then = world.at + timedelta(hours=2)
    anew = compile_plan(plan, level=2, codes=[HOME], at=then)
    assert anew.digest != manifest.digest


def test_many_of_one_moment_are_many_responses(world: World) -> None:
    plan = ready(world)
    made = set()
    for _turn in range(60):  # more than are looked back upon
        manifest = compile_plan(plan, level=4, codes=[HOME], at=world.at)
        said = {"plan": plan, "level": 4, "codes": [HOME], "digest": manifest.digest, "by": world.actor("command")}
        done = operations.activate(**said, at=world.at)
        made.add(done.response.pk)
        assert not done.again
        operations.stand_down(response=done.response, by=world.actor("command"), at=world.at)
    assert len(made) == 60


def test_data_that_changed_since_the_preview_stops_it(world: World) -> None:
    plan = ready(world)
    manifest = compile_plan(plan, level=2, codes=[HOME], at=world.at)
    person = create_person(name="新网格员", phone="10000099999", place=world.places[HOME], by=SYSTEM, at=world.at)
    appointment = appoint(person=person, role="grid_worker", place=world.places[f"{HOME}-G002"], by=SYSTEM, at=world.at)
    with pytest.raises(Outdated) as told:
        operations.activate(
            plan=plan, level=2, codes=[HOME], digest=manifest.digest, by=world.actor("command"), at=world.at
        )
    assert told.value.manifest.digest != manifest.digest
    assert not Response.objects.exists()
    dismiss(appointment=appointment, by=SYSTEM, at=world.at + timedelta(minutes=1), reason="测试")
    made = operations.activate(
        plan=plan, level=2, codes=[HOME], digest=manifest.digest, by=world.actor("command"),
        at=world.at + timedelta(minutes=2),
    )  # fmt: skip
    assert not made.again


def test_the_plan_says_who_may_at_which_level(world: World) -> None:
    plan = ready(world)
    with pytest.raises(NotAllowed):
        press(world, plan, "secretary", level=2, codes=(HOME,))
    with pytest.raises(NotAllowed):
        press(world, plan, "secretary", level=4, codes=(NEAR,))
    with pytest.raises(NotAllowed):
        press(world, plan, "grid_worker", level=4, codes=(HOME,))
    assert press(world, plan, "secretary", level=4, codes=(HOME,)).level == 4
    with pytest.raises(Invalid):
        compile_plan(plan, level=3, codes=[HOME], at=world.at)
    with pytest.raises(Invalid):
        compile_plan(plan, level=2, codes=[f"{HOME}-B001"], at=world.at)


def test_a_change_of_level_takes_back_what_the_new_one_does_not_have(world: World) -> None:
    plan = ready(world)
    response = press(world, plan, codes=(HOME,))
    worker = world.users["grid_worker"]
    then = world.at + timedelta(minutes=5)
    operations.change_level(response=response, level=4, by=world.actor("command"), at=then, reason="险情减轻")
    in_force.forget()
    kinds = set(in_force.overlays_of(response, at=then).values_list("kind", flat=True))
    assert kinds == {"task", "notice"}
    assert not can(actor_for(worker, at=then), Permission.MATTER_ACCEPT, world.path(HOME))
    assert in_force.mode_at(world.path(HOME), at=then).level == 4
    up = then + timedelta(minutes=5)
    operations.change_level(response=response, level=1, by=world.actor("command"), at=up, reason="又加重")
    assert can(actor_for(worker, at=up), Permission.MATTER_ACCEPT, world.path(HOME))


def test_a_response_lapses_by_its_date_even_if_nobody_looks(world: World) -> None:
    plan = ready(world)
    response = press(world, plan, codes=(HOME,))
    worker = world.users["grid_worker"]
    over = world.at + timedelta(days=2)
    assert response.until == over
    assert not can(actor_for(worker, at=over), Permission.MATTER_ACCEPT, world.path(HOME))
    assert in_force.mode_at(world.path(HOME), at=over).kind == "peacetime"
    renewed = world.at + timedelta(days=1)
    operations.renew(
        response=response, until=over + timedelta(days=1), by=world.actor("command"), at=renewed, reason="仍有新增"
    )
    in_force.forget()
    assert can(actor_for(worker, at=over), Permission.MATTER_ACCEPT, world.path(HOME))
    assert operations.lapse_due(at=over) == 0
    assert operations.lapse_due(at=over + timedelta(days=1)) == 1
    assert operations.lapse_due(at=over + timedelta(days=1)) == 0
    with pytest.raises(Invalid):
        operations.renew(response=response, until=over, by=world.actor("command"), at=renewed, reason="")


def test_a_drill_widens_nothing_and_only_its_people_see_it(world: World) -> None:
    plan = ready(world)
    response = press(world, plan, codes=(HOME,), exercise=True)
    assert not Grant.objects.filter(response_id=response.pk).exists()
    assert not PublicWarning.objects.exists()
    worker, other = world.actor("grid_worker"), world.actor("near_grid_worker")
    assert my_work(worker, at=world.at)
    assert not my_work(other, at=world.at)
    drills = in_force.drills_of(worker.user_id, at=world.at)
    assert in_force.mode_at(world.path(HOME), at=world.at, drills=drills).kind == "exercise"
    assert in_force.mode_at(world.path(HOME), at=world.at).kind == "peacetime"
    assert in_force.responses_for(worker).filter(pk=response.pk).exists()
    assert not in_force.responses_for(world.actor("inspector")).filter(pk=response.pk).exists()


def test_a_street_adapts_the_plan_and_both_hold_where_they_should(world: World) -> None:
    plan = ready(world)
    adaptation = (
        "schema: 1\nadapts: short\nchanges:\n  clocks:\n    accept: {minutes: 10}\n  functions:\n    sampling: null\n"
    )
    publish_plan(world, adaptation, place=HOME_STREET)
    manifest = compile_plan(plan, level=2, codes=[DISTRICT], at=world.at)
    clocks = {item.path: item.payload["minutes"] for item in manifest.items if item.kind == "clock"}
    assert clocks == {world.path(DISTRICT): 30, world.path(HOME_STREET): 10}
    rooms = {item.place for item in manifest.items if item.kind == "room_function"}
    assert rooms
    assert all(not code.startswith(HOME_STREET) for code in rooms)


def test_an_adaptation_takes_out_what_would_reach_down(world: World) -> None:
    plan = ready(world)
    publish_plan(world, "schema: 1\nadapts: short\nchanges:\n  clocks:\n    accept: null\n", place=HOME_STREET)
    response = press(world, plan, codes=(DISTRICT,))
    assert "accept" not in in_force.in_force_along("clock", world.path(HOME), at=world.at)
    assert in_force.in_force_along("clock", world.path(FAR), at=world.at)["accept"].payload["minutes"] == 30
    # Another response that says something there counts, though it is the lesser one.
    begin(
        plan="另一个", level=4, paths=[world.path(HOME)], until=world.at + timedelta(days=1), by=SYSTEM, at=world.at,
        overlays=[NewOverlay("clock", world.path(HOME), world.path(HOME), {"minutes": 99}, "accept")],
    )  # fmt: skip
    in_force.forget()
    assert in_force.in_force_along("clock", world.path(HOME), at=world.at)["accept"].payload["minutes"] == 99
    operations.stand_down(response=response, by=world.actor("command"), at=world.at + timedelta(minutes=1))


def test_plans_are_reviewed_by_another_and_published_ones_stay(world: World) -> None:
    furnish(world)
    street = world.actor("street_secretary")
    version = operations.create_plan(source=SHORT, place=world.places[HOME_STREET], by=street, at=world.at)
    with pytest.raises(NotAllowed):
        operations.review(version=version, by=street, at=world.at)
    command = world.actor("command")
    with pytest.raises(StateConflict):
        operations.publish(version=version, by=command, at=world.at)
    operations.publish(version=operations.review(version=version, by=command, at=world.at), by=command, at=world.at)
    digest = version.plan.versions.get(number=1).digest
    second = operations.edit(
        plan=version.plan, source=SHORT.replace("sunset_days: 2", "sunset_days: 3"), by=street, at=world.at, seen=digest
    )
    assert second.number == 2
    assert version.plan.versions.get(number=1).digest == digest
    with pytest.raises(Invalid, match="1 处"):
        operations.edit(plan=version.plan, source=SHORT.replace("other", "ufo"), by=street, at=world.at)
    assert Activation.objects.count() == 0
