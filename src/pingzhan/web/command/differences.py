"""What an adaptation says otherwise than its plan, and where the two conflict, in words."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pingzhan.access.roles import ROLES
from pingzhan.modes.choices import OverlayKind
from pingzhan.response.choices import Per
from pingzhan.response.rules.adapt import Conflict, Difference
from pingzhan.web.command.words import ROMAN, function_names, title_in

SECTION_LABELS: dict[str, Any] = {
    "functions": OverlayKind.ROOM_FUNCTION.label,
    "duties": OverlayKind.PERSON_DUTY.label,
    "roles": OverlayKind.PERSON_ROLE.label,
    "tasks": OverlayKind.TASK.label,
    "instructions": OverlayKind.INSTRUCTION.label,
    "clocks": OverlayKind.CLOCK.label,
    "supplies": OverlayKind.SUPPLY.label,
    "visits": OverlayKind.VISIT.label,
    "bookings": OverlayKind.BOOKING.label,
    "notices": OverlayKind.NOTICE.label,
}
FIELDS: dict[str, Any] = {
    "": gettext_lazy("整项"),
    "title": gettext_lazy("名称"),
    "text": gettext_lazy("内容"),
    "levels": gettext_lazy("级别"),
    "per": gettext_lazy("按什么设"),
    "count": gettext_lazy("数量"),
    "number": gettext_lazy("A 角人数"),
    "backup": gettext_lazy("B 角人数"),
    "roles": gettext_lazy("由谁担任"),
    "from": gettext_lazy("由谁担任"),
    "skills": gettext_lazy("要求的技能"),
    "posts": gettext_lazy("岗位"),
    "households": gettext_lazy("每组约多少户"),
    "training": gettext_lazy("要求的培训"),
    "max_load": gettext_lazy("每人最多处数"),
    "max_metres": gettext_lazy("最远距离（米）"),
    "reports_to": gettext_lazy("向谁报告"),
    "tasks": gettext_lazy("要做的事"),
    "checklist": gettext_lazy("转换步骤"),
    "minutes": gettext_lazy("分钟"),
    "due_minutes": gettext_lazy("完成时限（分钟）"),
    "acknowledge_minutes": gettext_lazy("回执时限（分钟）"),
    "per_day": gettext_lazy("每天次数"),
    "per_head_day": gettext_lazy("每人每天数量"),
    "source": gettext_lazy("来源"),
    "item": gettext_lazy("物资"),
    "need": gettext_lazy("对象"),
    "note": gettext_lazy("说明"),
    "services": gettext_lazy("应急服务"),
    "code": gettext_lazy("代码"),
    "function": gettext_lazy("功能"),
    "functions": gettext_lazy("平时的功能"),
    "give": gettext_lazy("给什么角色"),
    "at": gettext_lazy("在哪里有效"),
    "role": gettext_lazy("由谁来做"),
    "clock": gettext_lazy("哪个时限"),
    "basis": gettext_lazy("怎么计时"),
    "unit": gettext_lazy("单位"),
    "stock": gettext_lazy("库存数字"),
    "days": gettext_lazy("至少够几天"),
    "state": gettext_lazy("怎么办"),
    "when": gettext_lazy("什么情况"),
    "until": gettext_lazy("到什么情况为止"),
    "start": gettext_lazy("自动启动"),
    "level": gettext_lazy("级别"),
    "activate": gettext_lazy("谁能启动"),
    "renew": gettext_lazy("谁能延长"),
    "event": gettext_lazy("事件"),
    "category": gettext_lazy("类别"),
    "headline": gettext_lazy("标题"),
    "description": gettext_lazy("说明"),
    "instruction": gettext_lazy("请居民怎么做"),
    "conditions": gettext_lazy("解除条件"),
    "schema": gettext_lazy("格式版本"),
    "title_en": gettext_lazy("英文名称"),
    "hazard": gettext_lazy("种类"),
    "purpose": gettext_lazy("宗旨"),
    "sunset_days": gettext_lazy("一次最长几天"),
    "review_months": gettext_lazy("几个月复审一次"),
    "contact_days": gettext_lazy("多少天没核实的电话算短板"),
}
_NAMES = ("title", "item", "need", "text")


def reason_words(reason: str, plans: Iterable[Mapping[str, Any]], kinds: Mapping[str, str]) -> str:
    """Which part of a plan asks for something, in words: "duties.cover_building" → "Duty of a person · …"."""
    section, _dot, code = reason.partition(".")
    return f"{SECTION_LABELS[section]} · {title_in(plans, section, code, kinds)}"


def difference_rows(found: Iterable[Difference | Conflict], *plans: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each in words; `plans` are looked through for what an item is called."""
    kinds = function_names()
    return [
        {
            "section": str(SECTION_LABELS[one.section]),
            "item": title_in(plans, one.section, one.code, kinds),
            "field": str(FIELDS.get(one.field, one.field)),
            "before": _value(one.before, one.field) if isinstance(one, Conflict) else "",
            "above": _value(one.above, one.field),
            "here": _value(one.here, one.field) if one.here is not None else str(_("这里取消")),
        }
        for one in found
    ]


def _value(value: Any, field: str = "") -> str:
    """A value of a field in words."""
    if value is None or value in ({}, []):
        return "—"
    if isinstance(value, dict):
        return str(next((value[name] for name in _NAMES if value.get(name)), _("有")))
    if field == "levels":
        return " ".join(ROMAN.get(level, str(level)) for level in sorted(value))
    if isinstance(value, list):
        return str(_("、")).join(_value(one) if isinstance(one, dict) else word(one) for one in value)
    return word(value)


def word(value: Any) -> str:
    """A code of a plan in words, where there are any."""
    if value in ROLES:
        return str(ROLES[value].label)
    if value in Per.values:
        return str(Per(value).label)
    return str(value)
