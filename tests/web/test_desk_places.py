"""The desk's pages of places: the tree, the drawing table of grids, proposals, checks."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from pingzhan.places.models import GridProposal, Outline, Place
from tests.factories.ground import build
from tests.factories.world import DISTRICT, FAR, HOME, World

pytestmark = pytest.mark.django_db

G1, G2, G3 = (f"{HOME}-G{n:03d}" for n in (1, 2, 3))


@pytest.fixture
def ground(world: World) -> list[Place]:
    return build(world)


@pytest.fixture
def desk(world: World) -> Any:
    def signed_in(name: str = "secretary") -> Client:
        return world.browser(name)

    return signed_in


def basis(client: Client) -> str:
    return str(client.get(reverse("desk:grids", args=[HOME])).context["basis"])


def test_the_tree_starts_where_the_actor_works_and_goes_down(desk: Any, ground: list[Place]) -> None:
    client = desk()
    answer = client.get(reverse("desk:places"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("desk:place", args=[HOME])
    assert [row["place"].code for row in answer.context["rows"]] == [G1, G2]
    assert [row["buildings"] for row in answer.context["rows"]] == [13, 1]
    page = answer.content.decode()
    assert "沈书记" in page
    assert "源园居委会" in page
    assert client.get(reverse("desk:place", args=[FAR])).status_code == 404
    assert client.get(reverse("desk:place", args=["nonsense"])).status_code == 404
    assert desk("command").get(reverse("desk:place", args=[DISTRICT])).status_code == 200


def test_no_door_opens_for_those_of_another_place(desk: Any, world: World, ground: list[Place]) -> None:
    from pingzhan.places.operations import propose_grids

    proposal = propose_grids(community=world.places[HOME], by=world.actor("secretary"), at=world.at)
    doors = [reverse(f"desk:{name}", args=[HOME]) for name in ("place", "place_map", "grids", "grids_map")]
    doors += [reverse(f"desk:{name}", args=[proposal.pk]) for name in ("grid_proposal", "grid_proposal_map")]
    for stranger in ("near_secretary", "near_grid_worker", "far_street_secretary", "far_inspector"):
        for door in doors:
            assert desk(stranger).get(door).status_code == 404, door
        assert desk(stranger).post(reverse("desk:grids_propose", args=[HOME])).status_code == 404
        assert desk(stranger).post(doors[2], {"act": "split", "grid": G1}).status_code == 404


def test_a_list_of_places_costs_the_same_whatever_its_length(
    desk: Any, ground: list[Place], django_assert_max_num_queries: Any
) -> None:
    client = desk()
    client.get(reverse("desk:place", args=[G1]))
    with django_assert_max_num_queries(20):
        client.get(reverse("desk:place", args=[G1]))


def test_places_are_found_by_name_within_the_area_only(desk: Any, ground: list[Place]) -> None:
    client = desk()
    found = client.get(reverse("desk:places"), {"q": "甲园"}).context["rows"]
    assert {row["place"].name for row in found} >= {"甲园1号楼"}
    assert client.get(reverse("desk:places"), {"q": "曹家巷"}).context["rows"] == []


def test_the_map_shows_grids_and_buildings(desk: Any, ground: list[Place]) -> None:
    found = json.loads(desk().get(reverse("desk:grids_map", args=[HOME])).content)
    kinds = [feature["properties"]["kind"] for feature in found["features"]]
    assert (kinds.count("self"), kinds.count("child"), kinds.count("building")) == (1, 2, 14)


def test_a_person_splits_and_merges_on_the_page(desk: Any, world: World, ground: list[Place]) -> None:
    client = desk()
    page = reverse("desk:grids", args=[HOME])
    east = [place.code for place in ground if place.name.startswith("乙园")]
    answer = client.post(page, {"act": "split", "grid": G1, "building": east, "basis": basis(client)}, follow=True)
    assert "已拆分" in answer.content.decode()
    assert set(Place.objects.filter(parent__code=G3).values_list("code", flat=True)) == set(east)
    answer = client.post(page, {"act": "merge", "merge": [G1, G3], "basis": basis(client)}, follow=True)
    assert "已合并" in answer.content.decode()
    assert Place.objects.get(code=G3).until is not None
    gone = client.get(reverse("desk:place", args=[G3]))
    assert "已经撤销" in gone.content.decode()
    past = gone.context["past"][0]
    shown = json.loads(client.get(reverse("desk:place_map", args=[G3]), {"past": str(past.pk)}).content)
    assert [one["properties"]["kind"] for one in shown["features"]] == ["past"]


def test_a_line_and_an_area_come_from_the_map(desk: Any, world: World, ground: list[Place]) -> None:
    client = desk()
    page = reverse("desk:grids", args=[HOME])
    lon = world.places[G1].lon
    line = json.dumps([[lon, 31.0], [lon, 31.5]])
    assert client.post(page, {"act": "split", "grid": G1, "line": line}).status_code == 302
    west = json.dumps([[121.0, 31.0], [121.41, 31.0], [121.41, 32.0], [121.0, 32.0]])
    answer = client.post(page, {"act": "move", "to": G2, "shape": west}, follow=True)
    assert "已重划" in answer.content.decode()
    assert Place.objects.filter(parent__code=HOME, level="grid", until__isnull=True).count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"act": "split", "grid": G1},
        {"act": "split", "grid": "nonsense"},
        {"act": "split", "grid": G1, "line": "[[1"},
        {"act": "split", "grid": G1, "line": "[[999, 999], [1, 1]]"},
        {"act": "move", "to": "nonsense", "building": [f"{HOME}-B011"]},
        {"act": "move", "to": G2, "shape": "[[121.4, 31.2], [121.4, 31.2], [121.4, 31.2]]"},
        {"act": "merge", "merge": [G1]},
        {"act": "rename", "renamed": G1, "name": "第2网格", "kind": "town"},
        {"act": "rename", "renamed": G1, "name": "甲", "kind": "nonsense"},
        {"act": "nonsense"},
    ],
)
def test_what_makes_no_sense_is_told_and_kept_on_the_page(desk: Any, ground: list[Place], wrong: Any) -> None:
    answer = desk().post(reverse("desk:grids", args=[HOME]), wrong)
    assert answer.status_code == 422
    assert "data-problem" in answer.content.decode()
    assert Place.objects.filter(level="grid", until__isnull=False).count() == 0


def test_a_drawing_on_an_old_map_is_refused(desk: Any, ground: list[Place]) -> None:
    client = desk()
    old = basis(client)
    Place.objects.filter(pk=ground[0].pk).update(households=1)
    answer = client.post(
        reverse("desk:grids", args=[HOME]), {"act": "split", "grid": G1, "building": ground[0].code, "basis": old}
    )
    assert answer.status_code == 412


def test_a_proposal_is_made_adjusted_and_accepted(desk: Any, world: World, ground: list[Place]) -> None:
    client = desk()
    made = client.post(reverse("desk:grids_propose", args=[HOME]), {"target": "80"})
    proposal = GridProposal.objects.get()
    page = reverse("desk:grid_proposal", args=[proposal.pk])
    assert made.url == page
    assert client.get(page).status_code == 200
    shown = json.loads(client.get(reverse("desk:grid_proposal_map", args=[proposal.pk])).content)
    assert sum(one["properties"]["kind"] == "child" for one in shown["features"]) == len(proposal.grids)
    assert client.post(page, {"act": "adjust", "to": "new", "building": [ground[0].code]}).status_code == 302
    assert client.post(page, {"act": "adjust", "to": "99", "building": [ground[0].code]}).status_code == 422
    assert client.post(page, {"act": "accept"}).status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == "accepted"
    assert client.get(page).status_code == 200
    assert client.post(page, {"act": "accept"}).status_code == 409
    assert client.post(reverse("desk:grids_propose", args=[HOME]), {"target": "viele"}).status_code == 422


def test_checks_name_what_is_wrong_and_where_to_mend_it(desk: Any, world: World, ground: list[Place]) -> None:
    client = desk()
    Outline.objects.filter(place__code=G2).delete()
    Place.objects.filter(code=G1).update(households=900)
    loose = Place.objects.get(code=f"{HOME}-B002")
    Place.objects.filter(pk=loose.pk).update(parent=world.places[HOME], path=f"{world.path(HOME)}{loose.code}/")
    from pingzhan.places.operations import changed

    changed()
    tabs = {tab["kind"].value: tab["count"] for tab in client.get(reverse("desk:place_checks")).context["tabs"]}
    assert tabs == {
        "no_grids": 0, "hole": 1, "overlap": 0, "over": 1, "under": 0, "empty": 1, "no_outline": 1, "no_grid": 1,
    }  # fmt: skip
    (row,) = client.get(reverse("desk:place_checks"), {"kind": "over"}).context["rows"]
    assert row["url"] == reverse("desk:grids", args=[HOME])
    (row,) = desk("inspector").get(reverse("desk:place_checks"), {"kind": "over"}).context["rows"]
    assert row["url"] == reverse("desk:place", args=[G1])
    assert desk("far_secretary").get(reverse("desk:place_checks"), {"kind": "over"}).context["rows"] == []


def test_overlaps_are_found(desk: Any, world: World, ground: list[Place]) -> None:
    whole = Outline.objects.get(place__code=HOME).geometry
    Outline.objects.filter(place__code=G2).update(geometry=whole)
    from pingzhan.places.operations import changed

    changed()
    (row,) = desk().get(reverse("desk:place_checks"), {"kind": "overlap"}).context["rows"]
    assert row["found"].figure == 500


def test_proposals_for_a_whole_street_are_made_in_the_background(desk: Any, world: World, ground: list[Place]) -> None:
    from pingzhan.places.tasks import propose_under

    client = desk("street_secretary")
    assert client.post(reverse("desk:place_propose_all")).status_code == 302
    done = propose_under.func(world.path("310107005"), str(world.users["street_secretary"].pk))
    assert done["made"] >= 1
    page = client.get(reverse("desk:place_checks"))
    assert [one.community.code for one in page.context["proposals"]] == [HOME]


# --- buildings and workbooks ----------------------------------------------------------------------------------------


def test_a_building_is_entered_changed_and_ended_by_hand(desk: Any, world: World) -> None:
    client = desk("community_staff")
    page = reverse("desk:building_new", args=[HOME])
    assert client.get(page).status_code == 200
    wrong = client.post(page, {"building": "", "floors": "many"})
    assert wrong.status_code == 422
    answer = client.post(page, {"building": "3", "estate": "馨园小区", "lon": "121.402", "lat": "31.245"}, follow=True)
    made = Place.objects.get(name="馨园小区3号楼")
    assert answer.redirect_chain[-1][0] == reverse("desk:place", args=[made.code])
    edit = reverse("desk:building_edit", args=[made.code])
    assert 'value="馨园小区3号楼"' in client.get(edit).content.decode()
    assert client.post(edit, {"act": "homes", "rooms": "101-104"}).status_code == 302
    assert client.post(edit, {"act": "homes", "rooms": "顶楼"}).status_code == 422
    assert Place.objects.filter(parent=made, level="household").count() == 4
    assert "101室 · 102室" in client.get(edit).content.decode()
    client.post(edit, {"act": "end_homes", "rooms": "103-104"})
    assert Place.objects.filter(parent=made, level="household", until__isnull=True).count() == 2
    assert client.post(edit, {"act": "end_homes", "rooms": "103"}).status_code == 422
    client.post(edit, {"act": "save", "building": "馨园小区三号楼", "estate": "馨园小区", "floors": "5"})
    made.refresh_from_db()
    assert (made.name, made.floors) == ("馨园小区三号楼", 5)
    client.post(edit, {"act": "end"})
    made.refresh_from_db()
    assert made.until is not None
    assert desk("grid_worker").get(page).status_code == 404


def test_a_workbook_is_checked_then_written(desk: Any, world: World) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from pingzhan.core.sheets import write_workbook
    from pingzhan.places.models import PlaceImport
    from pingzhan.places.tasks import check_import, write_import

    client = desk("community_staff")
    start = reverse("desk:place_imports")
    assert client.get(start).status_code == 200
    assert client.post(start, {"kind": "buildings"}).status_code == 422
    broken = SimpleUploadedFile("a.xlsx", b"nonsense")
    assert client.post(start, {"kind": "buildings", "file": broken}).status_code == 422
    rows = [(HOME, "3号楼"), (HOME, ""), ("别处居委会", "1号楼")]
    sheet = SimpleUploadedFile("楼栋.xlsx", write_workbook("楼栋", ["居村", "楼栋"], rows))
    client.post(start, {"kind": "buildings", "file": sheet})
    taken = PlaceImport.objects.get()
    page = reverse("desk:place_import", args=[taken.pk])
    assert "可以离开这一页" in client.get(page).content.decode()
    assert client.post(page, {"act": "write"}).status_code == 409
    who = str(world.users["community_staff"].pk)
    check_import.func(str(taken.pk), who)
    shown = client.get(page)
    assert shown.context["counts"] == {"created": 1, "changed": 0, "unchanged": 0, "errors": 2}
    assert [row for row, _why in shown.context["errors"]] == [4, 5]
    assert not Place.objects.filter(name="3号楼").exists()
    assert client.post(page, {"act": "write"}).status_code == 302
    write_import.func(str(taken.pk), who)
    assert Place.objects.filter(name="3号楼").exists()
    assert "已导入" in client.get(page).content.decode()
    listed = client.get(reverse("desk:place_import_errors", args=[taken.pk]))
    assert listed["Content-Type"].endswith("sheet")
    assert desk("secretary").get(page).status_code == 404
    for kind in ("buildings", "households"):
        assert client.get(reverse("desk:place_import_template", args=[kind])).content[:2] == b"PK"
    assert client.get(reverse("desk:place_import_template", args=["nonsense"])).status_code == 404


def test_a_code_in_the_stairwell_opens_the_form_with_the_building_chosen(desk: Any, world: World) -> None:
    page = desk().get(reverse("desk:place_qr", args=[f"{HOME}-B001"]))
    assert page.content.decode().count("<svg") > page.content.decode().count("qr-card") - 1
    form = Client().get(reverse("portal:report"), {"place": f"{HOME}-B001"}).content.decode()
    assert f'value="{HOME}-B001" selected' in form
    for nothing in (f"{HOME}-B001-H0101", "nonsense", "\x00", "' OR 1=1"):
        form = Client().get(reverse("portal:report"), {"place": nothing})
        assert form.status_code == 200
        assert f'value="{HOME}-B001' not in form.content.decode()  # nothing is chosen


def test_the_administrator_merges_communities_on_a_page(desk: Any, world: World) -> None:
    client = desk("administrator")
    page = reverse("desk:place_mergers")
    assert client.get(page).status_code == 200
    assert client.post(page, {"old": HOME, "new": "12"}).status_code == 422
    assert client.post(page, {"old": "nonsense", "new": HOME}).status_code == 404
    answer = client.post(page, {"old": f"{HOME}", "new": "310107005003"}, follow=True)
    assert "已并入" in answer.content.decode()
    assert Place.objects.get(code=HOME).merged_into == Place.objects.get(code="310107005003")
