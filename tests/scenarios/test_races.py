"""Many do it at once: nothing is lost, nothing happens twice, and whoever came second is told. On both databases."""

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from django.test import Client

from pingzhan.core.models import IdempotencyRecord
from pingzhan.journal.queries import timeline
from pingzhan.matters.models import Clock, Matter, Rating
from tests.factories.world import FAR, FARTHER, HOME, NEAR, World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("clock")]

AtOnce = Callable[..., list[Any]]
REPORTS = "/api/v1/matters"


@pytest.fixture(autouse=True)
def _no_flood_limit(settings: Any) -> None:
    settings.FLOOD_REPORTS_PER_MINUTE = 0
    settings.FLOOD_QUERIES_PER_MINUTE = 0


def posting(client: Client, address: str, body: dict[str, Any], **headers: str) -> Callable[[], Any]:
    """A call that posts `body` and answers the response."""
    return lambda: client.post(address, body, content_type="application/json", headers=headers or None)


def statuses(responses: list[Any]) -> Counter[int]:
    """How many got which status; an exception in a thread is raised here."""
    for response in responses:
        if isinstance(response, Exception):
            raise response
    return Counter(response.status_code for response in responses)


def verbs(matter: Matter) -> list[str]:
    return [entry.verb.removeprefix("matter.") for entry in timeline("matter", matter.pk)]


def assert_story_holds_together(matter: Matter) -> None:
    """The journal tells one unbroken way from the report to the state that the matter is in."""
    entries = list(timeline("matter", matter.pk))
    for before, after in pairwise(entries):
        assert after.from_state == before.to_state, [(e.verb, e.from_state, e.to_state) for e in entries]
    matter.refresh_from_db()
    assert entries[-1].to_state == matter.status
    assert len(entries) == matter.version  # each entry is one change of the row


@pytest.mark.parametrize(
    ("state", "step", "body", "names"),
    [
        ("submitted", "accept", {}, ("secretary", "community_staff")),
        ("accepted", "dispatch", {}, ("secretary", "community_staff")),
        ("dispatched", "sign", {}, ("secretary", "grid_worker")),
        ("in_progress", "complete", {"result": "路灯已换"}, ("secretary", "grid_worker")),
        ("completed", "feed_back", {"reply": "路灯已经修好。"}, ("secretary", "community_staff")),
        ("fed_back", "rate", {"stars": 5}, ("secretary", "community_staff")),
        (
            "rated",
            "publish",
            {"title": "路灯已修", "text": "居民反映路灯不亮。", "result": "已更换。"},
            ("secretary", "street_secretary"),
        ),
        ("published", "archive", {}, ("secretary", "street_secretary")),
    ],
)
def test_of_two_who_take_the_same_step_at_once_one_wins_and_the_other_is_told(
    world: World, at_once: AtOnce, state: str, step: str, body: dict[str, Any], names: tuple[str, str]
) -> None:
    matter = world.matter(text="楼下路灯不亮", to=state)
    before = matter.version
    address = f"{REPORTS}/{matter.number}/{step}"

    answers = at_once(*(posting(world.client(name), address, body) for name in names))

    assert statuses(answers) == {200: 1, 409: 1}
    told = next(answer.json() for answer in answers if answer.status_code == 409)
    assert state in told["allowed"]
    assert told["detail"]
    assert verbs(matter).count(step) == 1
    matter.refresh_from_db()
    assert matter.version == before + 1
    assert_story_holds_together(matter)


def test_two_dispatch_the_same_matter_to_different_units_at_once(world: World, at_once: AtOnce) -> None:
    """The issue's own words: one wins, the other is told; whom the matter goes to is what the winner said."""
    for _ in range(5):
        matter = world.matter(to="accepted")
        units = {"secretary": f"{HOME}.property", "community_staff": f"{HOME}.committee"}

        answers = at_once(
            *(
                posting(world.client(name), f"{REPORTS}/{matter.number}/dispatch", {"unit": unit})
                for name, unit in units.items()
            )
        )

        assert statuses(answers) == {200: 1, 409: 1}
        won = next(answer.json() for answer in answers if answer.status_code == 200)
        matter.refresh_from_db()
        assert matter.handler is not None
        assert matter.handler.code == won["handler"]
        [entry] = timeline("matter", matter.pk).filter(verb="matter.dispatch")
        assert entry.data["unit"] == won["handler"]
        # Clocks were started once.
        assert set(Counter(matter.clocks.values_list("kind", flat=True)).values()) == {1}


@pytest.mark.parametrize("clients", [8, 50])
def test_many_report_at_once_and_nothing_is_lost_or_twice(world: World, at_once: AtOnce, clients: int) -> None:
    grids = [f"{community}-G00{k}" for community in (HOME, NEAR, FAR, FARTHER) for k in (1, 2)]
    texts = [f"第{n}位居民：楼道漏水" for n in range(clients)]

    answers = at_once(
        *(posting(Client(), REPORTS, {"text": text, "place": grids[n % len(grids)]}) for n, text in enumerate(texts))
    )

    assert statuses(answers) == {201: clients}
    kept = {matter.number: matter for matter in Matter.objects.order_by("number")}
    assert {answer.json()["number"]: texts[n] for n, answer in enumerate(answers)} == {
        number: matter.text for number, matter in kept.items()
    }
    # Each community counts from 1 without a gap.
    for community in (HOME, NEAR, FAR, FARTHER):
        own = sorted(number for number in kept if number.startswith(community))
        assert [int(number[-4:]) for number in own] == list(range(1, len(own) + 1))
    for matter in kept.values():
        assert verbs(matter) == ["report"]
    assert Clock.objects.filter(kind="accept").count() == clients
    assert len({answer.json()["query_code"] for answer in answers}) == clients


def test_the_same_key_from_ten_at_once_makes_one_matter_and_ten_same_answers(world: World, at_once: AtOnce) -> None:
    body = {"text": "楼道漏水", "place": f"{HOME}-G001"}

    answers = at_once(*(posting(Client(), REPORTS, body, **{"Idempotency-Key": "once"}) for _ in range(10)))

    assert statuses(answers) == {201: 10}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert Counter(answer.headers.get("Idempotency-Replayed") for answer in answers) == {None: 1, "true": 9}
    [matter] = Matter.objects.order_by("number")
    assert matter.number == answers[0].json()["number"]
    assert verbs(matter) == ["report"]
    assert IdempotencyRecord.objects.count() == 1


def test_the_same_key_for_different_words_at_once_is_refused_but_once(world: World, at_once: AtOnce) -> None:
    bodies = [{"text": f"第{n}件事：楼道漏水", "place": f"{HOME}-G001"} for n in range(6)]

    answers = at_once(*(posting(Client(), REPORTS, body, **{"Idempotency-Key": "same"}) for body in bodies))

    assert statuses(answers) == {201: 1, 409: 5}
    assert Matter.objects.count() == 1


def test_two_rate_at_once_with_the_same_code(world: World, at_once: AtOnce) -> None:
    matter = world.matter(to="fed_back")

    answers = at_once(
        *(
            posting(Client(), f"{REPORTS}/{matter.number}/rate", {"stars": stars, "query_code": matter.query_code})
            for stars in (5, 1)
        )
    )

    assert statuses(answers) == {200: 1, 409: 1}
    [rating] = Rating.objects.filter(matter=matter).order_by("id")
    [entry] = timeline("matter", matter.pk).filter(verb="matter.rate")
    assert rating.stars == entry.data["stars"]
    assert_story_holds_together(matter)


def test_accepting_while_the_resident_withdraws(world: World, at_once: AtOnce) -> None:
    """Whoever is first: no acceptance after the withdrawal, and never half of either."""
    for _ in range(5):
        matter = world.report()

        accepted, withdrawn = at_once(
            posting(world.client("secretary"), f"{REPORTS}/{matter.number}/accept", {}),
            posting(Client(), f"{REPORTS}/{matter.number}/withdraw", {"query_code": matter.query_code}),
        )

        statuses([accepted, withdrawn])
        ways = {
            (200, 200): ["report", "accept", "withdraw"],  # an accepted matter may still be withdrawn
            (200, 412): ["report", "accept"],  # the resident saw another state, and is asked to look again
            (409, 200): ["report", "withdraw"],
        }
        assert verbs(matter) == ways[accepted.status_code, withdrawn.status_code]
        assert_story_holds_together(matter)
        running = matter.clocks.filter(state="running").exists()
        assert running == (matter.status != "withdrawn")


def test_all_who_may_press_at_once_on_one_matter(world: World, at_once: AtOnce) -> None:
    """Ten hands, ten buttons: whatever gets through, the sheet tells one unbroken story."""
    matter = world.matter(to="dispatched")
    address = f"{REPORTS}/{matter.number}"
    code = {"query_code": matter.query_code}

    answers = at_once(
        posting(world.client("property_staff"), f"{address}/sign", {}),
        posting(world.client("property_staff"), f"{address}/return", {"reason": "不归我们管"}),
        posting(world.client("secretary"), f"{address}/refer", {"reason": "须街道协调"}),
        posting(
            world.client("street_secretary"), f"{address}/refer", {"reason": "须区里协调", "unit": "310107.housing"}
        ),
        posting(world.client("secretary"), f"{address}/supervise", {"note": "请抓紧"}),
        posting(world.client("street_secretary"), f"{address}/urge", {"note": "请抓紧"}),
        posting(Client(), f"{address}/withdraw", code),
        posting(Client(), f"{address}/urge", code),
        posting(world.client("property_staff"), f"{address}/progress", {"note": "已到场"}),
        posting(world.client("secretary"), f"{address}/dispatch", {}),
    )

    # 403: it was handed to another unit before the old one pressed. 404: the unit no longer sees it. 429: of two who
    # urge the second is told that it was just urged.
    assert set(statuses(answers)) <= {200, 403, 404, 409, 412, 429}
    done = sum(answer.status_code == 200 for answer in answers)
    assert done
    matter.refresh_from_db()
    assert len(verbs(matter)) == 4 - 1 + done  # report, accept, dispatch came before
    assert_story_holds_together(matter)
