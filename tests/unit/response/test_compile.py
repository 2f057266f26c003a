"""Who gets a duty and why, and that compiling asks the database no more for a district than for a community."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from pingzhan.access.actors import SYSTEM
from pingzhan.access.models import User
from pingzhan.people.models import Person, PersonSkill, Skill, Training
from pingzhan.people.operations import appoint, change_person, create_person, enter_trainings, load_trainings
from pingzhan.places.models import Place
from pingzhan.places.operations import changed
from pingzhan.response.models import Plan
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.plans import check_here
from pingzhan.response.queries.readiness import Weakness, readiness
from pingzhan.response.rules.manifest import Manifest
from tests.factories.ground import build
from tests.factories.plans import SHORT, publish_plan
from tests.factories.stations import furnish
from tests.factories.world import DISTRICT, FAR, HOME, HOME_STREET, NEAR, World

pytestmark = pytest.mark.django_db
WITH_SKILL = SHORT.replace("roles: [building_leader, grid_worker], max_load: 9", (
    "backup: 0, roles: [building_leader, grid_worker], skills: [medical], max_load: 9"
))  # fmt: skip


def catalogue() -> None:
    Skill.objects.create(code="medical", name="医疗")
    Skill.objects.create(code="medical.nurse", parent_id="medical", name="护士")


def newcomer(world: World, *, place: str, proof_days: int | None) -> str:
    """A grid worker who is a nurse, with a proof that is good for so many days; their id."""
    person = create_person(name="新护士", phone="10000088888", place=world.places[HOME], by=SYSTEM, at=world.at)
    appoint(person=person, role="grid_worker", place=world.places[place], by=SYSTEM, at=world.at)
    until = None if proof_days is None else (world.at + timedelta(days=proof_days)).date()
    PersonSkill.objects.create(
        person=person,
        skill_id="medical.nurse",
        since=world.at,
        proof="护士执业证",
        proved_at=world.at,
        proof_until=until,
    )
    return str(person.pk)


def in_charge(manifest: Manifest) -> dict[str, tuple[str, list[str]]]:
    """By building: who is A, and which skills count for them."""
    return {
        item.place: (str(item.person_id), item.payload.get("skills", []))
        for item in manifest.items
        if item.kind == "person_duty" and item.payload["part"] == "A1"
    }


def test_who_has_the_skill_goes_before_who_is_nearer(world: World) -> None:
    furnish(world)
    catalogue()
    nurse = newcomer(world, place=f"{HOME}-G002", proof_days=30)
    plan = publish_plan(world, WITH_SKILL)
    manifest = compile_plan(plan, level=2, codes=[HOME], at=world.at)
    assert in_charge(manifest) == {
        f"{HOME}-B001": (nurse, ["medical"]), f"{HOME}-B002": (nurse, ["medical"]),
    }  # fmt: skip
    assert "skill" not in {gap.kind for gap in manifest.gaps}


def test_a_proof_that_has_expired_does_not_count_and_the_missing_skill_is_told(world: World) -> None:
    furnish(world)
    catalogue()
    newcomer(world, place=f"{HOME}-G002", proof_days=-1)
    plan = publish_plan(world, WITH_SKILL)
    manifest = compile_plan(plan, level=2, codes=[HOME], at=world.at)
    given = in_charge(manifest)
    assert len(given) == 2
    lacking = {gap.about: gap for gap in manifest.gaps if gap.kind == "skill"}
    assert set(lacking) == {person for person, _skills in given.values()}
    assert all("包楼栋" in gap.reason for gap in lacking.values())


def test_a_skill_that_is_not_in_the_catalogue_is_told_at_its_line(world: World) -> None:
    furnish(world)
    assert check_here(WITH_SKILL)[1] == []  # nothing was loaded that it could be compared with
    catalogue()
    found = check_here(WITH_SKILL.replace("[medical]", "[medicine]"))[1]
    assert [(one.line, "medical" in one.mend) for one in found] == [
        (WITH_SKILL[: WITH_SKILL.index("duties:")].count("\n") + 2, True)
    ]


def duty(per: str, more: str = "") -> str:
    return SHORT.replace(
        "per: building, roles: [building_leader, grid_worker], max_load: 9",
        f"per: {per}, {more}roles: [building_leader, grid_worker], max_load: 99",
    )


def subjects(world: World, source: str) -> list[tuple[str, str]]:
    """Who is asked for as A, by the place's code and in words."""
    manifest = compile_plan(publish_plan(world, source), level=2, codes=[HOME], at=world.at)
    return sorted(
        (item.place, item.payload["subject"])
        for item in manifest.items
        if item.kind == "person_duty" and item.payload["part"] == "A1"
    )


def test_estates_are_covered_and_so_is_what_stands_outside_of_them(world: World) -> None:
    furnish(world)
    build(world)
    assert subjects(world, duty("estate")) == [(HOME, "乙园"), (HOME, "源园居委会小区以外的楼栋"), (HOME, "甲园")]


def test_a_community_without_estates_is_covered_as_a_whole(world: World) -> None:
    furnish(world)
    assert subjects(world, duty("estate")) == [(HOME, "源园居委会")]


def test_neighbours_are_covered_in_groups_and_a_grid_without_buildings_as_one(world: World) -> None:
    furnish(world)
    build(world, rows=1, across=4, households=60)
    Place.objects.filter(path__startswith=world.path(f"{HOME}-G002"), level__in=("building", "household")).update(
        until=world.at
    )
    changed()
    found = subjects(world, duty("households", "households: 30, "))
    whose = Counter(place for place, _subject in found)
    assert whose[f"{HOME}-B011"] == 2
    assert (f"{HOME}-B011", "甲园1号楼 2单元") in found
    assert (f"{HOME}-G002", world.places[f"{HOME}-G002"].name) in found


@pytest.mark.parametrize(("per", "more"), [("estate", ""), ("households", "households: 30, "), ("building", "")])
def test_a_preview_in_english_is_the_same_activation(world: World, per: str, more: str) -> None:
    furnish(world)
    build(world, rows=1, across=4, households=60)
    plan = publish_plan(world, duty(per, more))
    shown = compile_plan(plan, level=2, codes=[HOME], at=world.at)
    with override("en"):
        english = compile_plan(plan, level=2, codes=[HOME], at=world.at)
    assert english.digest == shown.digest
    assert [one.payload for one in english.items] == [one.payload for one in shown.items]


def test_each_post_of_a_site_has_its_people(world: World) -> None:
    furnish(world)
    found = subjects(world, duty("building", "posts: [登记, 消毒], "))
    assert len(found) == 2 * len({place for place, _subject in found})
    assert {subject.partition(" · ")[2] for _place, subject in found} == {"登记", "消毒"}


def test_what_a_duty_is_about_is_said_once_for_the_area(world: World) -> None:
    furnish(world)
    plan = publish_plan(world, duty("building", "reports_to: 点长, tasks: [叫门, 送药], "))
    manifest = compile_plan(plan, level=2, codes=[HOME], at=world.at)
    (said,) = (item for item in manifest.items if item.kind == "duty")
    assert said.payload == {"title": "包楼栋", "tasks": ["叫门", "送药"], "reports_to": "点长"}
    assert all("title" not in item.payload for item in manifest.items if item.kind == "person_duty")


def test_households_are_said_only_where_groups_of_neighbours_are_asked_for(world: World) -> None:
    furnish(world)
    found = check_here(duty("building", "households: 30, "))[1]
    assert [(one.where, "households" in one.mend) for one in found] == [("duties[1].households", True)]


def test_a_whole_district_asks_no_more_than_a_community(world: World) -> None:
    furnish(world)
    plan = publish_plan(world)
    counts = []
    for code in (HOME, DISTRICT):
        with CaptureQueriesContext(connection) as asked:
            manifest = compile_plan(plan, level=2, codes=[code], at=world.at)
        counts.append((len(asked), len(manifest.items)))
    assert counts[0][0] == counts[1][0] <= 20
    assert counts[0][1] < counts[1][1]


def test_who_has_not_signed_in_for_long_is_counted_by_community(world: World) -> None:
    furnish(world)
    plan = publish_plan(world)
    User.objects.update(created_at=world.at - timedelta(days=200), last_login=world.at - timedelta(days=10))
    assert not [one for one in readiness(plan, level=2, codes=[HOME], at=world.at).weaknesses if one.kind == "silent"]
    User.objects.update(last_login=world.at - timedelta(days=91))
    (found,) = (one for one in readiness(plan, level=2, codes=[HOME], at=world.at).weaknesses if one.kind == "silent")
    assert (found.place, found.mend) == (HOME, "posts")
    assert "2 项责任" in found.reason  # both buildings


def weaknesses(plan: Plan, kind: str, *, place: str = HOME, at: datetime) -> list[Weakness]:
    return [one for one in readiness(plan, level=2, codes=[place], at=at).weaknesses if one.kind == kind]


def test_whose_phone_nobody_confirmed_for_long_is_told_and_changes_no_preview(world: World) -> None:
    furnish(world)
    plan = publish_plan(world, SHORT.replace("review_months", "contact_days: 30\nreview_months"))
    for number, person in enumerate(Person.objects.order_by("id")):
        change_person(person=person, name=person.name, phone=f"100666{number:05d}", by=SYSTEM, at=world.at)
    later, too_late = world.at + timedelta(days=29), world.at + timedelta(days=31)
    before, after = (readiness(plan, level=2, codes=[HOME], at=at) for at in (later, too_late))
    assert weaknesses(plan, "contact_old", at=later) == []
    found = weaknesses(plan, "contact_old", at=too_late)
    assert found
    assert {one.mend for one in found} == {"person"}
    assert all("30 天" in one.reason for one in found)
    assert before.manifest is not None
    assert after.manifest is not None
    assert before.manifest.digest == after.manifest.digest
    assert after.percent < before.percent
    other = publish_plan(world, SHORT.replace("code: short", "code: other"))  # 180 days where nothing is said
    assert weaknesses(other, "contact_old", at=too_late) == []
    assert weaknesses(other, "contact_old", at=world.at + timedelta(days=181))


def test_many_old_phones_of_a_community_are_one_line(world: World) -> None:
    furnish(world)
    plan = publish_plan(world, SHORT.replace("max_load: 9", "max_load: 1, backup: 0"))
    build(world)
    for number in range(12):
        person = create_person(
            name=f"楼长{number}", phone=f"100666{number:05d}", place=world.places[HOME], by=SYSTEM, at=world.at
        )
        appoint(
            person=person,
            role="building_leader",
            place=world.places[f"{HOME}-B{11 + number:03d}"],
            by=SYSTEM,
            at=world.at,
        )
    (found,) = weaknesses(plan, "contact_old", at=world.at + timedelta(days=200))
    assert (found.subject, found.place, found.mend, found.about, found.posts) == ("12 人", HOME, "contacts", "180", 12)


def test_readiness_of_a_district_asks_no_more_than_that_of_a_community(world: World) -> None:
    furnish(world)
    plan = publish_plan(world, WITH_TRAINING)
    readiness(plan, level=2, codes=[HOME], at=world.at)  # what a process keeps in memory
    counts = []
    for code in (HOME, DISTRICT):
        with CaptureQueriesContext(connection) as asked:
            readiness(plan, level=2, codes=[code], at=world.at)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 24


WITH_TRAINING = SHORT.replace("max_load: 9, levels", "training: flood, max_load: 9, levels")


def test_who_takes_a_duty_without_its_training_is_told_in_readiness_only(world: World) -> None:
    furnish(world)
    load_trainings(by=SYSTEM, at=world.at)
    plan = publish_plan(world, WITH_TRAINING)
    before = readiness(plan, level=2, codes=[HOME], at=world.at)
    assert before.manifest is not None
    lacking = {one.about: one for one in before.weaknesses if one.kind == "untrained"}
    on_duty = {str(item.person_id) for item in before.manifest.items if item.kind == "person_duty"}
    assert set(lacking) == on_duty  # A and B
    assert {one.mend for one in lacking.values()} == {"person"}
    assert all("防汛" in one.reason for one in lacking.values())
    assert "untrained" not in {gap.kind for gap in before.manifest.gaps}
    persons = list(Person.objects.filter(pk__in=on_duty))
    flood = Training.objects.get(code="flood")
    enter_trainings(training=flood, persons=persons, on=world.at.date(), by=SYSTEM, at=world.at)
    after = readiness(plan, level=2, codes=[HOME], at=world.at)
    assert "untrained" not in {one.kind for one in after.weaknesses}
    assert after.percent > before.percent
    assert after.manifest is not None
    assert after.manifest.digest == before.manifest.digest
    assert weaknesses(plan, "untrained", at=world.at + timedelta(days=400))  # it is good for a year


def test_many_untrained_people_of_a_community_are_one_line(world: World) -> None:
    furnish(world)
    load_trainings(by=SYSTEM, at=world.at)
    plan = publish_plan(world, WITH_TRAINING.replace("max_load: 9", "max_load: 1, backup: 0"))
    build(world)
    for number in range(12):
        person = create_person(name=f"楼长{number}", phone="", place=world.places[HOME], by=SYSTEM, at=world.at)
        leads = world.places[f"{HOME}-B{11 + number:03d}"]
        appoint(person=person, role="building_leader", place=leads, by=SYSTEM, at=world.at)
    (found,) = weaknesses(plan, "untrained", at=world.at)
    assert (found.place, found.mend, found.about) == (HOME, "training", "flood")
    assert found.posts >= 12


def test_a_community_that_adapts_the_plan_asks_for_a_training_of_its_own(world: World) -> None:
    furnish(world)
    load_trainings(by=SYSTEM, at=world.at)
    plan = publish_plan(world, WITH_TRAINING)
    own = "schema: 1\nadapts: short\nchanges:\n  duties:\n    building: {training: patrol}\n"
    publish_plan(world, own, place=HOME)

    def reasons(code: str) -> str:
        return "".join(one.reason for one in weaknesses(plan, "untrained", place=code, at=world.at))

    assert "巡查" in reasons(HOME)
    assert "防汛" not in reasons(HOME)
    assert "防汛" in reasons(FAR)


def test_a_training_that_is_not_in_the_catalogue_is_told_at_its_line(world: World) -> None:
    furnish(world)
    wrong = WITH_TRAINING.replace("training: flood", "training: floods")
    assert check_here(wrong)[1] == []  # nothing was loaded that it could be compared with
    load_trainings(by=SYSTEM, at=world.at)
    assert check_here(WITH_TRAINING)[1] == []
    (found,) = check_here(wrong)[1]
    assert found.line == wrong[: wrong.index("training: floods")].count("\n") + 1
    assert "flood" in found.mend


def test_a_community_whose_ground_was_not_entered_is_covered_as_a_whole_and_told(world: World) -> None:
    furnish(world)
    Place.objects.filter(path__startswith=world.path(HOME), level__in=("grid", "building", "household")).update(
        until=world.at
    )
    changed()
    plan = publish_plan(world, duty("building"))
    manifest = compile_plan(plan, level=2, codes=[HOME_STREET], at=world.at)
    asked = {item.path for item in manifest.items if item.kind == "person_duty"}
    assert world.path(HOME) in asked  # beside the buildings of the other community
    assert any(path.startswith(world.path(NEAR)) for path in asked)
    (blank,) = (gap for gap in manifest.gaps if gap.kind == "no_ground")
    assert blank.place == HOME
    found = readiness(plan, level=2, codes=[HOME_STREET], at=world.at)
    assert [one.mend for one in found.weaknesses if one.kind == "no_ground"] == ["ground"]


@pytest.mark.parametrize("per", ["grid", "households"])
def test_so_is_a_community_without_grids(world: World, per: str) -> None:
    furnish(world)
    Place.objects.filter(path__startswith=world.path(HOME), level__in=("grid", "building", "household")).update(
        until=world.at
    )
    changed()
    manifest = compile_plan(publish_plan(world, duty(per)), level=2, codes=[HOME_STREET], at=world.at)
    assert ("no_ground", HOME) in {(gap.kind, gap.place) for gap in manifest.gaps}
    assert HOME in {item.place for item in manifest.items if item.kind == "person_duty"}
