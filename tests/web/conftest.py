"""What the tests of pages share."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories.world import World


@pytest.fixture
def sign_in(world: World) -> Callable[..., Client]:
    """A browser in which the named user has signed in, with a second factor."""
    return world.browser
