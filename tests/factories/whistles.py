"""Whistles to test with: a matter whistled for, and those whose turn it is."""

from datetime import datetime, timedelta

from pingzhan.matters.models import Matter, Summons, Whistle
from pingzhan.matters.operations import whistle as operations
from tests.factories.world import DISTRICT, HOME, HOME_STREET, World

# The units that a smell of gas calls, and who answers for each.
CALLED = {
    f"{HOME}.property": "property_staff",
    f"{HOME_STREET}.management": "management_staff",
    f"{DISTRICT}.housing": "housing_staff",
}


def blow(
    world: World,
    matter: Matter | None = None,
    *,
    units: tuple[str, ...] = tuple(CALLED),
    at: datetime | None = None,
    by: str = "secretary",
) -> Whistle:
    """A whistle blown by the home community's secretary for a smell of gas, a minute after the report."""
    matter = matter or world.report("楼道里有煤气味，很浓", place=f"{HOME}-G001")
    moment = at or world.at + timedelta(minutes=1)
    return operations.blow(matter=matter, units=units, by=world.actor(by), at=moment, note="请到1号楼下集合")


def summons(whistle: Whistle, unit: str) -> Summons:
    """The last summons of the unit with this code, read afresh."""
    found = Summons.objects.filter(whistle=whistle, unit__code=unit).order_by("-id").first()
    assert found is not None
    return found
