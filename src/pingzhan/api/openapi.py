"""The OpenAPI document: what ninja derives from the operations, and what it cannot know of them."""

from typing import Any

from pingzhan.api.bodies import FILES_PART, JSON_PART
from pingzhan.api.problems import MEDIA_TYPE

_HEADERS: dict[str, dict[str, Any]] = {
    "ETag": {"description": "Version of the thing, for If-Match.", "schema": {"type": "string"}},
    "Idempotency-Replayed": {
        "description": "true: the answer of the first time; nothing was done again.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}},
    "WWW-Authenticate": {"schema": {"type": "string"}},
}

# Answers about one thing that has a version.
_VERSIONED = ("/MatterOut", "/ReportedOut", "/SheetOut", "/PublicSheetOut", "/FullUnitOut", "/WhistleOut", "/MemberOut")


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """The document with media types of errors, headers, form bodies and the ways to sign in."""
    for path in document["paths"].values():
        for operation in path.values():
            for parameter in operation["parameters"]:
                parameter["schema"] = _without_null(parameter["schema"])
            # Nobody in particular may call it: an empty requirement.
            operation["security"] = [{} if "Anyone" in way else way for way in operation.get("security", [])]
            if not operation["parameters"] and "requestBody" not in operation:
                operation["responses"].pop(422, None)
            _complete_responses(operation)
            if files := operation.pop("x-multipart", None):
                _add_form(operation["requestBody"], **files)
    document["components"]["securitySchemes"].pop("Anyone", None)
    return document


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter is left out, never null."""
    kinds = [kind for kind in schema.get("anyOf", []) if kind != {"type": "null"}]
    if len(kinds) != 1:
        return schema
    return {**{name: value for name, value in schema.items() if name != "anyOf"}, **kinds[0]}


def _complete_responses(operation: dict[str, Any]) -> None:
    writes = any(parameter["name"] == "Idempotency-Key" for parameter in operation["parameters"])
    for status, response in operation["responses"].items():
        code = int(status)
        content = response.get("content", {})
        if code >= 400:
            if "application/json" in content:
                content[MEDIA_TYPE] = content.pop("application/json")
            if code == 429:
                _header(response, "Retry-After")
            if code == 401:
                _header(response, "WWW-Authenticate")
            continue
        if writes:
            _header(response, "Idempotency-Replayed")
        if content.get("application/json", {}).get("schema", {}).get("$ref", "").endswith(_VERSIONED):
            _header(response, "ETag")


def _header(response: dict[str, Any], name: str) -> None:
    response.setdefault("headers", {})[name] = _HEADERS[name]


def _add_form(body: dict[str, Any], *, kinds: str, most: int) -> None:
    """The same body as a form: the JSON as one part, at most `most` files of these media types beside it."""
    content = body["content"]
    content["multipart/form-data"] = {
        "schema": {
            "type": "object",
            "required": [JSON_PART] if body["required"] else [],
            "properties": {
                JSON_PART: content["application/json"]["schema"],
                FILES_PART: {"type": "array", "items": {"type": "string", "format": "binary"}, "maxItems": most},
            },
        },
        "encoding": {JSON_PART: {"contentType": "application/json"}, FILES_PART: {"contentType": kinds}},
    }
