"""The table of the eight-step loop is whole: every state has an owner and a way out, every step a right."""

from pathlib import Path

import pytest

from pingzhan.access.permissions import Permission
from pingzhan.access.roles import ROLES
from pingzhan.matters.choices import Status, Step
from pingzhan.matters.rules import CLOCKS, track
from pingzhan.matters.workflow import CLOSED, EIGHT_STEPS, OWNER, TABLE, steps_from
from tools.states import diagram

CONTRACT_STEPS = [
    "accept",
    "reject",
    "dispatch",
    "sign",
    "return",
    "progress",
    "refer",
    "hold",
    "resume",
    "complete",
    "verify",
    "feed_back",
    "rate",
    "publish",
    "archive",
    "reopen",
    "urge",
    "supervise",
    "merge",
    "split",
    "withdraw",
]


def test_every_step_of_the_contract_is_in_the_table():
    assert {step.value for step in TABLE} >= set(CONTRACT_STEPS)


@pytest.mark.parametrize("status", Status.values)
def test_every_state_has_an_owner_and_a_way_out(status):
    assert OWNER[status]
    leaving = [step for step in steps_from(status) if TABLE[step].in_state(status).target not in (None, status)]
    assert leaving, f"{status} is a dead end"


def test_every_state_can_be_reached_from_the_first():
    reached, new = {Status.SUBMITTED}, {Status.SUBMITTED}
    while new:
        new = {row.in_state(source).target for row in TABLE.values() for source in row.sources & new} - reached - {None}
        reached |= new
    assert reached == set(Status)


def test_every_state_leads_to_the_archive():
    leads = {Status.ARCHIVED}
    grown = True
    while grown:
        more = {
            s for row in TABLE.values() for s in row.sources if leads & {row.in_state(s).target, row.otherwise}
        } - leads
        leads |= more
        grown = bool(more)
    assert leads == set(Status)


@pytest.mark.parametrize("step", list(TABLE))
def test_some_role_may_take_each_step(step):
    assert any(TABLE[step].permission in role.permissions for role in ROLES.values())


def test_clocks_are_set_for_known_steps_only():
    assert set(CLOCKS) <= {*TABLE, Step.REPORT}


@pytest.mark.parametrize("status", [*OWNER])
def test_the_track_shows_eight_steps_in_order(status):
    shown = track(status, came_from="accepted" if status in CLOSED and status != "archived" else "")
    assert [item.step for item in shown] == [step for step, _ in EIGHT_STEPS]
    assert len(shown) == 8
    states = [item.state for item in shown]
    assert states == sorted(states, key=["done", "now", "todo"].index)
    if status == "archived":
        assert set(states) == {"done"}


def test_only_the_unit_in_charge_handles():
    handling = {step for step, row in TABLE.items() if row.permission is Permission.MATTER_HANDLE}
    assert handling == {step for step, row in TABLE.items() if row.by_handler}


def test_the_page_on_architecture_shows_these_states():
    page = (Path(__file__).parents[3] / "docs/architecture.md").read_text(encoding="utf-8")
    assert diagram() in page, "run python -m tools.states"
