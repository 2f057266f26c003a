"""Stories are told in the time of the little world, a minute after it was made; `clock.shift(…)` lets time pass."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from tests.factories.world import AT


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(AT + timedelta(minutes=1)) as traveller:
        yield traveller
