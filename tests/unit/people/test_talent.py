"""The talent pool: ranked by the need and nothing else, found within one's area, asked and answered once."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import Invalid, NotAllowed, NotFound, StateConflict
from pingzhan.core.models import Message
from pingzhan.people import operations, queries
from pingzhan.people.models import PersonSkill, TalentAsk
from pingzhan.people.queries import TalentFilters
from pingzhan.people.rules.talent import Candidate, Need, distance, rank
from tests.factories.members import actor_of, check_in, load_skills
from tests.factories.world import FAR, HOME, NEAR, World

TODAY = date(2026, 3, 10)
NEED = Need("310107/310107005/310107005001/", 121.405, 31.245, "weekend", "language.english")


def candidate(name: str = "甲", **changes: object) -> Candidate:
    values: dict[str, object] = {
        "check_in": UUID(int=1), "person": uuid4(), "name": name, "path": "310107/310107014/310107014001/",
        "lon": 121.405, "lat": 31.25, "slots": (), "skill": "medical.nurse", "wants_proof": True, "proof": "",
        "proof_until": None, "speaks": False, "open_asks": 0,
    }  # fmt: skip
    return Candidate(**(values | changes))  # type: ignore[arg-type]


def names(*candidates: Candidate) -> list[str]:
    return [one.candidate.name for one in rank(candidates, NEED, today=TODAY)]


def test_the_nearer_comes_first_of_equals() -> None:
    assert names(candidate("远", lat=31.29), candidate("近")) == ["近", "远"]
    assert distance(candidate(), NEED) == 556  # 0.005 degrees of latitude
    assert distance(candidate(lon=None), NEED) is None


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"slots": ("weekend",)}, {"slots": ("workday",)}),
        ({"speaks": True}, {}),
        ({"proof": "证"}, {}),
        ({}, {"proof": "证", "proof_until": date(2026, 3, 9)}),
        ({"proof": "证", "proof_until": TODAY}, {"proof": "证", "proof_until": date(2026, 3, 9)}),
        ({}, {"open_asks": 1}),
        ({"lon": None, "lat": None, "path": NEED.path}, {"lon": None, "lat": None}),
    ],
)
def test_what_fits_better_comes_first(better: dict[str, object], worse: dict[str, object]) -> None:
    assert names(candidate("差", **worse), candidate("好", **better)) == ["好", "差"]


def test_every_reason_is_told() -> None:
    [one] = rank([candidate(slots=("weekend",), speaks=True, proof="证", open_asks=2)], NEED, today=TODAY)
    assert [kind for kind, _value in one.reasons] == ["metres", "seen", "in_time", "speaks", "asked"]


@given(st.permutations([candidate(str(number), lat=31.24 + number / 300, open_asks=number % 3) for number in range(6)]))
def test_the_order_depends_on_the_people_and_not_on_how_they_come(candidates: list[Candidate]) -> None:
    assert names(*candidates) == names(*sorted(candidates, key=lambda one: one.name))


# --- in the little world --------------------------------------------------------------------------------------------


def search(world: World, name: str = "secretary", skill: str = "medical.nurse", **more: object) -> list[str]:
    found, _total = queries.search_talents(
        world.actor(name),
        TalentFilters(skill=skill, **more),
        near=world.places[HOME],
        at=world.at,  # type: ignore[arg-type]
    )
    return [one.candidate.name for one in found]


@pytest.mark.django_db
def test_search_finds_those_of_the_area_who_may_be_asked(world: World) -> None:
    load_skills(world)
    nurse = ("medical.nurse",)
    check_in(world, name="在队", to="joined", skills=nurse, slots=("weekend",))
    paused = check_in(world, phone="10012340002", name="暂停", to="joined", skills=nurse)
    operations.pause(check_in=paused, by=SYSTEM, at=world.at)
    check_in(world, phone="10012340003", name="未审", skills=nurse)
    check_in(world, phone="10012340004", name="邻村", place=NEAR, to="approved", skills=(*nurse, "language.english"))
    check_in(world, phone="10012340005", name="远处", place=FAR, to="joined", skills=("medical.doctor",))
    assert search(world) == ["在队"]
    assert search(world, "near_secretary") == ["邻村"]
    assert search(world, "street_secretary") == ["在队", "邻村"]
    assert search(world, "street_secretary", slot="weekend", only_in_time=True) == ["在队"]
    assert search(world, "street_secretary", language="language.english")[0] == "邻村"
    assert search(world, "command", skill="medical") == ["在队", "邻村", "远处"]
    assert search(world, "command", skill="medical", within=world.path(FAR)) == ["远处"]
    assert search(world, "command", only_proved=True) == []
    for name in ("inspector", "grid_worker", "resident", "administrator"):
        assert search(world, name, skill="medical") == []


@pytest.mark.django_db
def test_a_search_costs_the_same_for_many(world: World) -> None:
    load_skills(world)

    secretary, near = world.actor("secretary"), world.places[HOME]

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            queries.search_talents(secretary, TalentFilters(skill="medical.nurse"), near=near, at=world.at)
        return len(found)

    check_in(world, to="joined", skills=("medical.nurse",))
    few = cost()
    for number in range(6):
        check_in(world, phone=f"1001235{number:04d}", to="approved", skills=("medical.nurse", "language.english"))
    assert cost() == few == 3


@pytest.mark.django_db
def test_asked_and_answered(world: World) -> None:
    load_skills(world)
    yes = check_in(world, name="能来", to="joined", skills=("medical.nurse",))
    no = check_in(world, phone="10012340002", name="没空", to="joined", skills=("medical.nurse",))
    silent = check_in(world, phone="10012340003", name="没回", to="joined", skills=("medical.nurse",))
    at, due = world.at + timedelta(hours=5), world.at + timedelta(hours=9)
    secretary = world.actor("secretary")
    made = operations.ask_talents(
        text="周六上午陪王阿姨去医院", place=world.places[HOME], check_ins=[row.pk for row in (yes, no, silent)],
        due_at=due, skill="medical.nurse", by=secretary, at=at,
    )  # fmt: skip
    assert Message.objects.filter(template="talent.ask").count() == 3
    mine = queries.asks_of(actor_of(yes, at))
    assert [ask.request.pk for ask in mine] == [made.pk]
    operations.answer_ask(ask=mine[0], accept=True, note="我开车去", by=actor_of(yes, at), at=at)
    operations.answer_ask(ask=queries.asks_of(actor_of(no, at))[0], accept=False, by=actor_of(no, at), at=at)
    with pytest.raises(NotAllowed):
        operations.answer_ask(ask=mine[0], accept=False, by=actor_of(no, at), at=at)
    with pytest.raises(NotFound):
        queries.ask_for(actor_of(no, at), mine[0].pk)
    assert operations.lapse_asks(at=due) == 1
    late = queries.asks_of(actor_of(silent, due))[0]
    with pytest.raises(StateConflict, match="已过答复时限"):
        operations.answer_ask(ask=late, accept=True, by=actor_of(silent, due), at=due)
    found = queries.request_for(secretary, made.pk)
    assert (found.asked, found.accepted, found.declined, found.waiting) == (3, 1, 1, 0)  # type: ignore[attr-defined]
    with pytest.raises(NotFound):
        queries.request_for(world.actor("far_secretary"), made.pk)


@pytest.mark.django_db
def test_nobody_of_another_area_is_asked(world: World) -> None:
    load_skills(world)
    far = check_in(world, place=FAR, to="joined", skills=("medical.nurse",))
    due = world.at + timedelta(hours=9)
    for chosen in ([far.pk], [uuid4()], []):
        with pytest.raises(Invalid):
            operations.ask_talents(
                text="陪护", place=world.places[HOME], check_ins=chosen, due_at=due, by=world.actor("secretary"),
                at=world.at,
            )  # fmt: skip
    assert not TalentAsk.objects.exists()


@pytest.mark.django_db
def test_a_proof_counts_until_it_expires(world: World) -> None:
    load_skills(world)
    check_in(world, to="joined", skills=("medical.nurse",))
    skill = PersonSkill.objects.get()
    with pytest.raises(NotAllowed):
        operations.prove_skill(
            skill=skill, proof="证", until=None, path=world.path(HOME), by=world.actor("far_secretary"), at=world.at
        )
    operations.prove_skill(
        skill=skill, proof="护士执业证", until=date(2026, 3, 10), path=world.path(HOME), by=world.actor("secretary"),
        at=world.at,
    )  # fmt: skip
    assert search(world, only_proved=True) == ["秦志愿"]
    skill.refresh_from_db()
    assert queries.proof_state(skill, today=date(2026, 3, 10)) == "seen"
    assert queries.proof_state(skill, today=date(2026, 3, 11)) == "expired"


@pytest.mark.django_db
def test_a_proof_ends_with_its_day_where_the_people_are(world: World) -> None:
    """At 23:30 in Greenwich it is the next morning in Shanghai."""
    load_skills(world)
    check_in(world, to="joined", skills=("medical.nurse",))
    operations.prove_skill(
        skill=PersonSkill.objects.get(), proof="护士执业证", until=date(2026, 3, 10), path=world.path(HOME),
        by=world.actor("secretary"), at=world.at,
    )  # fmt: skip
    filters = TalentFilters(skill="medical.nurse", only_proved=True)
    for hour, expected in ((15, 1), (23, 0)):
        at = datetime(2026, 3, 10, hour, 30, tzinfo=UTC)
        found, total = queries.search_talents(world.actor("secretary"), filters, near=world.places[HOME], at=at)
        assert (len(found), total) == (expected, expected)
