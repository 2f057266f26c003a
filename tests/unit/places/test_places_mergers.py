"""Communities merged or given another code by the state: everything goes along, the past stays linked and readable."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from pingzhan.access.models import Grant
from pingzhan.core.errors import Invalid, NotAllowed, NotFound
from pingzhan.journal.queries import timeline
from pingzhan.matters.models import Matter
from pingzhan.matters.queries.lists import Filters, matters_for, notices
from pingzhan.people.models import Appointment
from pingzhan.places import queries
from pingzhan.places.choices import Finding
from pingzhan.places.locate import locate
from pingzhan.places.models import Estate, Place
from pingzhan.places.names import place_lines
from pingzhan.places.operations import take_over
from tests.factories.ground import build
from tests.factories.world import FAR, HOME, HOME_STREET, NEAR, World

pytestmark = pytest.mark.django_db

NEW_CODE = f"{HOME_STREET}099"


def test_one_community_takes_over_another_with_all_that_is_there(world: World) -> None:
    build(world, f"{NEAR}-G001")
    open_one = world.report(place=f"{NEAR}-B001")
    closed = world.matter(to="archived", place=f"{NEAR}-G002")
    old_path = world.path(NEAR)
    later = world.at + timedelta(days=1)
    into = take_over(old=NEAR, new=HOME, by=world.actor("administrator"), at=later)

    gone = Place.objects.get(code=NEAR)
    assert (gone.until, gone.merged_into, into.code) == (later, into, HOME)
    grid = Place.objects.get(code=f"{NEAR}-G001")
    assert (grid.parent, grid.path, grid.until) == (into, f"{into.path}{grid.code}/", None)
    assert grid.name == "花溪园第1网格"  # there is a first grid already
    assert not Place.objects.filter(path__startswith=old_path).exclude(code=NEAR).exists()
    assert set(Estate.objects.filter(community=into).values_list("name", flat=True)) == {"甲园", "乙园"}
    # History: both matters are seen by those of the community that took over, and say where they were.
    for matter in (open_one, closed):
        matter.refresh_from_db()
        assert matter.path.startswith(into.path)
        assert matter.community == HOME
    # What was made public is read where the residents are now.
    assert [row.matter_id for row in notices(under_path=into.path).items] == [closed.pk]
    assert next(iter(timeline("matter", closed.pk))).place_path.startswith(old_path)
    seen = matters_for(world.actor("secretary"), Filters(), at=later)
    assert {open_one.number, closed.number} <= set(seen.values_list("number", flat=True))
    assert place_lines([old_path])[old_path].endswith("花溪园居委会")
    # Offices go on where they went.
    worker = world.users["near_grid_worker"]
    assert Grant.objects.get(user=worker, until__isnull=True).path == grid.path
    secretary = world.users["near_secretary"]
    # There is one secretary already: the other's office has ended, and its rights with it.
    assert Appointment.objects.get(person__user_id=secretary.pk, role="community_secretary").until == later
    assert not Grant.objects.filter(user=secretary, until__isnull=True).exists()
    # The map and the old name lead to the new place.
    queries.forget_names()
    assert queries.match_address("花溪园居委会").place == into
    assert queries.search_by_name("花溪园居委会")[0] == into
    chain = locate(*world.point(f"{NEAR}-G001"))
    assert chain is not None
    assert [place.code for place in chain][-2:] == [HOME, f"{NEAR}-G001"]
    wrong = queries.findings([into.path])
    assert (wrong[Finding.HOLE], wrong[Finding.OVERLAP], wrong[Finding.NO_GRID]) == ([], [], [])


def test_a_community_gets_another_code(world: World) -> None:
    matter = world.report(place=f"{HOME}-B001")
    into = take_over(old=HOME, new=NEW_CODE, name="新源园居委会", by=world.actor("administrator"), at=world.at)
    assert (into.code, into.name, into.parent) == (NEW_CODE, "新源园居委会", world.places[HOME_STREET])
    matter.refresh_from_db()
    assert (matter.community, matter.place.code) == (NEW_CODE, f"{HOME}-B001")
    assert Place.objects.get(code=f"{HOME}-B001-H0101").path.startswith(into.path)
    assert queries.former_names(into) == ["源园居委会"]
    assert Matter.objects.filter(path__startswith=world.path(HOME)).count() == 0
    with pytest.raises(NotFound):
        take_over(old=HOME, new=NEW_CODE, by=world.actor("administrator"), at=world.at)


def test_households_go_from_street_to_street(world: World) -> None:
    build(world, f"{FAR}-G001", households=10)
    Place.objects.filter(code__in=[FAR, "310107014", "310107"]).update(households=120)
    take_over(old=FAR, new=HOME, by=world.actor("administrator"), at=world.at)
    rows = Place.objects.filter(code__in=["310107", "310107014", HOME_STREET, HOME])
    counted = dict(rows.values_list("code", "households"))
    assert counted == {"310107": 120, "310107014": 0, HOME_STREET: 120, HOME: 120}


@pytest.mark.parametrize(
    ("old", "new", "error"),
    [
        ("nonsense", HOME, NotFound), (HOME_STREET, HOME, NotFound), (HOME, HOME, Invalid), (HOME, "12", Invalid),
        (HOME, f"{HOME}-G001", Invalid), (HOME, "990107005001", Invalid),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(world: World, old: str, new: str, error: Any) -> None:
    with pytest.raises(error):
        take_over(old=old, new=new, by=world.actor("administrator"), at=world.at)
    assert Place.objects.filter(until__isnull=False).count() == 0


def test_only_the_administrator_does_it(world: World) -> None:
    for name in ("secretary", "street_secretary", "command"):
        with pytest.raises(NotAllowed):
            take_over(old=HOME, new=NEAR, by=world.actor(name), at=world.at)


def test_the_command_says_what_it_did(world: World, capsys: Any) -> None:
    call_command("merge_communities", HOME, NEAR)
    assert NEAR in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("merge_communities", HOME, NEAR)
