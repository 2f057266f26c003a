"""The JSON Schema of plan documents, from response/data/plan.schema.json, as it is published."""

import json
from functools import cache
from importlib.resources import files
from typing import Any

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
