"""The whole API against its own document: whatever it allows or forbids to send, answers are as it says, and never 5xx.

PINGZHAN_SCHEMA_EXAMPLES=2500 raises the number of examples an operation and caller from 15 (100,000 cases and more).
"""

import os
import re
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS
from schemathesis.config import SchemathesisConfig

from pingzhan.api.schemas.common import NUMBER
from pingzhan.wsgi import application
from tests.api.conftest import undone
from tests.factories.world import World

pytestmark = pytest.mark.django_db

EXAMPLES = int(os.environ.get("PINGZHAN_SCHEMA_EXAMPLES", "15"))
# Valid by form is not valid by meaning: a category that there is none of, a step out of its state.
NOT_OURS = {"positive_data_acceptance"}

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, config=SchemathesisConfig(seed=1))
few = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(autouse=True)
def _connection_stays_open() -> Iterator[None]:
    """A real server closes what a request leaves unfinished; here all happens in the transaction of the test."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.FLOOD_REPORTS_PER_MINUTE = settings.FLOOD_QUERIES_PER_MINUTE = 0


@pytest.fixture(scope="module")
def numbers(standing_world: World) -> list[str]:
    """Numbers of matters in states from which most steps can be taken."""
    states = ("submitted", "accepted", "in_progress", "completed", "rated")
    return [standing_world.matter(to=status).number for status in states]


@pytest.fixture(scope="module")
def token(standing_world: World) -> str:
    return standing_world.token("secretary")


def call(case: Any, numbers: list[str], **headers: str) -> None:
    given = (case.path_parameters or {}).get("number")
    if isinstance(given, str) and re.fullmatch(NUMBER, given):
        # As good as any number by form, and there is something behind it.
        case.path_parameters["number"] = numbers[sum(given.encode()) % len(numbers)]
    with undone():
        case.call_and_validate(headers=headers, excluded_checks=[CHECKS.get_one(name) for name in NOT_OURS])


def for_anybody(context: Any) -> bool:
    """Whether nobody needs to be signed in: elsewhere nobody gets 401 and no further, see test_scope_table.py."""
    return {} in context.operation.definition.raw["security"]


@schema.include(for_anybody).parametrize()
@few
def test_nobody(case: Any, numbers: list[str]) -> None:
    call(case, numbers)


@schema.parametrize()
@few
def test_a_secretary(case: Any, numbers: list[str], token: str) -> None:
    call(case, numbers, Authorization=f"Bearer {token}")
