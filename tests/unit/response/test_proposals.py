"""Conditions that are met propose, once; a person decides; only a watch may start by itself."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import Invalid, NotAllowed, StateConflict
from pingzhan.core.models import Message
from pingzhan.journal.queries import timeline
from pingzhan.modes import queries as in_force
from pingzhan.modes.models import Response
from pingzhan.response import operations
from pingzhan.response.models import Plan, Proposal
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.conditions import standings
from pingzhan.response.queries.plans import check_here
from pingzhan.response.queries.proposals import open_proposals
from tests.factories.plans import SHORT, publish_plan
from tests.factories.stations import furnish
from tests.factories.world import DISTRICT, HOME, HOME_STREET, World

pytestmark = pytest.mark.django_db
MANY = "  - {code: many, title: 事项很多, level: 4, when: matters.today >= 1}"
AtOnce = Callable[..., list[Any]]


def with_conditions(world: World, *lines: str) -> Plan:
    furnish(world)
    return publish_plan(world, SHORT.replace(MANY, "\n".join(f"  - {{{line}}}" for line in lines)))


def typhoon(world: World, value: float, *, at: datetime, place: str = DISTRICT) -> None:
    operations.take_signal(
        name="warning.typhoon", place=world.places[place], value=value, until=at + timedelta(days=1),
        by=world.actor("command"), at=at,
    )  # fmt: skip


def states() -> list[str]:
    return list(Proposal.objects.order_by("at", "id").values_list("state", flat=True))


TYPHOON = "code: typhoon, title: 台风橙色预警, level: 2, when: warning.typhoon >= 3"


def test_a_warning_that_comes_in_proposes_at_once_and_tells_who_may_decide(world: World) -> None:
    plan = with_conditions(world, TYPHOON)
    typhoon(world, 2, at=world.at)
    assert not Proposal.objects.exists()
    typhoon(world, 3, at=world.at)
    row = Proposal.objects.get()
    assert (row.plan, row.level, row.state, row.figures) == (plan, 2, "open", {"warning.typhoon": 3.0})
    assert not Response.objects.exists()
    told = Message.objects.filter(template="plan_proposed", channel="inbox").order_by("id")
    assert [message.to_user for message in told] == [world.users["command"].pk]  # street secretaries hold a part only
    assert "台风橙色预警" in told[0].text.open()
    assert open_proposals(world.actor("command")) == [row]
    assert open_proposals(world.actor("secretary")) == []


def test_a_figure_around_its_limit_proposes_once(world: World) -> None:
    with_conditions(world, TYPHOON)
    at = world.at
    for minute, value in enumerate((3, 2, 3, 2, 3, 2, 3)):
        typhoon(world, value, at=at + timedelta(minutes=10 * minute))
    assert states() == ["open"]
    at += timedelta(hours=2)
    typhoon(world, 0, at=at)
    operations.consider(at=at + timedelta(minutes=29))
    assert states() == ["open"]
    operations.consider(at=at + timedelta(minutes=30))
    assert states() == ["passed"]  # nobody had decided, and there is nothing to decide any more
    typhoon(world, 4, at=at + timedelta(minutes=31))
    assert states() == ["passed", "open"]


def test_a_condition_is_over_by_its_own_limit_where_it_has_one(world: World) -> None:
    with_conditions(world, f"{TYPHOON}, until: warning.typhoon == 0")
    typhoon(world, 3, at=world.at)
    for hour in range(1, 5):
        typhoon(world, 1, at=world.at + timedelta(hours=hour))
    assert states() == ["open"]
    typhoon(world, 0, at=world.at + timedelta(hours=6))
    operations.consider(at=world.at + timedelta(hours=7))
    assert states() == ["passed"]


def test_whoever_decides_against_it_says_why_and_is_not_asked_again(world: World) -> None:
    with_conditions(world, TYPHOON)
    typhoon(world, 3, at=world.at)
    row = Proposal.objects.get()
    command = world.actor("command")
    with pytest.raises(Invalid):
        operations.dismiss(proposal=row, by=command, at=world.at, reason=" ")
    with pytest.raises(NotAllowed):
        operations.dismiss(proposal=row, by=world.actor("secretary"), at=world.at, reason="没事")
    operations.dismiss(proposal=row, by=command, at=world.at, reason="路径已偏离本区")
    assert [entry.verb for entry in timeline("proposal", row.pk)] == ["proposal.propose", "proposal.dismissed"]
    with pytest.raises(StateConflict):
        operations.accept(proposal=row, by=command, at=world.at)
    for hour in range(1, 4):
        operations.consider(at=world.at + timedelta(hours=hour))
    assert states() == ["dismissed"]


def test_activating_the_plan_decides_what_it_proposed(world: World) -> None:
    plan = with_conditions(world, TYPHOON)
    typhoon(world, 3, at=world.at)
    for codes, state in (([HOME_STREET], "open"), ([DISTRICT], "accepted")):
        manifest = compile_plan(plan, level=2, codes=codes, at=world.at)
        operations.activate(
            plan=plan, level=2, codes=codes, digest=manifest.digest, by=world.actor("command"), at=world.at
        )
        assert states() == [state]
    in_force.forget()
    row = Proposal.objects.get()
    assert row.response_id == Response.objects.order_by("-id")[0].pk
    # What is in force need not be proposed: a second condition of the same level stays silent.
    row.delete()
    operations.consider(at=world.at)
    assert states() == []


def test_a_watch_may_start_by_itself_once(world: World) -> None:
    with_conditions(world, "code: watch, title: 事项增多, level: 4, when: matters.today >= 1, start: true")
    assert operations.consider(at=world.at) == 0
    world.report("楼道漏水", at=world.at - timedelta(minutes=5))
    assert operations.consider(at=world.at) == 1
    assert operations.start_watches(at=world.at) == 1
    in_force.forget()
    assert operations.start_watches(at=world.at) == 0
    assert operations.consider(at=world.at) == 0
    response = Response.objects.get()
    assert (response.level, response.plan) == (4, "短预案")
    assert in_force.mode_at(world.path(HOME), at=world.at).level == 4
    row = Proposal.objects.get()
    assert (row.state, row.response_id, row.decided_by) == ("started", response.pk, "system")
    assert not Message.objects.filter(template="plan_proposed").exists()


def test_a_watch_that_cannot_start_is_told_once_and_left_to_a_person(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_conditions(world, "code: watch, title: 事项增多, level: 4, when: matters.today >= 1, start: true")
    world.report("楼道漏水", at=world.at - timedelta(minutes=5))
    operations.consider(at=world.at)

    def refuse(*_args: object, **_more: object) -> None:
        raise Invalid("预案不适用")

    with monkeypatch.context() as broken:
        broken.setattr("pingzhan.response.operations.proposals.activate", refuse)
        for minutes in range(3):
            assert operations.start_watches(at=world.at + timedelta(minutes=minutes)) == 0
    told = Message.objects.filter(template="plan_proposed", to_user=world.users["command"].pk)
    assert told.exclude(channel="sms").count() == 1
    row = Proposal.objects.get()
    assert (row.state, row.start_failed_at) == ("open", world.at)
    assert [entry.verb for entry in timeline("proposal", row.pk)] == ["proposal.propose", "proposal.fail"]
    assert operations.start_watches(at=world.at + timedelta(hours=1)) == 0  # a person decides now


def test_only_a_watch_may_start_by_itself_and_names_must_exist(world: World) -> None:
    furnish(world)
    wrong = SHORT.replace(MANY, f"  - {{{TYPHOON}, start: true}}\n  - {{code: x, title: x, level: 4, when: wind >= 3}}")
    found = check_here(wrong)[1]
    assert [one.where for one in found] == ["conditions[1].start", "conditions[2].when"]


def test_a_stock_that_nobody_has_told_of_proposes_nothing(world: World) -> None:
    plan = with_conditions(world, "code: water, title: 饮水不足三天, level: 4, when: stock.water < 3")
    data = {"conditions": [{"code": "water", "title": "饮水", "level": 4, "when": "stock.water < 3"}]}
    (standing,) = standings(data, plan.path, at=world.at)
    assert (standing.holds, standing.unknown) == (False, ("stock.water",))
    assert operations.consider(at=world.at) == 0
    for place, days in ((DISTRICT, 9), (HOME, 2)):
        operations.take_signal(
            name="stock.water", place=world.places[place], value=days, until=world.at + timedelta(days=1),
            by=world.actor("command"), at=world.at,
        )  # fmt: skip
    assert states() == ["open"]  # the place that is short first counts
    (standing,) = standings(data, plan.path, at=world.at + timedelta(days=2))
    assert standing.unknown == ("stock.water",)  # too old to count


def test_figures_from_outside_are_refused_when_they_cannot_be(world: World) -> None:
    said: dict[str, Any] = {"place": world.places[HOME], "by": world.actor("secretary"), "at": world.at}
    soon = world.at + timedelta(hours=1)
    for name, value, until in (
        ("wind.now", 1, soon), ("warning.Typhoon", 1, soon), ("warning.rain", 5, soon), ("alarm.smoke", -1, soon),
        ("alarm.smoke", float("nan"), soon), ("alarm.smoke", 1, world.at),
        ("alarm.smoke", 1, soon + timedelta(days=40)),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            operations.take_signal(name=name, value=value, until=until, **said)
    with pytest.raises(NotAllowed):
        operations.take_signal(name="alarm.smoke", value=1, until=soon, **said | {"place": world.places[DISTRICT]})


@pytest.mark.django_db(transaction=True)
def test_many_who_look_at_once_propose_once_and_start_once(world: World, at_once: AtOnce) -> None:
    with_conditions(world, "code: watch, title: 事项增多, level: 4, when: matters.today >= 1, start: true")
    world.report("楼道漏水", at=world.at - timedelta(minutes=5))
    assert sum(at_once(*(lambda: operations.consider(at=world.at) for _ in range(4)))) == 1
    assert sum(at_once(*(lambda: operations.start_watches(at=world.at) for _ in range(4)))) == 1
    assert Response.objects.count() == 1
    assert states() == ["started"]


def test_what_is_over_is_on_record_as_passed(world: World) -> None:
    with_conditions(world, TYPHOON)
    typhoon(world, 3, at=world.at)
    typhoon(world, 0, at=world.at + timedelta(hours=1))
    operations.consider(at=world.at + timedelta(hours=2))
    row = Proposal.objects.get()
    assert row.state == "passed"
    *_, last = timeline("proposal", row.pk)
    assert (last.verb, last.to_state) == ("proposal.pass", "passed")


def test_what_a_plan_proposed_ends_with_its_last_condition(world: World) -> None:
    plan = with_conditions(world, TYPHOON)
    typhoon(world, 3, at=world.at)
    without = SHORT.replace(f"conditions:\n{MANY}\n", "")
    assert without != SHORT
    draft = operations.edit(plan=plan, source=without, by=SYSTEM, at=world.at)
    operations.publish(version=operations.review(version=draft, by=SYSTEM, at=world.at), by=SYSTEM, at=world.at)
    operations.consider(at=world.at + timedelta(minutes=1))
    assert states() == ["passed"]


def test_what_a_plan_proposed_ends_when_it_is_taken_out_of_use(world: World) -> None:
    plan = with_conditions(world, f"{TYPHOON.replace('level: 2', 'level: 4')}, start: true")
    typhoon(world, 3, at=world.at)
    operations.retire(version=plan.versions.get(), by=SYSTEM, at=world.at)
    operations.consider(at=world.at + timedelta(minutes=1))
    assert states() == ["passed"]
    assert operations.start_watches(at=world.at + timedelta(minutes=1)) == 0
    assert not Response.objects.exists()
