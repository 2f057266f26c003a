"""The JSON Schema of plan documents, from response/data/plan.schema.json, as it is published."""

import json
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from jsonschema import Draft202012Validator


@cache
def plan_schema() -> dict[str, Any]:
    """The published schema."""
    return dict(json.loads(files("pingzhan.response").joinpath("data/plan.schema.json").read_text(encoding="utf-8")))


@cache
def validator(kind: str) -> Draft202012Validator:
    """For a whole `plan` or for an `adaptation`."""
    # Without the choice between the two: what is wrong would be told of both at once.
    schema = {name: part for name, part in plan_schema().items() if name != "oneOf"}
    return Draft202012Validator(schema | {"$ref": f"#/$defs/{kind}"})


@cache
def item_validator(section: str, what: Literal["whole", "part"]) -> Draft202012Validator:
    """For one item of a section: a whole one, or a part as adaptations say it, in which nothing must be there."""
    schema = {name: part for name, part in plan_schema().items() if name != "oneOf"}
    definitions = schema["$defs"]
    name = definitions["plan"]["properties"][section]["items"]["$ref"].rpartition("/")[2]
    if what == "whole":
        return Draft202012Validator(schema | {"$ref": f"#/$defs/{name}"})
    fields = {key: rule for key, rule in definitions[name]["properties"].items() if key != "code"}
    return Draft202012Validator(schema | {"type": "object", "additionalProperties": False, "properties": fields})


@cache
def fields_of(section: str) -> tuple[dict[str, dict[str, Any]], frozenset[str]]:
    """The rules of an item's fields, without references, in the order of the schema; and which must be there."""
    definitions = plan_schema()["$defs"]
    rule = definitions["plan"]["properties"][section]
    name = rule.get("items", rule)["$ref"].rpartition("/")[2]
    fields = {
        key: definitions[one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        for key, one in definitions[name]["properties"].items()
    }
    return fields, frozenset(definitions[name]["required"])
