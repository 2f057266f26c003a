"""A person is entered once, found by how the name sounds, and their phone is opened on record only."""

import pytest
from django.db import connection

from pingzhan.access.actors import SYSTEM
from pingzhan.core.db import refresh_statistics
from pingzhan.core.errors import Invalid, NotAllowed
from pingzhan.journal.queries import openings_of
from pingzhan.people import queries
from pingzhan.people.operations import create_person, enter_person, open_phone
from pingzhan.people.queries import PersonFilters
from pingzhan.people.rules.names import clean_name, spelling
from tests.factories.statements import ways_of
from tests.factories.world import FAR, HOME

pytestmark = pytest.mark.django_db

PHONE = "10000012345"


@pytest.mark.parametrize(
    ("name", "pinyin", "initials"),
    [
        ("张三", "zhangsan", "zs"),
        ("单雄信", "shanxiongxin", "sxx"),
        ("欧阳锋", "ouyangfeng", "oyf"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("Anna Li", "annali", "al"),
    ],
)
def test_how_a_name_sounds(name, pinyin, initials):
    assert (spelling(name).pinyin, spelling(name).initials) == (pinyin, initials)


def test_a_name_has_one_spelling():
    assert clean_name(" 张　三 ") == "张三"
    assert clean_name("Anna  Li") == "Anna Li"


def test_the_same_name_and_phone_is_the_same_person(world):
    here = world.places[HOME]
    first, made = enter_person(name="张三", phone="100 0001 2345", place=here, by=world.actor("secretary"), at=world.at)
    assert made
    again, made = enter_person(
        name="张 三", phone=PHONE, place=world.places[FAR], by=world.actor("far_secretary"), at=world.at
    )
    assert not made
    assert again.pk == first.pk
    with pytest.raises(Invalid):
        create_person(name="张三", phone=PHONE, place=here, by=SYSTEM, at=world.at)
    wife, made = enter_person(name="李四", phone=PHONE, place=here, by=world.actor("secretary"), at=world.at)
    assert made
    assert wife.pk != first.pk


def test_a_phone_is_opened_for_a_purpose_and_on_record(world):
    person = create_person(name="张三", phone=PHONE, place=world.places[HOME], by=SYSTEM, at=world.at)
    assert str(person.phone) == "100****2345"
    with pytest.raises(Invalid):
        open_phone(person=person, purpose=" ", paths=[person.path], by=world.actor("secretary"), at=world.at)
    with pytest.raises(NotAllowed):
        open_phone(person=person, purpose="联系", paths=[person.path], by=world.actor("far_secretary"), at=world.at)
    with pytest.raises(NotAllowed):
        open_phone(person=person, purpose="联系", paths=[person.path], by=world.actor("community_staff"), at=world.at)
    shown = open_phone(person=person, purpose="核实到岗", paths=[person.path], by=world.actor("secretary"), at=world.at)
    assert shown == PHONE
    assert [row.purpose for row in openings_of("person", person.pk)] == ["核实到岗"]


def test_letters_are_looked_up_in_two_indexes(world):
    command = world.actor("command")
    refresh_statistics()
    (way,) = ways_of(lambda: queries.persons_page(command, PersonFilters(q="zs"), after=None))
    if connection.vendor == "sqlite":
        assert "person_by_initials" in way
        assert "person_by_pinyin" in way
