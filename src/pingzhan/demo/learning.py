"""Versions of what suggests categories and units, learned from the demo's own dispatched matters and put to use."""

from datetime import datetime

from pingzhan.access.actors import SYSTEM
from pingzhan.matters import operations
from pingzhan.matters.choices import Target


def teach(*, now: datetime) -> int:
    """Learn and use one version of each; returns how many there are: none where too few matters are dispatched."""
    made = 0
    for target in Target:
        version = operations.learn_suggestion(target=target, by=SYSTEM, at=now)
        if version is not None:
            operations.activate_suggestion(version=version, by=SYSTEM, at=now)
            made += 1
    return made
