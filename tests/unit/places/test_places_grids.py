"""Splitting, merging and redrawing grids: codes stay, paths move, and what hangs on places follows."""

import json
from datetime import timedelta
from typing import Any

import pytest
import shapely

from pingzhan.access.models import Grant
from pingzhan.core.errors import Invalid, NotAllowed, NotFound, Stale, StateConflict
from pingzhan.journal.queries import timeline
from pingzhan.matters import operations as matters
from pingzhan.matters.choices import Source
from pingzhan.matters.models import Matter
from pingzhan.matters.operations import Location
from pingzhan.matters.queries.sheet import sheet
from pingzhan.modes.models import Response, ResponsePlace
from pingzhan.people.models import Appointment
from pingzhan.places import queries
from pingzhan.places.locate import locate
from pingzhan.places.models import GridProposal, Outline, PastOutline, Place
from pingzhan.places.names import place_lines
from pingzhan.places.operations import (
    NEW,
    accept_proposal,
    adjust_proposal,
    merge_grids,
    move_to_grid,
    propose_changes,
    propose_grids,
    reject_proposal,
    rename_grid,
    split_grid,
)
from pingzhan.places.tasks import propose_by_night
from tests.factories.ground import build
from tests.factories.world import FAR, HOME, World

pytestmark = pytest.mark.django_db

G1, G2, G3 = (f"{HOME}-G{n:03d}" for n in (1, 2, 3))


def grid(code: str) -> Place:
    return Place.objects.select_related("parent").get(code=code)


def home() -> Place:
    return Place.objects.get(code=HOME)


@pytest.fixture
def ground(world: World) -> list[Place]:
    return build(world)


def covered() -> None:
    """The grids of the home community cover it, no two lie upon each other, and all buildings stand in theirs."""
    here = queries.ground_of(home())
    assert here.outline is not None
    areas = list(here.areas.values())
    assert set(here.areas) == set(here.grids)
    assert shapely.union_all(areas).symmetric_difference(here.outline).area < 1e-5 * here.outline.area
    assert sum(area.area for area in areas) == pytest.approx(here.outline.area, rel=1e-5)
    for building in here.buildings.values():
        if building.point is not None:
            assert here.areas[building.grid].distance(shapely.Point(building.point)) < 1e-9
        assert building.path == f"{here.grids[building.grid].path}{building.code}/"


def test_a_grid_is_split_by_a_line(world: World, ground: list[Place]) -> None:
    west = world.places[G1].lon
    assert west is not None
    line = [(west, 31.0), (west, 31.5)]
    done = split_grid(grid=grid(G1), line=line, by=world.actor("secretary"), at=world.at)
    assert [place.code for place in done.made] == [G3]
    assert not done.ended
    covered()
    moved = [place.code for place in Place.objects.filter(parent__code=G3).order_by("code")]
    assert len(moved) in {6, 7}  # six of the twelve; the old building stands in the middle
    assert grid(G3).name == "第三网格"
    assert grid(G1).households + grid(G3).households == 240
    # Codes are for life, and households went along.
    household = Place.objects.get(code=f"{HOME}-B001-H0101")
    assert household.path == f"{Place.objects.get(code=f'{HOME}-B001').path}{household.code}/"
    # The next place that a resident points at is found in the new grid.
    somewhere = Place.objects.get(code=moved[0])
    chain = locate(somewhere.lon or 0, somewhere.lat or 0)
    assert chain is not None
    assert chain[-1].code == G3
    assert PastOutline.objects.filter(place__code=G1).count() == 1


def test_a_grid_is_split_by_a_list_of_buildings(world: World, ground: list[Place]) -> None:
    east = [place.code for place in ground if "乙园" in place.name]
    split_grid(grid=grid(G1), buildings=east, name="乙园网格", by=world.actor("secretary"), at=world.at)
    assert set(Place.objects.filter(parent__code=G3).values_list("code", flat=True)) == set(east)
    assert grid(G3).name == "乙园网格"
    covered()


def test_the_larger_part_goes_on_as_the_grid(world: World, ground: list[Place]) -> None:
    most = [place.code for place in ground[:9]]
    split_grid(grid=grid(G1), buildings=most, by=world.actor("secretary"), at=world.at)
    assert set(most) <= set(Place.objects.filter(parent__code=G1).values_list("code", flat=True))
    covered()


def test_grids_are_merged_and_the_one_that_ends_stays_readable(world: World, ground: list[Place]) -> None:
    done = merge_grids(grids=[grid(G1), grid(G2)], by=world.actor("secretary"), at=world.at)
    assert [place.code for place in done.ended] == [G2]
    gone = Place.objects.get(code=G2)
    assert gone.until == world.at
    assert gone.merged_into == grid(G1)
    assert grid(G1).households == 240
    covered()
    with pytest.raises(NotFound):
        queries.get_place(G2)
    assert place_lines([gone.path])[gone.path].endswith("第2网格")
    outline = json.loads(PastOutline.objects.get(place=gone).geometry)
    assert shapely.from_geojson(json.dumps(outline)).area == pytest.approx(1e-4, rel=1e-6)
    assert not Outline.objects.filter(place=gone).exists()


def test_what_was_merged_can_be_split_again_and_codes_are_never_given_twice(world: World, ground: list[Place]) -> None:
    merge_grids(grids=[grid(G1), grid(G2)], by=world.actor("secretary"), at=world.at)
    done = split_grid(
        grid=grid(G1), buildings=[f"{HOME}-B002"], by=world.actor("secretary"), at=world.at + timedelta(days=1)
    )
    assert [place.code for place in done.made] == [G3]
    covered()


def test_a_drawn_area_goes_over_to_a_neighbour(world: World, ground: list[Place]) -> None:
    border = world.places[G2].lon
    assert border is not None
    shape = shapely.box(border - 0.008, 31.0, border, 31.5)  # the eastern quarter of the first grid and a bit
    move_to_grid(community=home(), to=G2, shape=shape, by=world.actor("street_secretary"), at=world.at)
    covered()
    east = Place.objects.filter(parent__code=G2, level="building")
    assert east.count() == 4  # a column of three and its own
    everything = shapely.box(121, 31, 122, 32)
    done = move_to_grid(community=home(), to=G2, shape=everything, by=world.actor("secretary"), at=world.at)
    assert [place.code for place in done.ended] == [G1]
    covered()


def test_buildings_are_given_to_a_new_grid_by_a_list(world: World, ground: list[Place]) -> None:
    own = [place.code for place in ground if place.name.startswith("甲园")]
    move_to_grid(community=home(), to=NEW, buildings=own, name="甲园网格", by=world.actor("secretary"), at=world.at)
    assert set(Place.objects.filter(parent__name="甲园网格").values_list("code", flat=True)) == set(own)
    covered()


def test_a_drawing_from_yesterday_is_refused(world: World, ground: list[Place]) -> None:
    basis = queries.ground_of(home()).basis
    split_grid(grid=grid(G1), buildings=[ground[0].code], basis=basis, by=world.actor("secretary"), at=world.at)
    with pytest.raises(Stale):
        split_grid(grid=grid(G1), buildings=[ground[1].code], basis=basis, by=world.actor("secretary"), at=world.at)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"line": [(121.5, 31.0), (121.5, 31.5)]}, "drawing"),
        ({}, "buildings"),
        ({"buildings": [f"{HOME}-B002"]}, "buildings"),
        ({"buildings": ["nonsense"]}, "buildings"),
    ],
)
def test_a_split_that_makes_no_sense_is_refused_with_words(
    world: World, ground: list[Place], wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        split_grid(grid=grid(G1), by=world.actor("secretary"), at=world.at, **wrong)
    assert refused.value.errors[0]["loc"] == [field]
    assert Place.objects.filter(code=G3).count() == 0


def test_grids_that_are_not_neighbours_are_not_merged(world: World) -> None:
    with pytest.raises(Invalid):
        merge_grids(grids=[grid(G1), grid(f"{FAR}-G001")], by=world.actor("command"), at=world.at)
    with pytest.raises(Invalid):
        merge_grids(grids=[grid(G1), grid(G1)], by=world.actor("command"), at=world.at)


@pytest.mark.parametrize("name", ["community_staff", "grid_worker", "inspector", "far_secretary", "housing_staff"])
def test_only_those_who_answer_for_the_place_draw(world: World, ground: list[Place], name: str) -> None:
    with pytest.raises(NotAllowed):
        split_grid(grid=grid(G1), buildings=[ground[0].code], by=world.actor(name), at=world.at)
    with pytest.raises(NotAllowed):
        propose_grids(community=home(), by=world.actor(name), at=world.at)


def test_a_grid_gets_another_name_and_kind(world: World, ground: list[Place]) -> None:
    rename_grid(grid=grid(G1), name="医院专属网格", kind="dedicated", by=world.actor("secretary"), at=world.at)
    assert (grid(G1).name, grid(G1).kind) == ("医院专属网格", "dedicated")
    with pytest.raises(Invalid):
        rename_grid(grid=grid(G2), name="医院专属网格", kind="town", by=world.actor("secretary"), at=world.at)


# --- what follows ---------------------------------------------------------------------------------------------------


def test_an_open_matter_keeps_its_history_and_follows_its_point(world: World, ground: list[Place]) -> None:
    building = ground[-1]
    here = world.report(place=building.code)
    pointed = matters.report(
        text="路灯不亮", location=Location(lon=building.lon, lat=building.lat), source=Source.PORTAL,
        by=world.actor(), at=world.at,
    )  # fmt: skip
    vague = world.report(text="广场舞太吵", place=G1)
    before = [entry.place_path for entry in timeline("matter", here.pk)]
    east = [place.code for place in ground if "乙园" in place.name]
    split_grid(grid=grid(G1), buildings=east, by=world.actor("secretary"), at=world.at + timedelta(hours=1))

    for matter in (here, pointed, vague):
        matter.refresh_from_db()
    assert here.place.code == building.code
    assert here.path == Place.objects.get(code=building.code).path
    assert f"/{G3}/" in here.path
    assert (pointed.place.code, vague.place.code) == (G3, G1)
    entries = list(timeline("matter", here.pk))
    assert [entry.verb for entry in entries] == ["matter.report", "matter.relocate"]
    assert entries[0].place_path == before[0]
    # And it goes its way.
    world.advance(here, to="archived")
    assert here.status == "archived"
    assert "relocate" in [item.step for item in sheet(here, public=False).items]
    assert "relocate" not in [item.step for item in sheet(here, public=True).items]


def test_what_was_closed_at_a_grid_stays_where_it_was_closed(world: World, ground: list[Place]) -> None:
    closed = world.matter(to="archived", place=G2)
    still = world.matter(to="in_progress", place=G2)
    merge_grids(grids=[grid(G1), grid(G2)], by=world.actor("secretary"), at=world.at + timedelta(days=1))
    closed.refresh_from_db()
    still.refresh_from_db()
    assert closed.place.code == G2
    assert f"/{G2}/" in closed.path
    assert still.place.code == G1
    assert f"/{G1}/" in still.path
    assert Matter.objects.filter(community=HOME).count() == 2


def test_who_worked_at_a_grid_that_ended_works_on_and_the_past_stays(world: World, ground: list[Place]) -> None:
    later = world.at + timedelta(days=1)
    merge_grids(grids=[grid(G1), grid(G2)], into=G2, by=world.actor("secretary"), at=later)
    worker = world.users["grid_worker"]
    old, new = Appointment.objects.filter(person__user_id=worker.pk).order_by("since")
    assert (old.place.code, old.until) == (G1, later)
    assert (new.place.code, new.until, new.path) == (G2, None, grid(G2).path)
    assert new.unit_id == old.unit_id
    past, present = Grant.objects.filter(user=worker).order_by("since")
    assert (past.until, present.until) == (later, None)
    assert past.path != present.path == grid(G2).path
    assert (old.grant_id, new.grant_id) == (past.pk, present.pk)
    # The leader of a building is the same one, at another path.
    leader = Appointment.objects.get(person__user_id=world.users["building_leader"].pk)
    assert leader.until is None
    assert leader.path == Place.objects.get(code=f"{HOME}-B001").path
    assert Grant.objects.get(user=world.users["building_leader"]).path == leader.path


def test_who_has_the_same_office_at_both_has_it_once(world: World, ground: list[Place]) -> None:
    from pingzhan.access.actors import SYSTEM
    from pingzhan.people import operations as people
    from pingzhan.people.models import Person

    person = Person.objects.get(user_id=world.users["grid_worker"].pk)
    people.appoint(
        person=person, role="grid_worker", place=grid(G2), by=SYSTEM, at=world.at,
        unit=world.units[f"{HOME}.committee"],
    )  # fmt: skip
    merge_grids(grids=[grid(G1), grid(G2)], by=world.actor("secretary"), at=world.at + timedelta(days=1))
    held = world.actor("grid_worker")
    assert Appointment.objects.filter(person=person, until__isnull=True).count() == 1
    assert held is not None
    assert Grant.objects.filter(user=world.users["grid_worker"], until__isnull=True).count() == 1


def test_nothing_is_redrawn_while_a_response_is_in_force(world: World, ground: list[Place]) -> None:
    response = Response.objects.create(plan="防汛", level=3, since=world.at, until=world.at + timedelta(days=2))
    ResponsePlace.objects.create(response=response, path=world.path(HOME))
    with pytest.raises(StateConflict):
        merge_grids(grids=[grid(G1), grid(G2)], by=world.actor("secretary"), at=world.at + timedelta(hours=1))
    assert Place.objects.get(code=G2).until is None
    merge_grids(grids=[grid(G1), grid(G2)], by=world.actor("secretary"), at=world.at + timedelta(days=3))


# --- proposals ------------------------------------------------------------------------------------------------------


def test_a_proposal_changes_nothing_until_it_is_accepted(world: World, ground: list[Place]) -> None:
    build(world, G2, first=31)
    by = world.actor("secretary")
    proposal = propose_grids(community=home(), target=80, by=by, at=world.at)
    assert Place.objects.filter(parent=home(), level="grid", until__isnull=True).count() == 2
    assert len(proposal.grids) == 6
    assert {one["code"] for one in proposal.grids} >= {G1, G2}
    accept_proposal(proposal=proposal, by=by, at=world.at)
    covered()
    assert Place.objects.filter(parent=home(), level="grid", until__isnull=True).count() == 6
    with pytest.raises(StateConflict):
        accept_proposal(proposal=proposal, by=by, at=world.at)


def test_a_proposal_is_adjusted_before_it_is_accepted(world: World, ground: list[Place]) -> None:
    by = world.actor("secretary")
    proposal = propose_grids(community=home(), target=120, by=by, at=world.at)
    first = next(n for n, one in enumerate(proposal.grids) if ground[0].code in one["buildings"])
    adjust_proposal(proposal=proposal, to=NEW, buildings=[ground[0].code], by=by, at=world.at)
    assert proposal.grids[-1]["buildings"] == [ground[0].code]
    assert ground[0].code not in proposal.grids[first]["buildings"]
    with pytest.raises(Invalid):
        adjust_proposal(proposal=proposal, to="99", buildings=[ground[0].code], by=by, at=world.at)
    accept_proposal(proposal=proposal, by=by, at=world.at)
    covered()


def test_a_proposal_made_before_a_change_is_stale(world: World, ground: list[Place]) -> None:
    by = world.actor("secretary")
    proposal = propose_grids(community=home(), by=by, at=world.at)
    Place.objects.filter(pk=ground[0].pk).update(households=99)
    with pytest.raises(Stale):
        accept_proposal(proposal=proposal, by=by, at=world.at)
    again = propose_grids(community=home(), by=by, at=world.at)
    reject_proposal(proposal=again, by=by, at=world.at)
    assert sorted(GridProposal.objects.values_list("state", flat=True)) == ["rejected", "replaced"]


def test_a_dedicated_grid_stays_apart_in_a_proposal(world: World, ground: list[Place]) -> None:
    by = world.actor("secretary")
    rename_grid(grid=grid(G2), name="医院专属网格", kind="dedicated", by=by, at=world.at)
    proposal = propose_grids(community=home(), target=80, by=by, at=world.at)
    (own,) = [one for one in proposal.grids if one["kind"] == "dedicated"]
    assert (own["code"], own["buildings"], own["name"]) == (G2, [f"{HOME}-B002"], "医院专属网格")


def test_changed_numbers_of_households_lead_to_a_proposal(world: World, ground: list[Place], settings: Any) -> None:
    settings.GRID_TOWN_HOUSEHOLDS = 80
    by = world.actor("secretary")
    proposal = propose_changes(community=home(), by=by, at=world.at)
    assert proposal is not None
    accept_proposal(proposal=proposal, by=by, at=world.at)
    covered()
    sizes = queries.sizes_for("town")
    assert all(one.households <= sizes.most for one in Place.objects.filter(parent=home(), until__isnull=True))
    assert propose_changes(community=home(), by=by, at=world.at) is None
    settings.GRID_TOWN_HOUSEHOLDS = 400
    merged = propose_changes(community=home(), by=by, at=world.at)
    assert merged is not None
    assert len(merged.grids) < Place.objects.filter(parent=home(), level="grid", until__isnull=True).count()


def test_buildings_without_a_point_go_with_their_estate(world: World, ground: list[Place]) -> None:
    Place.objects.filter(code__in=[ground[3].code, f"{HOME}-B001"]).update(lon=None, lat=None)
    by = world.actor("secretary")
    proposal = propose_grids(community=home(), target=120, by=by, at=world.at)
    beside = next(one for one in proposal.grids if ground[3].code in one["buildings"])
    assert ground[2].code in beside["buildings"] or ground[7].code in beside["buildings"]
    accept_proposal(proposal=proposal, by=by, at=world.at)
    assert Place.objects.filter(level="building", path__startswith=home().path).count() == 14


def test_by_night_grids_that_no_longer_fit_are_proposed_anew_and_what_was_declined_is_not_asked_again(
    world: World, ground: list[Place], settings: Any
) -> None:
    settings.GRID_TOWN_HOUSEHOLDS = 80
    night = world.at.replace(hour=19)  # 03:00 in Shanghai
    assert propose_by_night(world.at) == 0
    assert propose_by_night(night) == 1
    proposal = GridProposal.objects.get()
    assert (proposal.community_id, proposal.state) == (home().pk, "open")
    assert propose_by_night(night + timedelta(days=1)) == 0
    reject_proposal(proposal=proposal, by=world.actor("secretary"), at=night)
    assert propose_by_night(night + timedelta(days=1)) == 0
    assert propose_by_night(night + timedelta(days=31)) == 1
