"""Who follows the journal misses nothing and sees nothing twice."""

from uuid import uuid4

import pytest
from django.db import transaction

from pingzhan.access.actors import SYSTEM
from pingzhan.journal.follow import follow
from pingzhan.journal.operations import record, seal
from tests.factories.world import AT

pytestmark = pytest.mark.django_db


def entries(*verbs):
    with transaction.atomic():
        return [record(verb=verb, by=SYSTEM, at=AT, subject_type="thing", subject_id=uuid4()).uid for verb in verbs]


def read(limit=500):
    seen = []
    follow("reader", verbs=["thing.made"], work=seen.extend, limit=limit)
    return [entry.uid for entry in seen]


def test_what_is_not_sealed_is_not_handed_out():
    made = entries("thing.made")
    assert read() == []
    seal(at=AT)
    assert read() == made
    assert read() == []


def test_other_verbs_are_passed_over_and_batches_follow_each_other():
    made = entries("thing.made", "thing.broken", "thing.made", "thing.made")
    seal(at=AT)
    assert read(limit=2) == made[:1]
    assert read(limit=2) == made[2:]
    assert read(limit=2) == []


def test_a_failure_is_tried_again():
    made = entries("thing.made")
    seal(at=AT)
    with pytest.raises(ZeroDivisionError):
        follow("reader", verbs=["thing.made"], work=lambda found: 1 / 0)
    assert read() == made
