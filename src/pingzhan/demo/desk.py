"""What a desk has in use: answers kept, questions to residents, calls after closing, and a storm an hour ago."""

from datetime import datetime, timedelta

from pingzhan.access.actors import ANONYMOUS
from pingzhan.core.errors import DomainError
from pingzhan.demo.staff import DEMO_STREET, Cast
from pingzhan.matters import operations
from pingzhan.matters.choices import Source, Status
from pingzhan.matters.models import Matter
from pingzhan.matters.operations import Location
from pingzhan.matters.operations.catalogue import ReasonRow
from pingzhan.matters.queries.sheet import reporter_actor
from pingzhan.places.models import Place

REASONS = (
    ReasonRow("quick", "办得快", "Quick", True),
    ReasonRow("thorough", "办得彻底", "Thorough", True),
    ReasonRow("kind", "态度好", "Kind", True),
    ReasonRow("told", "每一步都告诉我", "Kept me informed", True),
    ReasonRow("slow", "拖得太久", "Took too long", False),
    ReasonRow("unsettled", "没有真正解决", "Not really settled", False),
    ReasonRow("unfriendly", "态度不好", "Unfriendly", False),
    ReasonRow("untold", "没有人告诉我进展", "Nobody told me how far it was", False),
)
_OF_STARS = {5: ("quick", "kind"), 4: ("thorough",), 3: ("untold",), 2: ("slow", "untold"), 1: ("slow", "unsettled")}

# (occasion, category or group, title, words)
ANSWERS = (
    (
        "feed_back", "housing", "渗漏已修好",
        "您好，您反映的“{title}”，{handler}已修好并做了闭水试验。如再渗漏，请凭编号 {number} 要求重新办理。",
    ),
    ("feed_back", "property", "物业已整改", "您好，{handler}已于 {today} 整改完毕，{receiver}已到场核实。"),
    (
        "feed_back", "noise", "噪声已劝导",
        "您好，已与相关人员约定时间和音量，并张贴提示。如再有噪声，请在发生时上报，便于当场处理。",
    ),
    (
        "feed_back", "", "已办结，请评价",
        "您好，编号 {number} 的事项已办结，感谢您的反映。请您打个分；没有解决的，可以要求重新办理。",
    ),
    ("progress", "", "已到现场", "{handler}的工作人员已到现场查看，正在处理，进展会写在这里。"),
    ("reject", "", "不属于受理范围", "您反映的情况由其他部门负责，建议拨打 12345，我们也可以协助转达。"),
    ("ask", "", "请补充位置", "为尽快找到地方，请您写明楼号、楼层，或附近的明显标志。"),
    ("ask", "noise", "请补充时间", "请问噪声一般在什么时间、持续多久？我们会在那个时间上门。"),
)  # fmt: skip
STORM = (
    ("{n}号楼楼道漏水，雨水顺着楼梯往下流", 13),
    ("{n}号楼楼顶漏水，顶楼房间在滴水", 8),
    ("{n}号楼门口积水，出不了门", 6),
)
SURGE_MINUTES = 50


def reasons_of(stars: int) -> tuple[str, ...]:
    """What somebody with so many stars to give ticks."""
    return _OF_STARS.get(stars, ())


def tell_desk(*, cast: Cast, places: list[Place], now: datetime) -> int:
    """Everything of this file, by the operations that people use; returns how many reports the storm brought."""
    street = next((place for place in places if place.code == DEMO_STREET), None)
    if street is None:
        return 0
    by = cast.of_unit(cast.units[street.path, "street.operations"].pk)
    for occasion, category, title, text in ANSWERS:
        operations.save_template(
            by=by, at=now - timedelta(days=20), place=street.code, occasion=occasion, category=category, title=title,
            text=text,
        )  # fmt: skip
    _talk(cast, now=now)
    return _storm(places, now=now)


def _talk(cast: Cast, *, now: datetime) -> None:
    """Two questions, one of them answered; some calls; replies to those who were not content."""
    here = Matter.objects.filter(street=DEMO_STREET)
    asked = here.filter(status=Status.IN_PROGRESS, waiting=False).exclude(urgency="critical").order_by("-id")[:2]
    for number, matter in enumerate(asked):
        at = max(matter.status_at + timedelta(minutes=20), now - timedelta(hours=20))
        text = "请问具体是几号楼几层？我们安排师傅上门。"
        operations.ask(matter=matter, by=cast.of_unit(matter.handler_id), at=at, text=text, days=3)
        if number:
            by = reporter_actor(matter)
            operations.answer(matter=matter, by=by, at=at + timedelta(minutes=7), text="三号楼四层，靠电梯那一边。")
    settled = here.filter(completed_at__isnull=False, contact_index__isnull=False).order_by("-id")
    said = (("settled", "说修好了，谢谢"), ("partly", "基本好了，希望定期检查"), ("not_reached", ""), ("settled", ""))
    for matter, (result, note) in zip(settled[1:8], said, strict=False):
        _quietly(matter, cast, result=result, note=note, at=now - timedelta(hours=3))
    for matter in here.filter(ratings__stars__lte=3).order_by("-id").distinct()[:3]:
        operations.reply_to_rating(
            matter=matter, by=cast.of_unit(matter.receiver_id), at=now - timedelta(hours=2),
            reply="让您久等了。我们已约谈承办单位，下次会及时告诉您进展。",
        )  # fmt: skip


def _quietly(matter: Matter, cast: Cast, *, result: str, note: str, at: datetime) -> None:
    """Note a call; one that came back to be handled in between is left alone."""
    try:
        operations.call_back(matter=matter, by=cast.of_unit(matter.receiver_id), at=at, result=result, note=note)
    except DomainError:
        return


def _storm(places: list[Place], *, now: datetime) -> int:
    """Many reports of the same from the first community, waiting to be accepted."""
    first = next((place for place in places if place.level == "community" and f"/{DEMO_STREET}/" in place.path), None)
    spots = [place for place in places if place.level == "building" and first and place.path.startswith(first.path)]
    if not spots:
        return 0
    texts = [text.format(n=n % 18 + 1) for text, count in STORM for n in range(count)]
    for number, text in enumerate(texts):
        at = now - timedelta(minutes=SURGE_MINUTES) + timedelta(seconds=97 * number)
        operations.report(
            text=text, location=Location(code=spots[number * 7 % len(spots)].code), source=Source.PORTAL,
            by=ANONYMOUS, at=at, contact_phone=f"1009{number:07d}",
        )  # fmt: skip
    return len(texts)
