"""The API in the time of the little world: a minute after it was made, and running."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine

from tests.factories.world import AT


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock that the API reads; `clock.shift(…)` moves it."""
    with time_machine.travel(AT + timedelta(minutes=1)) as traveller:
        yield traveller
