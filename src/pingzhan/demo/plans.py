"""The demo's plans: the four that come with the product, in use, and a street's adaptation of one."""

from datetime import datetime

from pingzhan.access.actors import SYSTEM
from pingzhan.people.operations import load_trainings
from pingzhan.places.models import Place
from pingzhan.response.operations import create_plan, publish, review
from pingzhan.response.operations.shipped import load_shipped
from pingzhan.stations.operations import load_functions

STREET = "310107005"
ADAPTATION = """\
# 曹杨新村街道对区预案的细化：老式公房多，一人最多包八栋；受理时限更短。
schema: 1
adapts: infectious-disease
changes:
  duties:
    cover_building: {max_load: 8}
  clocks:
    accept: {minutes: 20}
"""


def load_plans(*, places: list[Place], at: datetime) -> int:
    """Review and publish them; returns how many."""
    load_functions(by=SYSTEM, at=at)  # plans name them
    load_trainings(by=SYSTEM, at=at)
    district = next(place for place in places if place.level == "district")
    made = load_shipped(place=district, by=SYSTEM, at=at, publish=True)
    street = next((place for place in places if place.code == STREET), None)
    if street is not None:
        version = create_plan(source=ADAPTATION, place=street, by=SYSTEM, at=at)
        publish(version=review(version=version, by=SYSTEM, at=at), by=SYSTEM, at=at)
        made.append(version.plan.code)
    return len(made)
