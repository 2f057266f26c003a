"""The OpenAPI document and its page: what a newcomer finds there is complete and true."""

import importlib
import json
import pkgutil
import re
from typing import Any

import pytest
from playwright.sync_api import expect
from pydantic import BaseModel

from pingzhan import api
from pingzhan.api.problems import KINDS
from tests.faces import OpenPage
from tests.factories.world import World

DOCUMENT = "/api/v1/openapi.json"
# As the contract writes them.
STEPS = """
    accept reject dispatch sign return progress refer hold resume complete verify feed_back rate publish archive reopen
    urge supervise merge split withdraw
"""
STATES = """
    submitted accepted dispatched in_progress completed fed_back rated published archived rejected merged withdrawn
    on_hold
"""


@pytest.fixture
def document(client: Any) -> dict[str, Any]:
    return dict(client.get(DOCUMENT).json())


def operations(document: dict[str, Any]) -> list[dict[str, Any]]:
    return [operation for methods in document["paths"].values() for operation in methods.values()]


@pytest.mark.django_db
def test_every_operation_says_what_it_is_for(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for operation in operations(document)]
    assert len(ids) == len(set(ids))
    tags = {tag["name"] for tag in document["tags"]}
    for operation in operations(document):
        told = operation["operationId"]
        assert operation["summary"], told
        assert operation.get("description"), told
        assert set(operation["tags"]) <= tags, told
        assert operation["security"], told
        for parameter in operation["parameters"]:
            assert parameter.get("description"), (told, parameter["name"])


@pytest.mark.django_db
def test_every_error_is_a_problem_and_success_has_a_shape(document: dict[str, Any]) -> None:
    for operation in operations(document):
        for status, response in operation["responses"].items():
            content = response["content"]
            if int(status) >= 400:
                assert list(content) == ["application/problem+json"], operation["operationId"]
            else:
                assert content, operation["operationId"]
    assert {kind.status for kind in KINDS.values()} >= {
        int(status) for operation in operations(document) for status in operation["responses"] if int(status) >= 400
    }


@pytest.mark.django_db
def test_the_contract_is_in_it(document: dict[str, Any]) -> None:
    expected = {f"/api/v1/matters/{{number}}/{step}" for step in STEPS.split()} | {
        "/api/v1/places/{code}",
        "/api/v1/places/{code}/children",
        "/api/v1/places/locate",
        "/api/v1/matters",
        "/api/v1/matters/{number}",
        "/api/v1/matters/{number}/timeline",
        "/api/v1/public/matters/{number}",
        "/api/v1/public/notices",
        "/api/v1/me",
        "/api/v1/me/today",
    }
    assert expected <= set(document["paths"])
    assert set(document["components"]["schemas"]["Status"]["enum"]) == set(STATES.split())
    reported = document["components"]["schemas"]["ReportedOut"]["properties"]
    assert {"number", "query_code", "status", "category", "place", "handler", "clocks", "mode"} <= set(reported)
    assert {"kind", "due_at", "state"} <= set(document["components"]["schemas"]["ClockOut"]["properties"])
    # Nothing that is spoken of is missing.
    for name in re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document)):
        assert name in document["components"]["schemas"]


@pytest.mark.django_db
def test_the_page_has_no_script_or_style_of_its_own(client: Any) -> None:
    page = client.get("/api/v1/docs")
    assert "script-src 'self'" in page["Content-Security-Policy"]
    html = page.content.decode()
    assert not re.search(r"<script(?![^>]*\ssrc=)", html)
    assert not re.search(r"<style|\sstyle=|\son\w+=|https?://", html)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_a_matter_is_reported_from_the_page(open_page: OpenPage, world: World) -> None:
    """Signed in by token, in the page itself, under our content security policy."""
    page = open_page("desk", language="en")
    page.goto("/api/v1/docs")
    page.get_by_role("button", name="Authorize").click()
    page.get_by_label("auth-bearer-value").fill(world.token("secretary"))
    page.get_by_label("Apply credentials").first.click()
    page.get_by_role("button", name="Close").first.click()
    report = page.locator("#operations-matters-report_matter")
    report.locator(".opblock-summary-control").click()
    report.get_by_role("button", name="Try it out").click()
    report.locator("textarea").first.fill(json.dumps({"text": "3号楼楼道漏水", "place": "310107005001-G001"}))
    report.get_by_role("button", name="Execute").click()
    answer = report.locator(".live-responses-table .response").first
    expect(answer).to_contain_text("201")
    expect(answer).to_contain_text("query_code")


def test_every_shape_has_a_name_of_its_own() -> None:
    """In the document a shape is known by its name alone: of two with one name the later would stand for both."""
    named: dict[str, set[str]] = {}
    waiting: list[type[BaseModel]] = [BaseModel]
    for module in pkgutil.walk_packages(api.__path__, f"{api.__name__}."):
        importlib.import_module(module.name)
    while waiting:
        for shape in waiting.pop().__subclasses__():
            waiting.append(shape)
            if shape.__module__.startswith(api.__name__) and "[" not in shape.__name__:
                named.setdefault(shape.__name__, set()).add(shape.__module__)
    assert len(named) > 100
    assert {name: modules for name, modules in named.items() if len(modules) > 1} == {}


@pytest.mark.django_db
def test_every_answer_with_a_version_says_that_it_has_a_tag(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    for operation in operations(document):
        for status, response in operation["responses"].items():
            shape = response["content"].get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
            versioned = schemas.get(shape, {}).get("properties", {}).get("version", {}).get("type") == "integer"
            assert ("ETag" in response.get("headers", {})) == versioned, (operation["operationId"], status)


@pytest.mark.django_db
def test_a_form_says_which_files_it_takes(document: dict[str, Any]) -> None:
    forms = {
        operation["operationId"]: operation["requestBody"]["content"]["multipart/form-data"]
        for operation in operations(document)
        if "multipart/form-data" in operation.get("requestBody", {}).get("content", {})
    }
    kinds = {name: form["encoding"]["attachments"]["contentType"] for name, form in forms.items()}
    workbook = kinds.pop("upload_workbook")
    assert ("spreadsheetml" in workbook, "image" in workbook) == (True, False)
    assert forms["upload_workbook"]["schema"]["properties"]["attachments"]["maxItems"] == 1
    assert set(kinds.values()) == {"image/*"}
    assert {"report_matter", "progress_matter", "complete_matter"} <= set(kinds)
