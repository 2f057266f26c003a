"""The little world in real time: browsers keep their cookies by the real clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from playwright.sync_api import Page

from pingzhan.modes import queries as modes
from pingzhan.modes.models import Participant, Response, ResponsePlace
from tests.faces import OpenPage

if TYPE_CHECKING:
    from tests.factories.world import World

# A session of a role that wants a second factor, with it.
SIGNED_IN_TWICE = {"account_authentication_methods": [{"method": "mfa", "at": 0}]}


@pytest.fixture
def world(db: None) -> "World":
    """Made an hour ago, so that whatever is done to prepare a test lies in the past."""
    from tests.factories.world import make_world

    settings.FLOOD_REPORTS_PER_MINUTE = settings.FLOOD_QUERIES_PER_MINUTE = 0
    return make_world(at=datetime.now(UTC) - timedelta(hours=1))


@pytest.fixture
def visit(world: "World", open_page: OpenPage) -> Callable[..., Page]:
    """An empty page, signed in as somebody of the world: `visit("phone")`, `visit("desk", "secretary")`."""

    def go(face: str = "phone", name: str = "", **options: Any) -> Page:
        user = world.users[name] if name else None
        return open_page(face, user=user, session=SIGNED_IN_TWICE, **options)

    return go


@pytest.fixture
def emergency(world: "World") -> Callable[..., Response]:
    """Puts the district under a response of a level, real or exercise, since an hour and for a day."""

    def begin(*, level: int = 2, exercise: bool = False) -> Response:
        response = Response.objects.create(
            plan="防汛防台", level=level, exercise=exercise, since=world.at, until=world.at + timedelta(days=1)
        )
        ResponsePlace.objects.create(response=response, path=world.path("310107"))
        if exercise:
            Participant.objects.bulk_create(
                Participant(response=response, user_id=user.pk) for user in world.users.values()
            )
        modes.forget()
        return response

    return begin
