"""Inspections (巡查, 倒查, 专项督查): put on record, mended by the unit, confirmed by who inspects."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from pingzhan.core.errors import Invalid, NotAllowed, NotFound, StateConflict
from pingzhan.core.outbox import inbox
from pingzhan.journal.models import Entry
from pingzhan.matters.models import Inspection
from pingzhan.matters.operations.inspecting import Found, confirm, inspect, mend
from pingzhan.matters.queries.inspections import inspection_for, inspection_page, late_in, ledger
from tests.factories.inspections import inspection
from tests.factories.world import DISTRICT, FAR, HOME, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def patrol(world: World, *, by: str = "inspector", place: str = HOME, **more):
    said = {
        "form": "patrol",
        "unit": f"{HOME}.property",
        "topic": "消防通道巡查",
        "summary": "走了三栋楼",
        "place": place,
    }
    found = [Found("3号楼通道堆物", world.at + DAY), Found("灭火器过期", world.at + 2 * DAY)]
    return inspect(**(said | {"findings": found, "by": world.actor(by), "at": world.at} | more))


def test_the_unit_is_told_mends_and_the_inspector_closes(world: World) -> None:
    made = patrol(world)
    manager, inspector = world.actor("property_staff"), world.actor("inspector")
    assert "消防通道巡查" in inbox(world.users["property_staff"].pk)[0].text
    assert late_in([made], at=world.at + DAY + DAY / 2) == {made.pk: 1}

    mend(inspection=made, position=1, answer="已清走", by=manager, at=world.at + DAY)
    assert "第 1 个问题" in inbox(world.users["inspector"].pk)[0].text
    confirm(inspection=made, position=1, by=inspector, at=world.at + DAY)
    mend(inspection=made, position=2, answer="换了新的", by=manager, at=world.at + DAY)
    assert inspection_for(inspector, made.pk).closed_at is None
    confirm(inspection=made, position=2, by=inspector, at=world.at + 2 * DAY)

    assert inspection_for(inspector, made.pk).closed_at == world.at + 2 * DAY
    verbs = Entry.objects.filter(subject_id=made.pk).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == [f"inspection.{verb}" for verb in ("make", "mend", "confirm", "mend", "confirm")]


def test_what_is_not_mended_goes_back_with_the_reason(world: World) -> None:
    made = patrol(world)
    manager, inspector = world.actor("property_staff"), world.actor("inspector")
    mend(inspection=made, position=1, answer="清了", by=manager, at=world.at)
    with pytest.raises(Invalid):
        confirm(inspection=made, position=1, ok=False, by=inspector, at=world.at)
    found = confirm(inspection=made, position=1, ok=False, reason="还堆着两辆车", by=inspector, at=world.at)
    assert (found.state, found.answer, found.objection, found.sent_back) == ("open", "", "还堆着两辆车", 1)
    again = mend(inspection=made, position=1, answer="都清了", by=manager, at=world.at)
    assert (again.state, again.sent_back) == ("mended", 1)


def test_of_two_who_press_at_once_one_is_told(world: World) -> None:
    made = patrol(world)
    mend(inspection=made, position=1, answer="清了", by=world.actor("property_staff"), at=world.at)
    with pytest.raises(StateConflict):
        mend(inspection=made, position=1, answer="我也清了", by=world.actor("property_staff"), at=world.at)
    confirm(inspection=made, position=1, by=world.actor("inspector"), at=world.at)
    with pytest.raises(StateConflict):
        confirm(inspection=made, position=1, by=world.actor("inspector"), at=world.at)
    with pytest.raises(Invalid):
        mend(inspection=made, position=9, answer="哪个", by=world.actor("property_staff"), at=world.at)


def test_only_the_unit_mends_and_never_confirms_its_own(world: World) -> None:
    made = patrol(world, unit=f"{HOME}.committee")
    for other in ("property_staff", "street_secretary", "inspector"):
        with pytest.raises(NotAllowed):
            mend(inspection=made, position=1, answer="清了", by=world.actor(other), at=world.at)
    mend(inspection=made, position=1, answer="清了", by=world.actor("community_staff"), at=world.at)
    with pytest.raises(NotAllowed):  # the secretary presses on others, but the committee is what was inspected
        confirm(inspection=made, position=1, by=world.actor("secretary"), at=world.at)


def test_a_tracing_needs_its_matter_and_a_clean_one_is_closed_at_once(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        patrol(world, form="trace")
    assert refused.value.errors[0]["loc"] == ["matter"]
    with pytest.raises(IntegrityError), transaction.atomic():
        Inspection.objects.filter(pk=patrol(world).pk).update(form="trace")
    assert patrol(world, findings=()).closed_at == world.at


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"form": "spying"}, "form"),
        ({"place": "000000000000"}, "place"),
        ({"unit": "nobody"}, "unit"),
        ({"topic": " "}, "topic"),
        ({"summary": ""}, "summary"),
        ({"summary": "长" * 2001}, "summary"),
    ],
)
def test_what_is_wrong_is_named(world: World, wrong: dict, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        patrol(world, **wrong)
    assert refused.value.errors[0]["loc"] == [field]


def test_a_finding_needs_words_and_a_day_ahead(world: World) -> None:
    for found, field in (
        (Found("", world.at + DAY), "text_1"),
        (Found("堆物", world.at), "due_1"),
        (Found("堆物", None), "due_1"),
    ):
        with pytest.raises(Invalid) as refused:
            patrol(world, findings=[found])
        assert refused.value.errors[0]["loc"] == [field]


def test_who_may_put_one_on_record_and_who_sees_it(world: World) -> None:
    for stranger in ("community_staff", "property_staff", "far_inspector", "resident", "administrator"):
        with pytest.raises(NotAllowed):
            patrol(world, by=stranger)
    made = patrol(world)
    for name in ("property_staff", "community_staff", "street_secretary", "command"):
        assert [one.pk for one in inspection_page(world.actor(name)).items] == [made.pk]
    for name in ("near_secretary", "far_inspector", "housing_staff", "management_staff", "resident"):
        assert inspection_page(world.actor(name)).items == []
        with pytest.raises(NotFound):
            inspection_for(world.actor(name), made.pk)
    # A department above sees what was found about it.
    above = patrol(world, unit=f"{DISTRICT}.housing")
    assert [one.pk for one in inspection_page(world.actor("housing_staff")).items] == [above.pk]


def test_pages_of_the_list_cost_the_same_whatever_their_length(world: World, django_assert_num_queries) -> None:
    for _ in range(3):
        patrol(world)
    patrol(world, findings=())
    inspector = world.actor("inspector")
    with django_assert_num_queries(1):
        first = inspection_page(inspector, closed=False, limit=2)
    assert [(one.found, one.left) for one in first.items] == [(2, 2), (2, 2)]
    rest = inspection_page(inspector, closed=False, limit=2, after=first.next)
    assert len(rest.items) == 1
    assert rest.next is None
    assert len(inspection_page(inspector, closed=True).items) == 1
    assert inspection_page(inspector, form="special").items == []


def test_the_ledger_has_a_row_a_finding_and_stays_within_the_scope(world: World) -> None:
    patrol(world)
    patrol(world, findings=(), at=world.at + timedelta(minutes=1))  # of one moment either might come first
    inspection(world, world.matter(place=f"{FAR}-G001", to="in_progress"))
    month = {"begin": world.at - DAY, "end": world.at + DAY}
    rows = list(ledger(world.actor("inspector"), **month))
    assert [row[8] for row in rows] == ["没有发现问题", "3号楼通道堆物", "灭火器过期"]
    assert {row[5] for row in rows} == {"督查员"}
    assert list(ledger(world.actor("inspector"), begin=world.at + DAY, end=world.at + 2 * DAY)) == []
    assert len(list(ledger(world.actor("command"), **month))) == 4


def test_only_a_unit_that_has_to_do_with_the_place_is_inspected(world: World) -> None:
    for unit in (f"{FAR}.property", "nobody"):
        with pytest.raises(Invalid):
            patrol(world, unit=unit)
    assert not Inspection.objects.exists()
    assert patrol(world, unit=f"{DISTRICT}.housing", by="command").unit_id == world.units[f"{DISTRICT}.housing"].pk
