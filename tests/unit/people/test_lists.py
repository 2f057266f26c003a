"""The lists are data: what they say holds for dispatch from the moment of their publication."""

import pytest

from pingzhan.core.errors import Invalid, NotAllowed, NotFound
from pingzhan.matters import operations as matters
from pingzhan.people import operations, queries
from pingzhan.people.choices import ListKind
from pingzhan.people.models import ListVersion
from pingzhan.people.operations import Line
from tests.factories.world import DISTRICT, FAR_STREET, HOME, HOME_STREET, World

pytestmark = pytest.mark.django_db


def publish(world: World, *codes: str, place: str = HOME_STREET, by: str = "street_secretary") -> ListVersion:
    return operations.publish_list(
        kind=ListKind.PASS_DOWN, place=world.places[place], lines=[Line(code, code=code) for code in codes],
        by=world.actor(by), at=world.at,
    )  # fmt: skip


def verdict(world: World, category: str = "noise.square", group: str = "noise") -> bool:
    return queries.may_pass_down(
        category=category, group=group, path=world.path(HOME), from_level="street", to_level="community"
    ).allowed


def test_without_a_list_everything_may_go_down(world: World) -> None:
    assert verdict(world)


def test_only_what_is_on_the_list_goes_down_from_above(world: World) -> None:
    publish(world, "property", "neighbour.quarrel")
    assert not verdict(world)
    assert verdict(world, "property.leak", "property")
    assert verdict(world, "neighbour.quarrel", "neighbour")
    for levels in (("community", "community"), ("street", "street"), ("district", "street"), ("grid", "community")):
        assert queries.may_pass_down(
            category="noise.square", group="noise", path=world.path(HOME), from_level=levels[0], to_level=levels[1]
        ).allowed, levels


def test_the_nearest_list_holds(world: World) -> None:
    publish(world, "noise", place=DISTRICT, by="command")
    assert verdict(world)
    publish(world, "property")
    assert not verdict(world)


def test_a_new_version_takes_the_place_of_the_old_one(world: World) -> None:
    first = publish(world, "property")
    second = publish(world, "noise")
    first.refresh_from_db()
    assert (first.number, second.number, first.until) == (1, 2, world.at)
    assert verdict(world)
    assert [one.number for one in queries.versions_of(second)] == [2, 1]
    assert [item.code for item in queries.items_of(first)] == ["property"]


def test_dispatch_refuses_what_the_list_does_not_allow_and_says_what_to_do(world: World) -> None:
    publish(world, "property")
    matter = world.matter(text="广场舞音响太吵", to="accepted")
    committee = f"{HOME}.committee"
    for name in ("street_staff", "command"):
        with pytest.raises(Invalid, match="下沉准入清单") as caught:
            matters.dispatch(matter=matter, by=world.actor(name), at=world.at, unit=committee)
        assert caught.value.errors[0]["loc"] == ["unit"]
        assert "街镇科室" in str(caught.value.detail)
    matter.refresh_from_db()
    assert matter.status == "accepted"
    # To another office, or kept by the community itself, it goes as ever; so does what is on the list.
    leak = world.matter(text="楼道漏水", to="accepted")
    matters.dispatch(matter=leak, by=world.actor("street_staff"), at=world.at, unit=committee)
    matters.dispatch(matter=matter, by=world.actor("secretary"), at=world.at, unit=committee)
    noise = world.matter(text="广场舞音响太吵了", to="accepted")
    matters.dispatch(matter=noise, by=world.actor("street_staff"), at=world.at)
    assert noise.status == leak.status == matter.status == "dispatched"


def test_the_api_refuses_it_too(world: World) -> None:
    publish(world, "property")
    matter = world.matter(text="广场舞音响太吵", to="accepted")
    answer = world.client("street_staff").post(
        f"/api/v1/matters/{matter.number}/dispatch", {"unit": f"{HOME}.committee"}, content_type="application/json"
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][-1] == "unit"


def test_only_those_who_keep_a_list_may_publish_it(world: World) -> None:
    for by, place in (("secretary", HOME_STREET), ("far_street_secretary", HOME_STREET), ("street_staff", HOME_STREET)):
        with pytest.raises(NotAllowed):
            publish(world, "noise", place=place, by=by)
    with pytest.raises(Invalid):
        publish(world, "noise", place=HOME)
    with pytest.raises(Invalid):
        publish(world)
    operations.publish_list(
        kind=ListKind.OFFERS, place=world.places[HOME], lines=[Line("上门理发", limits="周末，70 岁以上")],
        by=world.actor("secretary"), at=world.at,
    )  # fmt: skip


def test_a_list_is_read_where_it_holds(world: World) -> None:
    mine = publish(world, "property")
    other = publish(world, "property", place=FAR_STREET, by="far_street_secretary")
    assert queries.list_for(world.actor("secretary"), mine.pk) == mine
    with pytest.raises(NotFound):
        queries.list_for(world.actor("secretary"), other.pk)
    with pytest.raises(NotFound):
        queries.list_for(world.actor("resident"), mine.pk)
