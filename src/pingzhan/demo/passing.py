"""Matters that went from hand to hand: up to the district and back, in parts, three in one, pressed on, overdue."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from pingzhan.access.actors import ANONYMOUS, Actor
from pingzhan.demo.staff import DEMO_STREET, Cast
from pingzhan.matters import operations
from pingzhan.matters.choices import Source
from pingzhan.matters.models import Matter
from pingzhan.matters.operations import Location
from pingzhan.matters.operations.escalating import climb_due
from pingzhan.places.models import Place

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
SWEPT_DAYS = 6  # for so long the demo's clocks have been watched


@dataclass(slots=True)
class Stage:
    """One matter and the moment at which its next step is taken."""

    cast: Cast
    matter: Matter
    at: datetime
    now: datetime

    def after(self, hours: float) -> datetime:
        """The moment `hours` later, but never in the future."""
        self.at = min(self.at + hours * HOUR, self.now - timedelta(minutes=1))
        return self.at

    @property
    def receiver(self) -> Actor:
        return self.cast.of_unit(self.matter.receiver_id)

    @property
    def handler(self) -> Actor:
        return self.cast.of_unit(self.matter.handler_id)

    @property
    def awaited(self) -> Actor:
        return self.cast.of_unit(self.matter.awaits_id)

    def begin(self, *, unit: str = "") -> None:
        """Accepted, handed on and signed for."""
        operations.accept(matter=self.matter, by=self.receiver, at=self.after(1))
        operations.dispatch(matter=self.matter, by=self.receiver, at=self.after(1), unit=unit)
        operations.sign(matter=self.matter, by=self.handler, at=self.after(3))


def tell_passing(*, cast: Cast, places: list[Place], rng: Random, now: datetime) -> int:
    """Make the matters in the community of the demo's accounts, then let what is overdue escalate. How many."""
    buildings = [place for place in places if place.level == "building" and f"/{DEMO_STREET}/" in place.path]
    first = buildings[0].path.rsplit("/", 3)[0] + "/"
    here = [place for place in buildings if place.path.startswith(first)]

    def start(text: str, category: str, *, days: float) -> Stage:
        spot, at = rng.choice(here), now - days * DAY
        matter = operations.report(
            text=text, location=Location(code=spot.code, address=spot.name), source=Source.PORTAL, by=ANONYMOUS, at=at,
            category=category, contact_name="李女士", contact_phone=cast.phone(),
        )  # fmt: skip
        return Stage(cast, matter, at, now)

    made = [
        *_referred(start), *_in_parts(start), *_merged(start), *_supervised(start), *_returned(start), *_overdue(start),
    ]  # fmt: skip
    for days in range(SWEPT_DAYS, -1, -1):
        while climb_due(at=now - days * DAY):
            pass
    return len(made)


Start = Callable[..., Stage]


def _referred(start: Start) -> list[Stage]:
    """Two that the community cannot settle: one is told to the resident, one is on its way back down."""
    stages = []
    for told, days, text in (
        (True, 9, "6号楼外墙瓷砖大片空鼓脱落，已砸坏一辆电瓶车，物业说维修资金不够，请区里想办法。"),
        (False, 6, "小区围墙外的老旧雨污管反复塌陷，居委会和街道修过两次都不行，需要区里立项改造。"),
    ):
        stage = start(text, "housing.falling" if told else "housing.sewer", days=days)
        matter = stage.matter
        operations.accept(matter=matter, by=stage.receiver, at=stage.after(1))
        operations.refer(matter=matter, by=stage.receiver, at=stage.after(2), reason="涉及大修资金，超出居委权限。")
        operations.sign(matter=matter, by=stage.handler, at=stage.after(3))
        operations.refer(matter=matter, by=stage.handler, at=stage.after(20), reason="需区级立项和资金，街道无法解决。")
        operations.sign(matter=matter, by=stage.handler, at=stage.after(4))
        operations.progress(
            matter=matter, by=stage.handler, at=stage.after(6), reply="区里已组织现场踏勘，先设置围挡确保安全。"
        )
        operations.complete(
            matter=matter, by=stage.handler, at=stage.after(30), result="已列入本年度应急维修项目，施工队进场。"
        )
        if told:
            operations.verify(matter=matter, by=stage.awaited, at=stage.after(4), note="街道已到现场核实。")
            operations.feed_back(
                matter=matter,
                by=stage.receiver,
                at=stage.after(5),
                reply="区里已列入应急维修项目，围挡和施工都已到位。",
            )
        stages.append(stage)
    return stages


def _in_parts(start: Start) -> list[Stage]:
    """One report of three troubles: two become matters of their own, one of them is done."""
    stage = start(
        "4号楼门口路灯不亮，旁边非机动车乱停堵住无障碍坡道，垃圾厢房的门也坏了关不上。", "housing.lighting", days=4
    )
    operations.accept(matter=stage.matter, by=stage.receiver, at=stage.after(1))
    parts = operations.split(
        matter=stage.matter, parts=["非机动车乱停，堵住无障碍坡道", "垃圾厢房门坏了关不上"], by=stage.receiver,
        at=stage.after(0.5),
    )  # fmt: skip
    operations.dispatch(matter=stage.matter, by=stage.receiver, at=stage.after(0.5))
    operations.sign(matter=stage.matter, by=stage.handler, at=stage.after(2))
    stages = [Stage(stage.cast, part, stage.at, stage.now) for part in parts]
    for one in stages:
        one.begin(unit="")
    operations.complete(
        matter=stages[0].matter, by=stages[0].handler, at=stages[0].after(20), result="已清理坡道，并划线、加装阻车桩。"
    )
    return [stage, *stages]


def _merged(start: Start) -> list[Stage]:
    """Three who report the same pool of water: one sheet goes on, all three are told."""
    kept = start("小区南门雨后积水没过脚踝，老人出不了门。", "traffic.flooding", days=3)
    others = [
        start("南门口又积水了，电瓶车都推不过去", "traffic.flooding", days=2.9),
        start("下雨后南门积水一天不退，孩子上学要绕路", "traffic.flooding", days=2.8),
    ]
    for other in others:
        operations.merge(matter=other.matter, into=kept.matter, by=other.receiver, at=other.after(1))
    kept.matter.refresh_from_db()
    kept.at = others[-1].at
    kept.begin()
    operations.progress(matter=kept.matter, by=kept.handler, at=kept.after(5), reply="已用水泵排水，正在疏通雨水口。")
    return [kept, *others]


def _supervised(start: Start) -> list[Stage]:
    """Three that the street watches: answered, not yet, and too late."""
    stages = []
    for text, category, days, due, answered in (
        (
            "物业擅自关闭健身步道半年，多次反映没有结果。", "property.service", 8, 7.0,
            "已与业委会商定，本周五重新开放，现场已贴告示。",
        ),
        ("地下车库消防卷帘门坏了三个月，一直没修。", "fire.equipment", 5, 7.0, ""),
        ("水箱三年没有清洗公示，居民担心水质。", "property.service", 7, 3.0, ""),
    ):  # fmt: skip
        stage = start(text, category, days=days)
        stage.begin()
        street = _street(stage)
        began = stage.after(20)
        operations.supervise(
            matter=stage.matter, by=street, at=began, note="限期书面回复办理措施和完成时间，居委会核实。",
            due=began + due * DAY,
        )  # fmt: skip
        if answered:
            operations.report_back(matter=stage.matter, by=stage.handler, at=stage.after(26), reply=answered)
        stages.append(stage)
    return stages


def _street(stage: Stage) -> Actor:
    path = "/".join(stage.matter.path.split("/")[:2]) + "/"
    return stage.cast.of_unit(stage.cast.units[path, "street.operations"].pk)


def _returned(start: Start) -> list[Stage]:
    """Sent to and fro between two units until the street has to decide."""
    stage = start("楼下沿街商铺油烟管穿过小区围墙，物业说归城管，城管说归物业。", "environment.fumes", days=4)
    operations.accept(matter=stage.matter, by=stage.receiver, at=stage.after(1))
    community = stage.matter.community
    for unit, reason in ((f"{community}.property", "油烟排放不归物业管理。"), ("", "管道在小区围墙内，应由物业处理。")):
        operations.dispatch(matter=stage.matter, by=stage.receiver, at=stage.after(2), unit=unit)
        operations.return_matter(matter=stage.matter, by=stage.handler, at=stage.after(4), reason=reason)
    return [stage]


def _overdue(start: Start) -> list[Stage]:
    """Two that nobody went on with: told from level to level by now."""
    stages = []
    for text, category, days in (
        ("楼上装修敲承重墙，噪声从早到晚，要求尽快制止。", "noise.renovation", 16),
        ("绿地被底楼住户圈成菜园，浇粪臭味大。", "waste.cleaning", 12),
    ):
        stage = start(text, category, days=days)
        stage.begin()
        stages.append(stage)
    return stages
