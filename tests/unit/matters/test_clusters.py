"""Hot spots: the same trouble gathers by itself, the same again, within one's own area."""

from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from pingzhan.journal.operations import seal
from pingzhan.matters import operations, tasks
from pingzhan.matters.models import Cluster, ClusterMember
from pingzhan.matters.operations.clustering import gather
from pingzhan.matters.queries.clusters import clusters_for, hot_spots
from pingzhan.matters.tasks import gather_clusters
from tests.factories.world import FAR, HOME, NEAR, World

pytestmark = pytest.mark.django_db

LIFT = ("3号楼电梯又坏了，老人下不了楼", "3号楼的电梯坏了，老人没法下楼", "3号楼电梯坏了好几天，老人下楼难")


def told(world: World, place: str = f"{HOME}-G001") -> None:
    for number, text in enumerate(LIFT):
        world.report(text, place=place, at=world.at + timedelta(minutes=number))
    world.report("垃圾桶满了没人清", place=place, at=world.at + timedelta(minutes=9))


def work(world: World) -> None:
    while seal(at=world.at):
        pass
    while gather_clusters(world.at):
        pass


def test_the_same_trouble_gathers_and_another_stays_apart(world: World) -> None:
    told(world)
    work(world)
    cluster = Cluster.objects.get()
    assert cluster.size == ClusterMember.objects.count() == 3
    assert cluster.path == world.path(f"{HOME}-G001")
    (spot,) = hot_spots([cluster], at=world.at + timedelta(hours=1))
    assert (spot.growing, spot.days[-1], len(spot.matters)) == (True, 3, 3)
    assert spot.point == pytest.approx(world.point(f"{HOME}-G001"))  # nobody set a point: the middle of the grid


def test_a_second_run_changes_nothing(world: World) -> None:
    told(world)
    work(world)
    before = list(ClusterMember.objects.order_by("pk").values_list("matter_id", "cluster_id"))
    gather(matter_id for matter_id, _ in before)
    assert list(ClusterMember.objects.order_by("pk").values_list("matter_id", "cluster_id")) == before


def test_what_is_weeks_apart_or_in_another_street_does_not_gather(world: World) -> None:
    world.report(LIFT[0], at=world.at - timedelta(days=30))
    world.report(LIFT[1], place=f"{FAR}-G001")
    world.report(LIFT[2])
    work(world)
    assert not Cluster.objects.exists()


def test_only_clusters_wholly_in_ones_area_are_seen(world: World) -> None:
    told(world)
    world.report("3号楼电梯坏了，老人下不了楼", place=f"{NEAR}-G001", at=world.at + timedelta(minutes=20))
    work(world)
    assert Cluster.objects.get().size == 4  # of two communities: their street's
    seen = {
        name: clusters_for(world.actor(name), at=world.at).count()
        for name in ("secretary", "near_secretary", "street_staff", "far_street_staff", "property_staff")
    }
    assert seen == {
        "secretary": 0, "near_secretary": 0, "street_staff": 1, "far_street_staff": 0, "property_staff": 0,
    }  # fmt: skip


def test_the_page_shows_growth_and_proposes_a_whistle(world: World) -> None:
    told(world)
    work(world)
    client = Client()
    client.force_login(world.users["secretary"])
    with time_machine.travel(world.at + timedelta(hours=1), tick=False):
        page = client.get(reverse("desk:clusters")).content.decode()
    assert "3 件" in page
    assert "去吹哨" in page
    assert LIFT[2] in page


def test_a_matter_is_gathered_when_it_is_reported_and_by_no_later_step(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    matter = world.matter(to="in_progress")
    seal(at=world.at)
    gathered: list[UUID] = []
    monkeypatch.setattr(tasks, "gather", gathered.extend)
    while gather_clusters(world.at):
        pass
    assert gathered == [matter.pk]


def test_a_hot_spot_shows_nothing_of_what_was_set_right_to_another_area(world: World) -> None:
    told(world)
    work(world)
    matter = ClusterMember.objects.order_by("id")[0].matter
    operations.accept(matter=matter, by=world.actor("street_staff"), at=world.at, place=f"{NEAR}-G001")
    later = world.at + timedelta(hours=1)
    assert not clusters_for(world.actor("secretary"), at=later).exists()
    assert clusters_for(world.actor("street_staff"), at=later).exists()
