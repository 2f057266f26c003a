"""Whatever a caller sends, the answer is one that they can understand, and never 500."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pingzhan.matters.models import Matter
from tests.factories.pictures import picture
from tests.factories.world import HOME, World

MATTERS = "/api/v1/matters"
JSON = "application/json"


def test_json_that_is_none_is_a_bad_request(world: World) -> None:
    client = world.client()
    for raw in (
        b"{", b"nonsense", b'{"text": NaN}', b'{"location": {"lon": Infinity, "lat": 1}}', b'{"a": 1e999}',
        b"\xff\xfe", b"[" * 100_000, b'{"a":' * 50_000, b'"' + b"\xc3\x28" + b'"', b"1" * 6000,
    ):  # fmt: skip
        answer = client.post(MATTERS, raw, content_type=JSON)
        assert answer.status_code == 400, raw[:40]
        assert answer.json()["type"].endswith("/bad-request")


@pytest.mark.parametrize("depth", [10, 100, 400, 500, 900, 1000])
def test_json_nested_to_any_depth_is_bad_input(world: World, depth: int) -> None:
    for opens, closes in (("[", "]"), ('{"text":', "}")):
        raw = opens * depth + "1" + closes * depth
        assert world.client().post(MATTERS, raw, content_type=JSON).status_code in (400, 422)
        form = {"data": raw}
        assert world.client().post(MATTERS, form).status_code in (400, 422)


def test_values_of_the_wrong_kind_are_named(world: World) -> None:
    client = world.client()
    place = f"{HOME}-G001"
    for body in (
        None, [], "text", 1, True, {},
        {"text": 1, "place": place},
        {"text": ["漏水"], "place": place},
        {"text": "漏水", "place": {"code": place}},
        {"text": "漏\x00水", "place": place},
        {"text": "漏\ud800水", "place": place},
        {"\x00": "漏水", "place": place},
        {"text": "漏水", "place": "3101\x0007"},
        {"text": "漏水", "location": {"lon": 10**400, "lat": 31}},
        {"text": "漏水", "location": {"lon": 10**30, "lat": 31}},
        {"text": "漏水", "location": [121.4, 31.2]},
        {"text": "漏" * 5001, "place": place},
        {"text": "漏水", "place": place, "contact": "10000000001"},
        {"text": "漏水", "place": place, "contact": {"name": "王" * 41}},
        {"text": "漏水", "place": place, "attachments": [{"content": 1}]},
        {"text": "漏水", "place": place, "category": None, "urgency": 3},
    ):  # fmt: skip
        answer = client.post(MATTERS, json.dumps(body), content_type=JSON)
        assert answer.status_code in (400, 422), body
        assert answer["Content-Type"] == "application/problem+json"
    assert not Matter.objects.exists()


def test_other_media_types_are_refused(world: World) -> None:
    client = world.client()
    body = json.dumps({"text": "漏水", "place": HOME})
    for kind in ("text/plain", "application/xml", "application/x-www-form-urlencoded", "", "nonsense", "image/png"):
        answer = client.post(MATTERS, body, content_type=kind)
        assert answer.status_code == 415, kind
    for kind in (
        "application/json",
        "application/json; charset=utf-8",
        "application/vnd.pingzhan+json",
        "APPLICATION/JSON",
    ):
        assert client.post(MATTERS, body, content_type=kind).status_code == 201, kind


def test_broken_forms_are_refused(world: World) -> None:
    client = world.client()
    post = client.post
    assert post(MATTERS, b"no form at all", content_type="multipart/form-data; boundary=x").status_code == 422
    assert post(MATTERS, b"no form at all", content_type="multipart/form-data").status_code == 400
    assert post(MATTERS, {"attachments": SimpleUploadedFile("a.jpg", picture())}).status_code == 422
    assert post(MATTERS, {"data": "{"}).status_code == 400
    assert post(MATTERS, {"data": '"text"'}).status_code == 422
    form = {"data": json.dumps({"text": "漏水", "place": HOME}), "photo": SimpleUploadedFile("a.jpg", picture())}
    assert post(MATTERS, form).json()["errors"][0]["loc"] == ["body", "photo"]
    text = {"data": json.dumps({"text": "漏水", "place": HOME}), "attachments": "no file"}
    assert post(MATTERS, text).json()["errors"][0]["loc"] == ["body", "attachments"]


def test_bodies_that_are_too_large_are_refused(world: World, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 20_000
    client = world.client()
    large = json.dumps({"text": "漏水", "place": HOME, "attachments": [{"content": "A" * 30_000}]})
    answer = client.post(MATTERS, large, content_type=JSON)
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (413, "too-large")
    assert client.post(MATTERS, {"data": large}).status_code == 413
    for length, status in ((str(10**12), 413), ("9" * 5000, 413), ("nonsense", 400)):
        declared = client.post(MATTERS, b"{}", content_type=JSON, CONTENT_LENGTH=length)
        assert declared.status_code == status, length[:20]
    settings.UPLOAD_MAX_BYTES = 500
    form = {
        "data": json.dumps({"text": "漏水", "place": HOME}),
        "attachments": SimpleUploadedFile("a.jpg", picture(width=500, height=500)),
    }
    assert client.post(MATTERS, form).status_code == 422


@pytest.mark.parametrize(
    "query",
    [
        "limit=0", "limit=201", "limit=-1", "limit=99999999999999999999", "limit=x", "limit=1.5", "limit=%00",
        "after=%00", "after=%F0%9F", "after=////", "after=W10", "after=bnVsbA", "after=" + "A" * 501,
        "since=now", "since=2026-03-10", "since=2026-03-10T10:00:00", "since=0001-01-01T00:00:00Z",
        "since=9999-12-31T23:59:59-23:59", "since=2026-02-30T00:00:00Z", "since=1773108000", "since=%D9%A2",
        "status=gone", "status=", "overdue=perhaps", "open=2", "urgency=x", "order=random",
        "q=" + "a" * 101, "q=%00", "place=" + "1" * 61, "place=%00", "%00=1",
    ],
)  # fmt: skip
def test_filters_that_make_no_sense_are_bad_input(world: World, query: str) -> None:
    answer = world.client("secretary").get(f"{MATTERS}?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][0] == "query"


@pytest.mark.parametrize(
    "query",
    ["q=%25", "q=%27%3B--", "q=%22", "q=*", "q=(", "q=%E2%80%AE", "q=%F0%9F%98%80", "q=-", "q=1-1", "q=310107-",
     "q=%2B%2B%2B%2B%2B%2B%2B", "q=12345678901234567890123", "q=AND+OR+NOT", "q=a%00" [:3], "place=%25", "place=..%2F",
     "handler=%27", "category=%5C", "since=2026-03-10T10:00:00.123456789%2B08:00"],
)  # fmt: skip
def test_filters_that_find_nothing_find_nothing(world: World, query: str) -> None:
    world.report()
    answer = world.client("secretary").get(f"{MATTERS}?{query}")
    assert answer.status_code == 200


@pytest.mark.parametrize("name", ["%00", "..", "%2e%2e%2f", "a" * 300, "%F0%9F%98%80", "x;y", "a b", "%27", "%0a", "-"])
def test_names_in_the_address_that_are_none_are_not_found(world: World, name: str) -> None:
    client = world.client("secretary")
    for url in (
        f"/api/v1/matters/{name}",
        f"/api/v1/places/{name}",
        f"/api/v1/matters/{name}/timeline",
        f"/api/v1/problems/{name}",
    ):
        assert client.get(url).status_code in (404, 422), url
    for url in (f"/api/v1/matters/{name}/accept", f"/api/v1/matters/{name}/contact"):
        assert client.post(url, b"{}", content_type=JSON).status_code in (404, 422), url
    assert client.get(f"/api/v1/journal/entries/{name}/proof").status_code == 404
    assert client.get(f"/api/v1/public/matters/{name}", {"query_code": "A"}).status_code in (404, 422)


def test_headers_that_make_no_sense(world: World) -> None:
    matter = world.report()
    client = world.client("secretary")
    url = f"/api/v1/matters/{matter.number}/urge"

    def status(**headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return int(client.post(url, b"{}", content_type=JSON, headers=named).status_code)

    assert status(Idempotency_Key="k" * 201) == 422
    assert status(Idempotency_Key="\xe9\xff") == 200
    assert status(Idempotency_Key="") == 200
    assert status(If_Match="nonsense") == 412
    assert status(If_Match='"' * 300) == 412
    assert status(If_Match="x" * 401) == 422
    assert status(If_Match='"v99999999999999999999999"') == 412
    assert status(Accept="text/html") == 200
    assert status(Accept_Language="\xff") == 200


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_FIELDS = (
    "text", "category", "location", "place", "address", "urgency", "anonymous", "contact", "attachments", "source",
    "note", "reason", "unit", "until", "stars", "parts", "into", "query_code", "ok", "reply", "result",
)  # fmt: skip
_ADDRESSES = ("", "/{}/accept", "/{}/split", "/{}/merge", "/{}/withdraw", "/{}/urge", "/{}/contact", "/{}/refer")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(address=st.sampled_from(_ADDRESSES), body=st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=6))
def test_no_body_breaks_anything(world: World, address: str, body: dict[str, Any]) -> None:
    number = world.report().number
    answer = world.client("secretary").post(MATTERS + address.format(number), json.dumps(body), content_type=JSON)
    assert answer.status_code < 500
