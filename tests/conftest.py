"""What every test may use, and what holds for all of them. See tests/faces.py for the browser."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import hypothesis
import pytest
from django.core.cache import cache
from django.db import connections

from pingzhan.core import flood
from pingzhan.matters.queries import reference
from pingzhan.modes import queries as in_force
from tests.installation import Installation

if TYPE_CHECKING:
    from tests.factories.world import World

pytest_plugins = ["tests.faces"]

# Two busy cores: a deadline per example would fail by chance. The same examples every time: a red run can be repeated.
hypothesis.settings.register_profile(
    "suite", deadline=None, derandomize=True, database=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("suite")

# What a process keeps in memory for seconds must not run out in the middle of a test on a slow machine: then a page
# would ask one statement more. Who changes it forgets it, as in production.
reference.KEPT_SECONDS = in_force.KEPT_SECONDS = 600.0


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # Playwright leaves an event loop in its thread, which disturbs whatever comes after it.
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def _nothing_left_in_memory() -> None:
    """Counts of earlier tests would make this one "too many"."""
    flood.forget()
    cache.clear()


@pytest.fixture
def at_once() -> Callable[..., list[Any]]:
    """Run the calls at the same moment, each in a thread with its own connection; wants `django_db(transaction=True)`.

    Answers what each returned, in order, or the exception that it raised.
    """

    def run(*calls: Callable[[], Any]) -> list[Any]:
        start = threading.Barrier(len(calls))

        def one(call: Callable[[], Any]) -> Any:
            try:
                start.wait(30)
                return call()
            except Exception as error:
                return error
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(calls)) as threads:
            return list(threads.map(one, calls))

    return run


@pytest.fixture
def world(db: None) -> "World":
    """A small district with people in every role: see tests/factories/world.py."""
    from tests.factories.world import make_world

    return make_world()


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """An installation of its own, with an empty database of the engine of this run: for commands and real servers."""
    with Installation.make(tmp_path / "installation") as made:
        yield made
