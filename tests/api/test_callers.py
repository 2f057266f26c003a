"""Ways in: tokens, sessions with their CSRF token and second factor, nobody; and how each is refused."""

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from pingzhan.access import operations as access
from pingzhan.access.actors import SYSTEM
from pingzhan.access.models import Grant, User
from tests.factories.world import AT, HOME, World

ME = "/api/v1/me"


def signed_in(world: World, name: str, *, twice: bool = False, **options: Any) -> Client:
    client = Client(**options)
    client.force_login(world.users[name])
    if twice:
        session = client.session
        session["account_authentication_methods"] = [{"method": "mfa", "at": AT.timestamp()}]
        session.save()
    return client


@pytest.mark.parametrize(
    "header",
    ["Bearer nonsense", "Bearer", "Bearer ", "Basic c2VjcmV0YXJ5Og==", "bearer \xff\xfe", "x", "Bearer " + "a" * 5000],
)
@pytest.mark.parametrize("url", [ME, "/api/v1/categories"])
def test_a_token_that_is_none_is_refused_even_where_none_is_needed(world: World, header: str, url: str) -> None:
    answer = world.client().get(url, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert answer.json()["type"].endswith("/not-signed-in")


def test_nobody_is_asked_to_sign_in_where_it_matters(world: World) -> None:
    answer = world.client().get(ME)
    assert (answer.status_code, answer.json()["status"]) == (401, 401)
    assert world.client().get("/api/v1/categories").status_code == 200


def test_a_token_ends_with_its_time_its_user_and_its_grants(world: World, clock: time_machine.Traveller) -> None:
    client = world.client("secretary")
    matter = world.report()
    assert client.get(f"/api/v1/matters/{matter.number}").status_code == 200
    grant = Grant.objects.get(user=world.users["secretary"])
    access.revoke(grant=grant, by=SYSTEM, at=AT, reason="left")
    assert client.get(f"/api/v1/matters/{matter.number}").status_code == 404
    assert client.get(ME).json()["roles"] == []
    User.objects.filter(username="secretary").update(is_active=False)
    assert client.get(ME).status_code == 401
    late = world.client("inspector")
    assert late.get(ME).status_code == 200
    clock.move_to(AT + timedelta(days=10_000))
    assert late.get(ME).status_code == 401


def test_a_session_reads_freely_and_writes_with_its_csrf_token(world: World) -> None:
    matter = world.report()
    client = signed_in(world, "secretary", enforce_csrf_checks=True)
    url = f"/api/v1/matters/{matter.number}"
    assert client.get(url).status_code == 200
    refused = client.post(f"{url}/accept")
    assert (refused.status_code, refused["Content-Type"]) == (403, "application/problem+json")
    client.cookies["csrftoken"] = "a" * 32
    assert client.post(f"{url}/accept", headers={"X-CSRFToken": "b" * 32}).status_code == 403
    assert client.post(f"{url}/accept", headers={"X-CSRFToken": "a" * 32}).status_code == 200
    # Also where anybody may write: a page elsewhere must not report in somebody's name.
    body = json.dumps({"text": "漏水", "place": HOME})
    report = client.post("/api/v1/matters", body, content_type="application/json")
    assert report.status_code == 403


def test_a_token_needs_no_csrf_token_even_beside_a_session(world: World) -> None:
    matter = world.report()
    client = signed_in(world, "resident", enforce_csrf_checks=True)
    headers = {"Authorization": f"Bearer {world.token('secretary')}"}
    assert client.post(f"/api/v1/matters/{matter.number}/accept", headers=headers).status_code == 200


def test_nobody_reports_without_a_csrf_token(world: World) -> None:
    body = json.dumps({"text": "漏水", "place": HOME})
    client = Client(enforce_csrf_checks=True)
    assert client.post("/api/v1/matters", body, content_type="application/json").status_code == 201


def test_a_command_role_without_its_second_factor_is_nobody(world: World) -> None:
    assert signed_in(world, "command").get(ME).status_code == 401
    assert signed_in(world, "command", twice=True).get(ME).status_code == 200
    assert signed_in(world, "secretary").get(ME).status_code == 200


def test_what_is_not_there_and_what_is_not_allowed_are_problems_too(world: World) -> None:
    client = world.client()
    for method, url, status in (
        ("get", "/api/v1/", 404),
        ("post", "/api/v1/nowhere", 404),
        ("get", "/api/v2/matters", 404),
        ("post", "/api/v1/matters/x/dance", 404),
        ("get", "/api/v1/matters/", 404),
        ("delete", "/api/v1/matters", 405),
        ("get", "/api/v1/matters/x/accept", 405),
        ("trace", "/api/v1/me", 405),
    ):
        answer = getattr(client, method)(url)
        assert answer.status_code == status, url
        assert answer["Content-Type"] == "application/problem+json", url
        assert answer.json()["status"] == status
        if status == 405:
            assert answer["Allow"]
    assert client.get("/api/v1/me", headers={"host": "evil.example"}).json()["status"] == 400


def test_kinds_of_problems_can_be_looked_up(world: World) -> None:
    problem = world.client().get(ME).json()
    kind = world.client().get(problem["type"]).json()
    assert (kind["type"], kind["status"]) == (problem["type"], 401)
    assert world.client().get("/api/v1/problems/none").status_code == 404


def test_answers_are_kept_nowhere_on_the_way(world: World) -> None:
    for url in (ME, "/api/v1/matters", "/api/v1/nowhere"):
        assert world.client("secretary").get(url)["Cache-Control"] == "no-store"
