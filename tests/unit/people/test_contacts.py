"""A phone is confirmed when it is entered, when somebody called, and when its owner says so."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from pingzhan.access.actors import SYSTEM
from pingzhan.core.errors import Invalid, NotAllowed, NotFound
from pingzhan.journal.models import Entry
from pingzhan.people.models import Person
from pingzhan.people.operations import appoint, change_person, confirm_contacts, merge_persons
from pingzhan.people.queries import PersonFilters, persons_chosen, persons_page
from pingzhan.people.queries.contacts import unconfirmed_under
from tests.factories.people import somebody
from tests.factories.world import FAR, HOME, World

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def said(person: Person) -> tuple[object, str]:
    person.refresh_from_db()
    return person.contact_confirmed_at, person.contact_confirmed_by


def test_entering_or_changing_a_phone_confirms_it(world: World) -> None:
    person = somebody(world, "张三", phone="10077770001")
    assert said(person) == (world.at, "")
    secretary = world.actor("secretary")
    change_person(person=person, name="张三", phone=None, by=secretary, at=world.at + DAY)
    assert said(person) == (world.at, "")
    change_person(person=person, name="张三", phone="10077770002", by=secretary, at=world.at + DAY)
    assert said(person) == (world.at + DAY, "沈书记")
    change_person(person=person, name="张三", phone="", by=secretary, at=world.at + 2 * DAY)
    assert said(person) == (None, "")


def test_the_database_knows_no_phone_without_its_moment(world: World) -> None:
    person = somebody(world, "张三", phone="10077770001")
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(contact_confirmed_at=None)


def test_who_called_confirms_several_at_once_and_each_is_on_record(world: World) -> None:
    persons = [somebody(world, f"张{number}", phone=f"1007777000{number}") for number in range(3)]
    secretary = world.actor("secretary")
    assert len(confirm_contacts(persons=persons, by=secretary, at=world.at + DAY)) == 3
    assert {said(person) for person in persons} == {(world.at + DAY, "沈书记")}
    entries = Entry.objects.filter(verb="person.confirm_contact").order_by("id")
    assert [(entry.subject_id, entry.place_path, entry.data["own"]) for entry in entries] == [
        (person.pk, world.path(HOME), False) for person in persons
    ]


def test_it_asks_no_more_for_many(world: World) -> None:
    persons = [somebody(world, f"张{number}", phone=f"100777701{number:02d}") for number in range(20)]
    counts = []
    for some in (persons[:1], persons):
        with CaptureQueriesContext(connection) as asked:
            confirm_contacts(persons=some, by=world.actor("secretary"), at=world.at)
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_only_who_looks_after_them_where_they_are_filed_or_work_may(world: World) -> None:
    person = somebody(world, "张三", phone="10077770001")
    for name in ("far_secretary", "community_staff", "resident"):
        with pytest.raises(NotAllowed):
            confirm_contacts(persons=[person], by=world.actor(name), at=world.at + DAY)
    appoint(
        person=person, role="grid_worker", kind="part_time", place=world.places[f"{FAR}-G001"], by=SYSTEM, at=world.at
    )
    confirm_contacts(persons=[person], by=world.actor("far_secretary"), at=world.at + DAY)
    assert said(person) == (world.at + DAY, "袁书记")
    with pytest.raises(NotFound):
        persons_chosen(world.actor("near_secretary"), [person.pk])


def test_one_without_a_phone_stops_the_lot(world: World) -> None:
    one, other = somebody(world, "张三", phone="10077770001"), somebody(world, "李四")
    with pytest.raises(Invalid, match="李四"):
        confirm_contacts(persons=[one, other], by=world.actor("secretary"), at=world.at + DAY)
    with pytest.raises(Invalid):
        confirm_contacts(persons=[], by=world.actor("secretary"), at=world.at + DAY)
    assert said(one) == (world.at, "")


def test_everybody_confirms_their_own(world: World) -> None:
    worker = Person.objects.get(user_id=world.users["grid_worker"].pk)
    change_person(person=worker, name=worker.name, phone="10077770001", by=SYSTEM, at=world.at)
    confirm_contacts(persons=[worker], by=world.actor("grid_worker"), at=world.at + DAY)
    assert said(worker) == (world.at + DAY, "葛网格")
    assert Entry.objects.get(verb="person.confirm_contact").data["own"]


def test_two_entries_made_one_keep_the_later_moment_of_their_phone(world: World) -> None:
    secretary = world.actor("secretary")
    kept, gone = somebody(world, "张三", phone="10077770001"), somebody(world, "张叁", phone="10077770001")
    confirm_contacts(persons=[gone], by=secretary, at=world.at + DAY)
    merge_persons(kept=kept, gone=gone, reason="同一人", by=secretary, at=world.at + 2 * DAY)
    assert said(kept) == (world.at + DAY, "沈书记")
    other, without = somebody(world, "李四", phone="10077770002"), somebody(world, "王五")
    merge_persons(kept=without, gone=other, reason="同一人", by=secretary, at=world.at + 2 * DAY)
    assert said(without) == (world.at, "")
    another = somebody(world, "王五六", phone="10077770003")
    confirm_contacts(persons=[another], by=secretary, at=world.at + DAY)
    merge_persons(kept=without, gone=another, reason="同一人", by=secretary, at=world.at + 2 * DAY)
    assert said(without) == (world.at, "")  # another number


def test_the_list_of_old_phones_begins_with_the_oldest(world: World) -> None:
    persons = [somebody(world, name, phone=f"1007777000{n}") for n, name in enumerate(("安", "白", "陈", "丁"))]
    for person, days in zip(persons, (200, 90, 300, 10), strict=True):
        Person.objects.filter(pk=person.pk).update(contact_confirmed_at=world.at - days * DAY)
    secretary = world.actor("secretary")

    def names(days: int, *, by: object = secretary, limit: int = 20) -> list[str]:
        filters, after, found = PersonFilters(unconfirmed=world.at - days * DAY), None, []
        while True:
            page = persons_page(by, filters, after=after, limit=limit)  # type: ignore[arg-type]
            found += [person.name for person in page.items]
            if (after := page.next) is None:
                return found

    assert names(60) == names(60, limit=1) == ["陈", "安", "白"]
    assert names(250) == ["陈"]
    assert names(60, by=world.actor("far_secretary")) == []


def test_whose_phone_is_old_among_those_in_office(world: World) -> None:
    person = somebody(world, "张三", phone="10077770001")
    paths = [world.path(HOME)]
    assert unconfirmed_under(paths, since=world.at + DAY) == set()
    appoint(
        person=person, role="grid_worker", kind="part_time", place=world.places[f"{HOME}-G001"], by=SYSTEM, at=world.at
    )
    assert unconfirmed_under(paths, since=world.at + DAY) == {person.pk}
    assert unconfirmed_under(paths, since=world.at) == set()
    assert unconfirmed_under([world.path(FAR)], since=world.at + DAY) == set()
