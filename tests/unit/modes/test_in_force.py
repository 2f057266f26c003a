"""Which mode is in force where and when: by the rule, at the moment asked for, and seen soon after a change."""

from datetime import UTC, datetime, timedelta

import pytest

from pingzhan.core.ids import uuid7
from pingzhan.modes import queries
from pingzhan.modes.models import Participant, Response, ResponsePlace
from pingzhan.modes.queries import PEACETIME, mode_at, modes_at

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 10, tzinfo=UTC)
STREET, COMMUNITY, NEIGHBOUR = "31/310107005/", "31/310107005/310107005001/", "31/3101070051/"


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    queries.forget()


def respond(path: str, *, level: int = 3, exercise: bool = False, after: int = 0, hours: int = 24) -> Response:
    since = AT + timedelta(hours=after)
    response = Response.objects.create(
        plan=f"{level}", level=level, exercise=exercise, since=since, until=since + timedelta(hours=hours)
    )
    ResponsePlace.objects.create(response=response, path=path)
    queries.forget()
    return response


def test_a_response_covers_what_lies_below_it_and_nothing_beside_it() -> None:
    respond(STREET)
    found = modes_at([STREET, COMMUNITY, NEIGHBOUR, "31/"], at=AT)
    assert {path: mode.kind for path, mode in found.items()} == {
        STREET: "emergency",
        COMMUNITY: "emergency",
        NEIGHBOUR: "peacetime",
        "31/": "peacetime",
    }


def test_the_higher_level_counts_then_the_later_response() -> None:
    respond("31/", level=2)
    respond(COMMUNITY, level=3)
    assert mode_at(COMMUNITY, at=AT).level == 2
    respond(STREET, level=2, after=1)
    assert mode_at(COMMUNITY, at=AT + timedelta(hours=2)).since == AT + timedelta(hours=1)


def test_a_response_holds_from_its_beginning_to_its_end() -> None:
    response = respond(STREET, after=1, hours=2)
    kinds = [mode_at(STREET, at=AT + timedelta(hours=hour)).kind for hour in range(5)]
    assert kinds == ["peacetime", "emergency", "emergency", "peacetime", "peacetime"]
    response.ended_at = AT + timedelta(hours=2)
    response.save()
    queries.forget()
    assert mode_at(STREET, at=AT + timedelta(hours=2)) == PEACETIME


def test_an_exercise_is_seen_by_those_who_take_part_and_gives_way_to_the_real_thing() -> None:
    drill = respond(STREET, level=1, exercise=True)
    me, other = uuid7(), uuid7()
    Participant.objects.create(response=drill, user_id=me)
    assert mode_at(STREET, at=AT) == PEACETIME
    assert queries.drills_of(other, at=AT) == frozenset()
    mine = queries.drills_of(me, at=AT)
    assert mode_at(STREET, at=AT, drills=mine).kind == "exercise"
    respond(STREET, level=4)
    assert mode_at(STREET, at=AT, drills=mine).kind == "emergency"


def test_asking_again_costs_nothing_and_another_process_knows_within_seconds(
    django_assert_num_queries: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        for _ in range(10):
            mode_at(STREET, at=AT)
    response = Response.objects.create(plan="1", level=1, since=AT, until=AT + timedelta(days=1))
    ResponsePlace.objects.create(response=response, path=STREET)
    clock = queries.time.monotonic()
    monkeypatch.setattr(queries.time, "monotonic", lambda: clock + queries.KEPT_SECONDS + 0.1)
    assert mode_at(STREET, at=AT).kind == "emergency"
