"""What pages of the command face call things."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from pingzhan.core.errors import Invalid
from pingzhan.matters.queries.reference import reference
from pingzhan.modes.choices import OverlayKind
from pingzhan.people.queries.skills import catalogue
from pingzhan.places.names import named
from pingzhan.response.queries.words import clock_label
from pingzhan.stations.queries import functions
from pingzhan.web.words import how_far

LEVELS: dict[int, Any] = {1: _("Ⅰ级（红色）"), 2: _("Ⅱ级（橙色）"), 3: _("Ⅲ级（黄色）"), 4: _("Ⅳ级（蓝色）")}
ROMAN = {1: "Ⅰ", 2: "Ⅱ", 3: "Ⅲ", 4: "Ⅳ"}
COLOURS = {1: "red", 2: "orange", 3: "yellow", 4: "blue"}
CHANGES: dict[str, Any] = {
    "begin": _("启动响应"),
    "change_level": _("调整响应级别"),
    "renew": _("延长响应"),
    "end": _("解除响应"),
    "lapse": _("响应到期自动解除"),
}


_FIGURES: dict[str, Any] = {
    "matters.open": _("未办结事项"),
    "matters.overdue": _("超时事项"),
    "matters.today": _("24 小时内上报"),
    "matters.hour": _("1 小时内上报"),
    "alarm": _("正在响的报警"),
}
# What can be noted on the page; systems may send others of these three kinds by the API.
SIGNALS: dict[str, Any] = {
    "warning.typhoon": _("台风预警"),
    "warning.rainstorm": _("暴雨预警"),
    "warning.heat": _("高温预警"),
    "warning.cold": _("寒潮预警"),
    "warning.epidemic": _("疫情预警"),
    "alarm.smoke": _("烟感报警"),
    "alarm.gas": _("燃气报警"),
    "alarm.flood": _("积水报警"),
    "stock.water": _("饮用水库存"),
    "stock.food": _("食品库存"),
    "stock.masks": _("口罩库存"),
    "stock.medicine": _("药品库存"),
}
_WARNINGS: dict[int, Any] = {0: _("已解除"), 1: _("蓝色"), 2: _("黄色"), 3: _("橙色"), 4: _("红色")}


def signal_value(name: str, value: float) -> str:
    """A figure from outside in words."""
    kind = name.partition(".")[0]
    if kind == "warning":
        return str(_WARNINGS.get(int(value), value))
    return str((_("够用 %(n)s 天") if kind == "stock" else _("%(n)s 个")) % {"n": f"{value:g}"})


def figure_words(figures: Mapping[str, float]) -> list[tuple[str, str]]:
    """The figures of a condition: what each is called, and its value in words."""
    groups = reference().categories
    found = []
    for name, value in figures.items():
        if name in SIGNALS or name.partition(".")[0] in ("warning", "stock"):
            found.append((str(SIGNALS.get(name, name)), signal_value(name, value)))
            continue
        base = next((one for one in _FIGURES if name == one or name.startswith(f"{one}.")), name)
        rest = name[len(base) + 1 :]
        label = str(_FIGURES.get(base, base))
        if rest:
            part = named(groups[rest]) if rest in groups else rest
            label = str(_("%(figure)s（%(part)s）") % {"figure": label, "part": part})
        found.append((label, f"{value:g}"))
    return found


def moment_of(text: str) -> datetime:
    """What was typed into a field for a moment; raises Invalid for what is none."""
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        message = _("请填写日期和时间")
        raise Invalid(str(message), errors=[{"loc": ["until"], "msg": str(message)}])
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment


def why_words(payload: Mapping[str, Any], skills: Mapping[str, str]) -> str:
    """Why somebody was chosen for a duty: how near they are, and which of the skills asked for they have."""
    found = []
    if "metres" in payload:
        found.append(how_far(int(payload["metres"])))
    found += [skills.get(code, code) for code in payload.get("skills", [])]
    return " · ".join(found)


def skill_names() -> dict[str, str]:
    """The names of skills in the reader's language, by code; one statement."""
    return {skill.code: named(skill) for skill in catalogue()}


def function_names() -> dict[str, str]:
    """The names of functions of rooms in the reader's language, by code."""
    return {code: named(kind) for code, kind in functions().items()}


def item_title(section: str, item: Mapping[str, Any], kinds: Mapping[str, str]) -> str:
    """What an item of a plan is called; `kinds` are the names of functions."""
    if section == "functions":
        return kinds.get(item["function"], item["function"])
    if section == "bookings":
        return str(_("、")).join(kinds.get(code, code) for code in item["functions"])
    if section == "clocks":
        return clock_label(item["clock"])
    return str(next((item[name] for name in ("title", "item", "need", "text") if item.get(name)), item["code"]))


def title_in(plans: Iterable[Mapping[str, Any]], section: str, code: str, kinds: Mapping[str, str]) -> str:
    """The same of the item with this code in the first of these plans that has it, else the code."""
    found = (item for plan in plans for item in plan.get(section, []) if item["code"] == code)
    return next((item_title(section, item, kinds) for item in found), code)


def level_label(level: int) -> str:
    return str(LEVELS.get(level, level))


def counts_in_words(counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """(kind, label, how many) in the order of the kinds."""
    return [(kind.value, str(kind.label), counts[kind.value]) for kind in OverlayKind if counts.get(kind.value)]
