"""Whistles of the demo: a smell of gas under way with one unit late, tiles that fall, and some that are over."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.demo.staff import DEMO_STREET, Cast
from pingzhan.demo.texts.categories import KINDS
from pingzhan.matters import operations
from pingzhan.matters.choices import Source
from pingzhan.matters.models import Matter, Summons, Whistle
from pingzhan.matters.operations import Location
from pingzhan.matters.operations import whistle as whistling
from pingzhan.matters.operations.call_rules import CallRow, load_call_rules
from pingzhan.matters.operations.report import report
from pingzhan.matters.queries.reference import reference
from pingzhan.places.models import Place


def load_calls(root: Place, *, at: datetime) -> None:
    """Which units a dangerous kind calls to the spot: those that handle it, and who is always near."""
    rows = [
        CallRow(kind.code, section)
        for kind in KINDS.values()
        if kind.danger
        for section in dict.fromkeys(("community.property", *kind.handlers))
    ]
    load_call_rules(root=root, rules=rows, by=SYSTEM, at=at)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a unit (by its section) did, so many minutes after the whistle."""

    after: int
    section: str
    act: Callable[..., object]
    note: str = ""


_IN, _UP, _BACK = whistling.check_in, whistling.report_up, whistling.feed_back
_THERE, _OFF = whistling.arrive, whistling.leave


@dataclass(frozen=True, slots=True)
class Scene:
    """A matter for which the community whistled `ago` before now."""

    ago: timedelta
    text: str
    category: str
    note: str
    sections: tuple[str, ...]
    answers: tuple[Answer, ...]
    closing: str = ""  # what who whistled wrote at the end


SCENES: tuple[Scene, ...] = (
    Scene(
        timedelta(minutes=26), "楼道里煤气味很重，从三楼往下都闻得到，有老人说头晕", "utility.gas_leak",
        "请到楼下花坛边集合，不要在楼道里开灯、打电话。", ("community.property", "district.gas", "district.fire"),
        (
            Answer(2, "community.property", _IN),
            Answer(5, "community.property", _UP, "保安已上楼逐户敲门，请居民开窗、关阀、到楼下，楼道电源已断。"),
            Answer(8, "district.gas", _IN),
            Answer(9, "district.gas", _UP, "抢修车已出发，约十分钟到；请勿动明火。"),
            Answer(12, "community.property", _THERE),
            Answer(19, "district.gas", _THERE, "检测仪在三楼读数偏高。"),
            Answer(24, "district.gas", _BACK, "已关三楼立管阀门，正在查接头。"),
        ),
    ),
    Scene(
        timedelta(minutes=6), "沿街外墙瓷砖又掉下来几块，下面就是人行道，怕砸到人", "housing.falling",
        "先把人行道围起来。", ("community.property", "street.housing", "district.housing"),
        (
            Answer(3, "community.property", _IN),
            Answer(5, "community.property", _UP, "已拉警戒带，安排一人值守。"),
        ),
    ),
    Scene(
        timedelta(days=3, hours=5), "电梯停在六楼和七楼之间，里面有人按铃", "housing.lift_trapped",
        "请带钥匙到一楼大厅。", ("community.property", "district.fire"),
        (
            Answer(1, "community.property", _IN),
            Answer(4, "community.property", _UP, "已与轿厢内通话，两人，情绪平稳。"),
            Answer(9, "community.property", _THERE),
            Answer(9, "district.fire", _UP, "已出动一车，路上约六分钟。"),
            Answer(16, "district.fire", _THERE),
            Answer(31, "district.fire", _BACK, "人员已救出，无受伤。"),
            Answer(33, "district.fire", _OFF),
            Answer(40, "community.property", _BACK, "电梯已停用，维保今天检修。"),
            Answer(41, "community.property", _OFF),
        ),
    ),
    Scene(
        timedelta(days=11, hours=3), "弄堂口窨井盖没了，天黑看不见，刚才有人差点踩空", "traffic.manhole",
        "先放锥桶和灯。", ("community.property", "district.water", "district.construction"),
        (
            Answer(3, "community.property", _THERE, "锥桶已放，有人守着。"),
            Answer(6, "community.property", _UP, "井为雨水井，盖上有水务字样。"),
            Answer(14, "district.water", _UP, "已派养护队。"),
            Answer(55, "district.water", _THERE),
            Answer(58, "community.property", _BACK, "现场交给养护队。"),
            Answer(70, "district.water", _BACK, "新盖已装好。"),
            Answer(72, "district.water", _OFF),
            Answer(73, "community.property", _OFF),
        ),
        "不是建管委的井，已请他们不用再来。",
    ),
)  # fmt: skip


def tell_whistles(*, cast: Cast, places: list[Place], now: datetime) -> int:
    """Play the scenes around the community of the demo's accounts; returns how many whistles there are."""
    buildings = [place for place in places if place.level == "building" and f"/{DEMO_STREET}/" in place.path]
    buildings = buildings or [place for place in places if place.level == "building"]
    for number, scene in enumerate(SCENES):
        _play(cast, scene, buildings[number * 3 % len(buildings)], now=now)
    return len(SCENES)


def _play(cast: Cast, scene: Scene, spot: Place, *, now: datetime) -> None:
    start = now - scene.ago
    community = spot.path.rsplit("/", 3)[0] + "/"
    matter = report(
        text=scene.text, location=Location(code=spot.code, address=spot.name), source=Source.PORTAL, by=SYSTEM,
        at=start - timedelta(minutes=2), category=scene.category, contact_name="陈先生", contact_phone=cast.phone(),
    )  # fmt: skip
    secretary = cast.of_unit(cast.units[community, "community.committee"].pk)
    units = [unit for section in scene.sections if (unit := reference().nearest(spot.path, section))]
    whistle = whistling.blow(
        matter=matter, units=[unit.code for unit in units], by=secretary, at=start, note=scene.note
    )
    operations.accept(matter=matter, by=secretary, at=start + timedelta(seconds=40))
    operations.dispatch(matter=matter, by=secretary, at=start + timedelta(seconds=70))
    users = {unit.section: cast.of_unit(unit.id) for unit in units if unit.id in cast.users}
    for answer in scene.answers:
        at = start + timedelta(minutes=answer.after, seconds=17)
        if at < now and answer.section in users:
            _late_until(whistle, at)
            answer.act(whistle=whistle, by=users[answer.section], at=at, note=answer.note)
    over = start + timedelta(minutes=scene.answers[-1].after + 8)
    whistle.refresh_from_db()
    if whistle.ended_at is None and over < now and scene.ago > timedelta(days=1):
        whistling.close(whistle=whistle, by=secretary, at=over, note=scene.closing)
    elif whistle.ended_at is None:
        _late_until(whistle, now)
    if whistle.ended_at is not None:
        _finish(matter, users, at=over)


def _late_until(whistle: Whistle, at: datetime) -> None:
    """What the worker would have told the superiors by then."""
    for row in Summons.objects.filter(whistle=whistle, next_due_at__lt=at).order_by("id"):
        whistling.tell_superior(summons=row, at=at)


def _finish(matter: Matter, users: dict[str, Actor], *, at: datetime) -> None:
    """The matter's own steps after the whistle is over, by the unit in charge."""
    handler = reference().units.get(matter.handler_id) if matter.handler_id else None
    by = users.get(handler.section) if handler else None
    if by is None:
        return
    operations.sign(matter=matter, by=by, at=at)
    operations.complete(matter=matter, by=by, at=at + timedelta(hours=1), result="现场险情已排除，后续维修已安排。")
