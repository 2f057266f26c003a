"""Any sequence of activating, nesting, overlapping, changing level, renewing, lapsing, drilling and standing down:
what is in force is what a model says that was written without looking at the real thing.

The model keeps a list of responses and walks through it for every question.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.models import Grant
from pingzhan.access.operations import EmergencyGrant, create_user, grant
from pingzhan.access.queries import actor_for
from pingzhan.core.errors import StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.modes import operations, queries
from pingzhan.modes.models import Response
from pingzhan.modes.operations import NewOverlay

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 10, tzinfo=UTC)
PATHS = ("31/", "31/01/", "31/01/001/", "31/02/")
ROOMS = tuple(str(uuid7()) for _ in range(3))
FUNCTIONS = ("sampling", "shelter", "supply")
CLOCKS = ("accept", "finish")
ROLES = ("grid_worker", "community_staff")

# (kind, target, key, payload, path)
changes = st.lists(
    st.one_of(
        st.tuples(
            st.just("room_function"), st.sampled_from(ROOMS), st.just(""),
            st.sampled_from(FUNCTIONS).map(lambda name: {"function": name}), st.just("31/"),
        ),
        st.tuples(
            st.just("clock"), st.sampled_from(PATHS), st.sampled_from(CLOCKS),
            st.integers(1, 3).map(lambda n: {"minutes": n}), st.just("31/"),
        ),
    ),
    max_size=4, unique_by=lambda one: one[:3],
)  # fmt: skip
rights = st.lists(st.tuples(st.integers(0, 1), st.sampled_from(ROLES), st.sampled_from(PATHS)), max_size=2, unique=True)
levels = st.integers(1, 4)
hours = st.integers(1, 6)


class Switch(RuleBasedStateMachine):
    """Two things side by side: the real rows, and `self.told`, the model."""

    @initialize()
    def begin_in_peace(self) -> None:
        self.outer = transaction.atomic()
        self.outer.__enter__()
        queries.forget()
        self.at = START
        self.told: list[dict[str, Any]] = []
        self.users = [create_user(username=f"u{n}{uuid7()}", name="甲", by=SYSTEM, at=START) for n in range(2)]
        grant(user=self.users[0], role="building_leader", path="31/02/", by=SYSTEM, at=START)
        self.base = {0: {("building_leader", "31/02/")}, 1: set()}
        self.peace = list(Grant.objects.filter(response_id__isnull=True).order_by("id").values())

    def teardown(self) -> None:
        if hasattr(self, "outer"):
            transaction.set_rollback(True)
            self.outer.__exit__(None, None, None)
        queries.forget()

    # --- what can happen ---

    @rule(paths=st.sets(st.sampled_from(PATHS), min_size=1), level=levels, hours=hours, laid=changes, given=rights)
    def activate(self, paths: set[str], level: int, hours: int, laid: list[Any], given: list[Any]) -> None:
        self._begin(paths, level, hours, laid, given, exercise=False, takes_part=set())

    @rule(
        paths=st.sets(st.sampled_from(PATHS), min_size=1), level=levels, hours=hours, laid=changes,
        takes_part=st.sets(st.integers(0, 1)),
    )  # fmt: skip
    def drill(self, paths: set[str], level: int, hours: int, laid: list[Any], takes_part: set[int]) -> None:
        self._begin(paths, level, hours, laid, [], exercise=True, takes_part=takes_part)

    def _begin(
        self, paths: set[str], level: int, hours: int, laid: list[Any], given: list[Any], *, exercise: bool,
        takes_part: set[int],
    ) -> None:  # fmt: skip
        until = self.at + timedelta(hours=hours)
        made = operations.begin(
            plan="演", level=level, paths=paths, until=until, by=SYSTEM, at=self.at, exercise=exercise,
            overlays=_overlays(laid), grants=self._grants(given),
            participants=[self.users[one].pk for one in takes_part],
        )  # fmt: skip
        self.told.append(
            {"id": made.pk, "level": level, "exercise": exercise, "since": self.at, "until": until, "ended": None,
             "paths": paths, "laid": laid, "given": given, "takes_part": takes_part}
        )  # fmt: skip

    @precondition(lambda self: getattr(self, "told", None))
    @rule(data=st.data(), level=levels, laid=changes, given=rights)
    def change_level(self, data: Any, level: int, laid: list[Any], given: list[Any]) -> None:
        one = data.draw(st.sampled_from(self.told))
        if one["exercise"]:
            given = []
        response = Response.objects.get(pk=one["id"])
        if level == one["level"]:
            return
        if not self._in_force(one):
            with pytest.raises(StateConflict), transaction.atomic():
                operations.change_level(response=response, level=level, by=SYSTEM, at=self.at, reason="升级")
            return
        operations.change_level(
            response=response, level=level, by=SYSTEM, at=self.at, reason="升级", overlays=_overlays(laid),
            grants=self._grants(given),
        )  # fmt: skip
        one.update(level=level, laid=laid, given=given)

    @precondition(lambda self: getattr(self, "told", None))
    @rule(data=st.data(), more=hours)
    def renew(self, data: Any, more: int) -> None:
        one = data.draw(st.sampled_from(self.told))
        until = max(one["until"], self.at) + timedelta(hours=more)
        response = Response.objects.get(pk=one["id"])
        if not self._in_force(one):
            with pytest.raises(StateConflict), transaction.atomic():
                operations.renew(response=response, until=until, by=SYSTEM, at=self.at, reason="险情未解除")
            return
        operations.renew(response=response, until=until, by=SYSTEM, at=self.at, reason="险情未解除")
        one["until"] = until

    @precondition(lambda self: getattr(self, "told", None))
    @rule(data=st.data())
    def stand_down(self, data: Any) -> None:
        one = data.draw(st.sampled_from(self.told))
        response = Response.objects.get(pk=one["id"])
        if not self._in_force(one):
            with pytest.raises(StateConflict), transaction.atomic():
                operations.end(response=response, by=SYSTEM, at=self.at)
            return
        operations.end(response=response, by=SYSTEM, at=self.at)
        one["ended"] = self.at

    @rule(minutes=st.sampled_from([20, 60, 200]))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule()
    def tick(self) -> None:
        for response in queries.due_to_lapse(at=self.at):
            assert operations.lapse(response=response, at=self.at)
            one = next(one for one in self.told if one["id"] == response.pk)
            assert one["until"] <= self.at
            one["ended"] = one["until"]

    # --- what must hold ---

    @invariant()
    def what_is_in_force_is_what_the_model_says(self) -> None:
        if not hasattr(self, "told"):
            return
        queries.forget()  # the test's transaction never commits
        for viewer in (None, 0, 1):
            drills = queries.drills_of(self.users[viewer].pk if viewer is not None else None, at=self.at)
            order = self._ranked(viewer)
            for path in PATHS:
                first = next((one for one in order if any(path.startswith(own) for own in one["paths"])), None)
                mode = queries.mode_at(path, at=self.at, drills=drills)
                assert mode.response_id == (first["id"] if first else None)
                assert mode.level == (first["level"] if first else None)
                said = {
                    key: found.payload
                    for key, found in queries.in_force_along("clock", path, at=self.at, drills=drills).items()
                }
                assert said == self._clocks(order, path)
            rooms = queries.in_force("room_function", ROOMS, at=self.at, drills=drills)
            assert {room: found.payload for room, found in rooms.items()} == self._rooms(order)

    @invariant()
    def rights_are_widened_by_responses_in_force_and_by_nothing_else(self) -> None:
        if not hasattr(self, "told"):
            return
        for number, user in enumerate(self.users):
            held = {(one.role, one.path) for one in actor_for(user, at=self.at).held}
            widened = {
                (role, path)
                for one in self.told
                if self._in_force(one)
                for whose, role, path in one["given"]
                if whose == number
            }
            assert held == self.base[number] | widened

    @invariant()
    def peacetime_rows_are_as_they_were(self) -> None:
        if hasattr(self, "told"):
            assert list(Grant.objects.filter(response_id__isnull=True).order_by("id").values()) == self.peace

    # --- the model ---

    def _in_force(self, one: dict[str, Any]) -> bool:
        return one["ended"] is None and one["since"] <= self.at < one["until"]

    def _ranked(self, viewer: int | None) -> list[dict[str, Any]]:
        seen = [
            (one["exercise"], one["level"], -one["since"].timestamp(), -number, one)
            for number, one in enumerate(self.told)
            if self._in_force(one) and (not one["exercise"] or viewer in one["takes_part"])
        ]
        return [row[-1] for row in sorted(seen, key=lambda row: row[:-1])]

    @staticmethod
    def _rooms(order: list[dict[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in order:
            for kind, target, _key, payload, _path in one["laid"]:
                if kind == "room_function" and target not in found:
                    found[target] = payload
        return found

    @staticmethod
    def _clocks(order: list[dict[str, Any]], path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for one in order:
            fitting = [row for row in one["laid"] if row[0] == "clock" and path.startswith(row[1])]
            for _kind, _target, key, payload, _path in sorted(fitting, key=lambda row: -len(row[1])):
                found.setdefault(key, payload)
        return found

    def _grants(self, given: list[Any]) -> list[EmergencyGrant]:
        return [EmergencyGrant(self.users[whose].pk, role, path) for whose, role, path in given]


def _overlays(laid: list[Any]) -> list[NewOverlay]:
    return [NewOverlay(kind, target, path, payload, key) for kind, target, key, payload, path in laid]


def test_in_force_equals_the_model_after_any_sequence() -> None:
    run_state_machine_as_test(Switch, settings=settings(max_examples=40, stateful_step_count=14))


def test_nobody_without_the_right_starts_a_response() -> None:
    from pingzhan.core.errors import NotAllowed

    with pytest.raises(NotAllowed):
        operations.begin(
            plan="防汛",
            level=3,
            paths=["31/"],
            until=START + timedelta(days=1),
            by=Actor("user", uuid7(), "甲"),
            at=START,
        )


def test_asking_for_a_whole_list_is_one_statement_and_none_in_peace(django_assert_num_queries: Any) -> None:
    queries.forget()
    queries.mode_at("31/", at=START)
    with django_assert_num_queries(0):
        assert queries.in_force("room_function", ROOMS, at=START) == {}
    operations.begin(
        plan="防汛", level=3, paths=["31/"], until=START + timedelta(days=1), by=SYSTEM, at=START,
        overlays=[NewOverlay("room_function", room, "31/", {"function": "shelter"}) for room in ROOMS],
    )  # fmt: skip
    queries.forget()
    queries.mode_at("31/", at=START)
    with django_assert_num_queries(1):
        assert len(queries.in_force("room_function", ROOMS, at=START)) == 3


def test_a_payload_that_says_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="minutes"):
        operations.begin(
            plan="防汛", level=3, paths=["31/"], until=START + timedelta(days=1), by=SYSTEM, at=START,
            overlays=[NewOverlay("clock", "31/", "31/", {"minutes": "soon"}, "accept")],
        )  # fmt: skip
