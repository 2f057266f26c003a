"""The plans that come with the product."""

from datetime import datetime
from typing import TYPE_CHECKING

from pingzhan.access.actors import Actor
from pingzhan.response.models import Plan
from pingzhan.response.operations.plans import create_plan, review
from pingzhan.response.operations.plans import publish as put_into_use
from pingzhan.response.rules.document import read
from pingzhan.response.rules.shipped import shipped_plans

if TYPE_CHECKING:
    from pingzhan.places.models import Place


def load_shipped(*, place: "Place", by: Actor, at: datetime, publish: bool = False) -> list[str]:
    """Make those plans of `place` that are not there yet; returns their codes."""
    made = []
    for source in shipped_plans().values():
        document, _findings = read(source)
        assert document is not None
        code = document.data["code"]
        if Plan.objects.filter(code=code).exists():
            continue
        version = create_plan(source=source, place=place, by=by, at=at)
        if publish:
            put_into_use(version=review(version=version, by=by, at=at), by=by, at=at)
        made.append(code)
    return made
