"""Inspections for tests."""

from datetime import datetime, timedelta
from typing import Any

from pingzhan.access.actors import SYSTEM
from pingzhan.matters.models import Inspection, Matter
from pingzhan.matters.operations.inspecting import Found, inspect
from pingzhan.matters.queries.reference import reference
from tests.factories.world import World


def inspection(world: World, matter: Matter, *, at: datetime | None = None, **more: Any) -> Inspection:
    """Back from `matter` to the unit in charge of it, with one thing found, to be mended within two days."""
    when = at or world.at
    unit = reference().units[matter.handler_id or matter.receiver_id]
    said = {
        "form": "trace",
        "unit": unit.code,
        "topic": "楼道漏水倒查",
        "summary": "看了值班记录",
        "matter": matter,
        "findings": [Found("夜里没有人值班", when + timedelta(days=2))],
        "by": SYSTEM,
        "at": when,
    }
    return inspect(**(said | more))
