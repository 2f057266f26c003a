"""Dispatched matters to learn from: two kinds of trouble in plain words, handled by two kinds of units."""

from datetime import timedelta

from pingzhan.access.actors import SYSTEM
from pingzhan.matters import operations
from pingzhan.matters.choices import Target
from pingzhan.matters.models import LearnedModel
from tests.factories.world import World

WHERE = ("楼道", "车库", "门厅", "电梯口", "花坛边", "三楼", "六楼", "顶楼", "地下室", "北门")
LEAKS = ("{}滴水，地面湿滑", "{}墙面发霉，天花板滴水", "{}管子滴水，滴水声不断", "{}屋面滴水，湿了一片")
DANCING = ("{}跳舞，喇叭声太响", "{}晚上跳舞放喇叭", "{}喇叭从早放到晚", "{}一群人跳舞，吵得睡不着")


def dispatched(world: World, *, rounds: int = 10) -> None:
    """8 × `rounds` matters; without the right category being asked for, no keyword finds it."""
    for number in range(rounds):
        for index, (leak, dance) in enumerate(zip(LEAKS, DANCING, strict=True)):
            at = world.at - timedelta(days=20) + timedelta(minutes=number * 10 + index)
            for text, category in ((leak, "property.leak"), (dance, "noise.square")):
                matter = world.report(text.format(WHERE[number]), category=category, at=at)
                operations.accept(matter=matter, by=SYSTEM, at=at)
                operations.dispatch(matter=matter, by=SYSTEM, at=at)


def learned(world: World, target: Target = Target.CATEGORY, *, use: bool = True) -> LearnedModel:
    """A version trained on what is dispatched, in use unless told otherwise."""
    version = operations.learn_suggestion(target=target, by=SYSTEM, at=world.at)
    assert version is not None
    return operations.activate_suggestion(version=version, by=SYSTEM, at=world.at) if use else version
