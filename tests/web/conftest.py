"""What the tests of pages share."""

from collections.abc import Callable

import pytest
from django.test import Client

from tests.factories.world import World


@pytest.fixture
def sign_in(world: World) -> Callable[[str], Client]:
    """A browser in which the named user has signed in, with a second factor."""

    def make(name: str) -> Client:
        client = Client()
        client.force_login(world.users[name])
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": 0}]
        session.save()
        return client

    return make
