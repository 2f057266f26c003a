"""The API in the time of the little world: a minute after it was made, and running."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction

from tests.factories.world import AT, World, make_world


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock that the API reads; `clock.shift(…)` moves it."""
    with time_machine.travel(AT + timedelta(minutes=1)) as traveller:
        yield traveller


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside is not done afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def standing_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for all tests of a module that is marked `django_db`: what each of them does is undone."""
    with django_db_blocker.unblock(), undone():
        world = make_world()
        for name in world.users:  # a token first asked for by one test would be undone for the next
            world.token(name)
        yield world
