"""Visits of the demo: a procedure walked through, a building and a shop visited, with what was found."""

from datetime import datetime, timedelta

from pingzhan.demo.staff import DEMO_STREET, Cast
from pingzhan.matters.operations.visiting import Problem, visit
from pingzhan.places.models import Place

# How many hours ago, kind, topic, how it was, what was found.
_VISITS = (
    (3, "walk_through", "老年助餐点就餐流程", "从取号、排队到用餐，跟着老人走了一遍，共四十分钟。",
     ("助餐点取餐口有一级台阶，轮椅过不去", "助餐点菜单贴得太高、字太小，老人看不清")),
    (20, "enterprise", "沿街餐饮店走访", "走了六家店，都在营业。", ("沿街餐饮店后门油桶堆在消防通道上",)),
    (120, "household", "楼道里的一次走访", "敲了十二户的门，九户在家，多数满意。", ()),
)  # fmt: skip


def tell_visits(*, cast: Cast, places: list[Place], now: datetime) -> int:
    """Visits by the secretary of the demo's community; returns how many."""
    community = next(place for place in places if place.level == "community" and f"/{DEMO_STREET}/" in place.path)
    secretary = cast.of_unit(cast.units[community.path, "community.committee"].pk)
    for hours, kind, topic, summary, found in _VISITS:
        visit(
            kind=kind, place=community.code, topic=topic, summary=summary,
            problems=[Problem(text) for text in found], by=secretary, at=now - timedelta(hours=hours),
        )  # fmt: skip
    return len(_VISITS)
