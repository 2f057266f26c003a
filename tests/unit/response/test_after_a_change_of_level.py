"""What a change of level brings with it beside people and rooms: its warning, and what is to be tidied up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.modes import queries as in_force
from pingzhan.modes.models import Overlay
from pingzhan.people.models import Appointment
from pingzhan.people.operations import appoint, create_person, dismiss
from pingzhan.response import operations
from pingzhan.response.models import CheckItem, Plan, PublicWarning
from pingzhan.response.operations.activation import activation_of
from pingzhan.response.queries.another_level import another_level
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.responses import released_warnings
from tests.factories.plans import SHORT, publish_plan, ready
from tests.factories.stations import furnish
from tests.factories.world import HOME, HOME_STREET, World
from tests.unit.response.test_switch import press

pytestmark = pytest.mark.django_db
AtOnce = Callable[..., list[Any]]


def test_a_higher_level_prepares_its_warning_and_a_level_without_one_takes_it_back(world: World) -> None:
    command = world.actor("command")
    response = press(world, ready(world), level=4, codes=(HOME,))
    assert not PublicWarning.objects.exists()  # the plan warns at Ⅰ and Ⅱ only
    up = world.at + timedelta(minutes=5)
    operations.change_level(response=response, level=2, by=command, at=up, reason="加重")
    severe = PublicWarning.objects.get()
    assert (severe.severity, severe.released_at) == ("Severe", None)
    operations.release(warning=severe, response=response, by=command, at=up)
    higher = up + timedelta(minutes=5)
    operations.change_level(response=response, level=1, by=command, at=higher, reason="扩散")
    extreme = PublicWarning.objects.get(severity="Extreme")
    assert released_warnings([response.pk], at=higher) == [severe]  # until a person releases the new one
    operations.release(warning=extreme, response=response, by=command, at=higher)
    assert released_warnings([response.pk], at=higher) == [extreme]
    down = higher + timedelta(minutes=5)
    operations.change_level(response=response, level=4, by=command, at=down, reason="好转")
    assert released_warnings([response.pk], at=down) == []
    assert PublicWarning.objects.count() == 2


def people_on_duty(response: Any) -> dict[tuple[str, str], Any]:
    rows = Overlay.objects.filter(response=response, kind="person_duty", until__isnull=True)
    return {(target, key): person for target, key, person in rows.values_list("target", "key", "person_id")}


def test_whoever_has_a_duty_keeps_it_though_others_came_nearer(world: World) -> None:
    plan = ready(world)
    vacant = Appointment.objects.filter(role="building_leader", path__startswith=world.places[HOME].path).first()
    assert vacant
    dismiss(appointment=vacant, by=SYSTEM, at=world.at, reason="搬走")
    response = press(world, plan, level=2, codes=(HOME,))
    before = people_on_duty(response)
    newcomer = create_person(name="新楼长", phone="10000077701", place=world.places[HOME], by=SYSTEM, at=world.at)
    appoint(person=newcomer, role="building_leader", place=vacant.place, by=SYSTEM, at=world.at)
    fresh = compile_plan(plan, level=1, codes=[HOME], at=world.at)
    assert newcomer.pk in {one.person_id for one in fresh.items if one.kind == "person_duty"}
    preview = another_level(response, activation_of(response), level=1, at=world.at)
    assert [one.item.subject for one in preview.changed if one.kind == "person_duty"] == []
    command, then = world.actor("command"), world.at + timedelta(minutes=5)
    operations.change_level(
        response=response, level=1, by=command, at=then, reason="扩散", digest=preview.manifest.digest
    )
    after = people_on_duty(response)
    assert {pair: after[pair] for pair in before} == before


def test_whoever_may_no_longer_have_a_duty_hands_it_over(world: World) -> None:
    response = press(world, ready(world), level=2, codes=(HOME,))
    before = people_on_duty(response)
    leaving = next(person for (_target, key), person in sorted(before.items()) if key.endswith(":A1"))
    for held in Appointment.objects.filter(person_id=leaving, until__isnull=True):
        dismiss(appointment=held, by=SYSTEM, at=world.at, reason="调离")
    then = world.at + timedelta(minutes=5)
    operations.change_level(response=response, level=1, by=world.actor("command"), at=then, reason="扩散")
    after = people_on_duty(response)
    assert leaving not in after.values()
    assert {target for target, _key in after} == {target for target, _key in before}


def test_a_draft_of_another_level_is_not_released(world: World) -> None:
    command = world.actor("command")
    response = press(world, ready(world), level=2, codes=(HOME,))
    draft = PublicWarning.objects.get()
    then = world.at + timedelta(minutes=5)
    operations.change_level(response=response, level=4, by=command, at=then, reason="好转")
    draft.refresh_from_db()
    with pytest.raises(StateConflict):
        operations.release(warning=draft, response=response, by=command, at=then)


def test_a_warning_lasts_as_long_as_the_response(world: World) -> None:
    response = press(world, ready(world), level=2, codes=(HOME,))
    until = response.until + timedelta(days=3)
    operations.renew(response=response, until=until, by=world.actor("command"), at=world.at, reason="未清零")
    assert PublicWarning.objects.get().expires == until


def test_what_another_level_changed_is_to_be_tidied_up_as_well(world: World) -> None:
    furnish(world)
    only_high = "  - {code: sampling, function: sampling_point, per: community, levels: [1]}"
    source = SHORT.replace("  - {code: sampling, function: sampling_point, per: community, levels: [1, 2]}", only_high)
    response = press(world, publish_plan(world, source), level=2, codes=(HOME_STREET,))

    def about_rooms() -> list[str]:
        return [
            text for text in CheckItem.objects.order_by("number").values_list("text", flat=True) if "间用房" in text
        ]

    assert about_rooms() == []
    command = world.actor("command")
    operations.change_level(response=response, level=1, by=command, at=world.at + timedelta(minutes=1), reason="扩散")
    assert len(about_rooms()) == 1
    for turn, level in enumerate((2, 1), 2):  # the same rooms again: nothing more to tidy up
        at = world.at + timedelta(minutes=turn)
        operations.change_level(response=response, level=level, by=command, at=at, reason="反复")
    assert len(about_rooms()) == 1


def test_matters_that_are_open_at_the_end_are_told_on_the_list(world: World) -> None:
    response = press(world, ready(world), codes=(HOME,))
    in_force.forget()
    world.report("楼道漏水")
    world.report("路灯不亮")
    operations.stand_down(response=response, by=world.actor("command"), at=world.at + timedelta(hours=1))
    assert "2 件" in CheckItem.objects.order_by("-number")[0].text
    later = press(world, Plan.objects.get(code="short"), level=4, codes=(HOME,))
    operations.lapse_due(at=later.until)
    assert CheckItem.objects.filter(response_id=later.pk, text__contains="2 件").exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_change_the_level_at_once_one_is_told(world: World, at_once: AtOnce) -> None:
    furnish(world)
    only_high = "  - {code: sampling, function: sampling_point, per: community, levels: [1]}"
    source = SHORT.replace("  - {code: sampling, function: sampling_point, per: community, levels: [1, 2]}", only_high)
    response = press(world, publish_plan(world, source), level=2, codes=(HOME_STREET,))

    def raise_it() -> str:
        own = in_force.get_response(response.pk)
        try:
            operations.change_level(response=own, level=1, by=world.actor("command"), at=world.at, reason="扩散")
        except (StateConflict, Invalid):
            return "told"
        return "done"

    assert sorted(at_once(*[raise_it] * 4)) == ["done", "told", "told", "told"]
    assert CheckItem.objects.filter(text__contains="间用房").count() == 1
    assert PublicWarning.objects.filter(severity="Extreme").count() == 1
