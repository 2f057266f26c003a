"""Whatever units and whistler do in whatever order, the whistle holds together: a model beside the real thing."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from pingzhan.core.errors import DomainError
from pingzhan.journal.queries import timeline
from pingzhan.matters.models import Lateness, Summons, Whistle
from pingzhan.matters.operations import whistle as operations
from pingzhan.matters.whistle_rules import DEFAULTS
from pingzhan.matters.whistle_tasks import sweep_whistles
from pingzhan.matters.whistle_workflow import (
    ACTS,
    DONE_AT,
    DUE_AT,
    HERE,
    SummonsState,
    WhistleClock,
    WhistleStep,
    after,
)
from tests.factories.whistles import CALLED, blow, summons
from tests.factories.world import World

pytestmark = pytest.mark.django_db

_ANSWERS = {
    WhistleStep.CHECK_IN: operations.check_in,
    WhistleStep.REPORT: operations.report_up,
    WhistleStep.FEED_BACK: operations.feed_back,
    WhistleStep.ARRIVE: operations.arrive,
    WhistleStep.LEAVE: operations.leave,
}
_UNITS = list(CALLED)
_commands = st.lists(
    st.tuples(
        st.sampled_from([*_ANSWERS, WhistleStep.HAND_OVER, WhistleStep.RELEASE, WhistleStep.CLOSE, "sweep"]),
        st.integers(0, len(_UNITS) - 1),
        st.sampled_from([1, 9, 45, 400]),  # minutes that pass before it
    ),
    max_size=14,
)


def _do(world: World, whistle: Whistle, step: Any, unit: str, at: Any) -> None:
    by = world.actor(CALLED[unit])
    if step in _ANSWERS:
        _ANSWERS[step](whistle=whistle, by=by, at=at, note="情况如下", unit=unit)
    elif step == WhistleStep.HAND_OVER:
        to = _UNITS[(_UNITS.index(unit) + 1) % len(_UNITS)]
        operations.hand_over(whistle=whistle, by=by, at=at, to=to, unit=unit)
    elif step == WhistleStep.RELEASE:
        operations.release(whistle=whistle, by=world.actor("secretary"), at=at, unit=unit)
    else:
        operations.close(whistle=whistle, by=world.actor("secretary"), at=at)


@given(commands=_commands)
@settings(max_examples=30)
def test_the_table_the_clocks_and_the_end_hold_together(standing: World, commands: list[tuple[Any, int, int]]) -> None:
    world = standing
    with transaction.atomic():
        whistle, at = blow(world), world.at + timedelta(minutes=1)
        for step, index, minutes in commands:
            at += timedelta(minutes=minutes)
            unit = _UNITS[index]
            before = summons(whistle, unit)
            ran = Whistle.objects.get(pk=whistle.pk).ended_at is None
            if step == "sweep":
                sweep_whistles(at)
            else:
                allowed = ran and (step == WhistleStep.CLOSE or before.state in ACTS[step].sources)
                try:
                    with transaction.atomic():
                        _do(world, whistle, step, unit, at)
                    assert allowed, (step, before.state)
                    if step in ACTS and step != WhistleStep.HAND_OVER:
                        assert Summons.objects.get(pk=before.pk).state == after(before.state, ACTS[step])
                except DomainError:
                    assert not allowed, (step, before.state)
            _holds(whistle, at)
        transaction.set_rollback(True)


def _holds(whistle: Whistle, at: Any) -> None:
    now = Whistle.objects.get(pk=whistle.pk)
    rows = list(now.summonses.order_by("id"))
    here = [row for row in rows if row.state in HERE]
    assert (now.ended_at is None) == bool(here)
    assert len({row.unit_id for row in here}) == len(here)
    for row in rows:
        told = set(Lateness.objects.filter(summons=row).values_list("clock", flat=True))
        for clock in WhistleClock:
            done, due = getattr(row, DONE_AT[clock]), getattr(row, DUE_AT[clock])
            assert due == row.called_at + timedelta(minutes=DEFAULTS[clock])  # nothing ever moves a clock
            assert done is None or (row.checked_in_at is not None and row.checked_in_at <= done <= at)
        waiting = [
            getattr(row, DUE_AT[clock])
            for clock in WhistleClock
            if getattr(row, DONE_AT[clock]) is None and clock not in told
        ]
        assert row.next_due_at == (min(waiting, default=None) if row.state in HERE else None)
        if row.state in (SummonsState.LEFT, SummonsState.HANDED_OVER):
            assert row.arrived_at is not None
    verbs = [entry.verb for entry in timeline("whistle", now.pk)]
    assert now.version == len([verb for verb in verbs if verb != "whistle.late"])
    assert verbs.count("whistle.late") == Lateness.objects.filter(summons__whistle=now).count()


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Any:
    from tests.factories.world import make_world

    with django_db_blocker.unblock(), transaction.atomic():
        yield make_world()
        transaction.set_rollback(True)
