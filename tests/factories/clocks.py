"""Ladders and limits for the little world, and short ways to let clocks run out."""

from datetime import datetime, timedelta
from typing import Any

from pingzhan.access.actors import SYSTEM
from pingzhan.matters import operations
from pingzhan.matters.choices import Basis, Tier
from pingzhan.matters.models import Clock, Matter
from pingzhan.matters.operations.catalogue import LadderRow, PowerRow, load_catalogue
from pingzhan.matters.operations.escalating import climb_due
from pingzhan.matters.rules import Bound, Rung
from tests.factories.world import DISTRICT, World

# An hour of the clock between rungs, whatever the matter.
RUNGS = tuple(
    Rung(tier, Basis.CALENDAR, minutes)
    for tier, minutes in ((Tier.UNIT, 0), (Tier.COMMUNITY, 60), (Tier.STREET, 60), (Tier.DISTRICT, 60))
)


def set_rules(
    world: World,
    *,
    at: datetime | None = None,
    ladders: tuple[LadderRow, ...] = (LadderRow(RUNGS),),
    limits: tuple[Bound, ...] = (),
    powers: tuple[PowerRow, ...] = (),
    **more: Any,
) -> None:
    """Put ladders, limits and powers in force in the whole district."""
    load_catalogue(
        root=world.places[DISTRICT], categories=(), allowances=more.get("allowances", ()), rules=(), ladders=ladders,
        limits=limits, powers=powers, by=SYSTEM, at=at or world.at,
    )  # fmt: skip


def clocks_of(matter: Matter, state: str = "running") -> dict[str, Clock]:
    """The matter's clocks in a state, by kind."""
    return {clock.kind: clock for clock in matter.clocks.filter(state=state).order_by("id")}


def sweep(at: datetime) -> int:
    """All that is due at `at` or before climbs one rung; how many."""
    return climb_due(at=at)


def on_hold(world: World, *, days: int = 7, approved: bool = True) -> Matter:
    """A matter that the property manager asked to put on hold an hour after signing, approved by the secretary."""
    matter = world.matter(to="in_progress")
    at = matter.status_at + timedelta(hours=1)
    operations.hold(
        matter=matter, by=world.actor("property_staff"), at=at, reason="等配件", until=at + timedelta(days=days)
    )
    if approved:
        operations.decide_pause(matter=matter, by=world.actor("secretary"), at=at + timedelta(hours=1))
    return matter
