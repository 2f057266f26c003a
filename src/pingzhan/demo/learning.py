"""What the demo shows of learning: suggestions trained on its dispatched matters, and a trouble that several tell."""

from datetime import datetime, timedelta

from pingzhan.access.actors import SYSTEM
from pingzhan.demo.places import split_building
from pingzhan.demo.staff import DEMO_STREET
from pingzhan.matters import operations
from pingzhan.matters.choices import Source, Target
from pingzhan.matters.operations import Location
from pingzhan.matters.operations.clustering import gather
from pingzhan.places.models import Place

# untranslated: one lift, told by five in two days; hours ago
LIFT = (
    (44, "{}{}的电梯又坏了，老人下不了楼，请尽快来修"),
    (30, "{}{}电梯坏了两天没人修，家里老人没法下楼看病"),
    (21, "{}{}的电梯一直停着不能用，八楼的老人下不了楼"),
    (9, "{}{}电梯坏了，老人孩子天天爬楼，什么时候能修好"),
    (3, "{}{}电梯还是坏的，今天又有老人困在楼上下不来"),
)


def teach(*, now: datetime) -> int:
    """Learn and use one version of each; returns how many there are: none where too few matters are dispatched."""
    made = 0
    for target in Target:
        version = operations.learn_suggestion(target=target, by=SYSTEM, at=now)
        if version is not None:
            operations.activate_suggestion(version=version, by=SYSTEM, at=now)
            made += 1
    return made


def tell_of_a_lift(*, places: list[Place], now: datetime) -> int:
    """Reports of the same lift from different neighbours, which gather into a hot spot; returns how many."""
    homes = [place for place in places if place.level == "building" and f"/{DEMO_STREET}/" in place.path]
    if not homes:
        return 0
    estate, building = split_building(homes[0].name)
    told = [
        operations.report(
            text=text.format(estate, building), location=Location(code=homes[0].code), source=Source.PORTAL,
            by=SYSTEM, at=now - timedelta(hours=hours),
        )
        for hours, text in LIFT
    ]  # fmt: skip
    gather(matter.pk for matter in told)  # what the worker does once it has read all of the demo's journal
    return len(told)
