"""What pages of the command face call things."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from pingzhan.modes.choices import OverlayKind
from pingzhan.people.queries.skills import catalogue
from pingzhan.places.names import named

LEVELS: dict[int, Any] = {1: _("Ⅰ级（红色）"), 2: _("Ⅱ级（橙色）"), 3: _("Ⅲ级（黄色）"), 4: _("Ⅳ级（蓝色）")}
COLOURS = {1: "red", 2: "orange", 3: "yellow", 4: "blue"}
CHANGES: dict[str, Any] = {
    "begin": _("启动响应"),
    "change_level": _("调整响应级别"),
    "renew": _("延长响应"),
    "end": _("解除响应"),
    "lapse": _("响应到期自动解除"),
}


def why_words(payload: Mapping[str, Any], skills: Mapping[str, str]) -> str:
    """Why somebody was chosen for a duty: how near they are, and which of the skills asked for they have."""
    found = []
    if "metres" in payload:
        metres = int(payload["metres"])
        near = metres < 1000
        words = _("离这里约 %(metres)s 米") if near else _("离这里约 %(km)s 公里")
        found.append(str(words) % {"metres": max(50, round(metres / 50) * 50), "km": round(metres / 1000, 1)})
    found += [skills.get(code, code) for code in payload.get("skills", [])]
    return " · ".join(found)


def skill_names() -> dict[str, str]:
    """The names of skills in the reader's language, by code; one statement."""
    return {skill.code: named(skill) for skill in catalogue()}


def level_label(level: int) -> str:
    return str(LEVELS.get(level, level))


def counts_in_words(counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """(kind, label, how many) in the order of the kinds."""
    return [(kind.value, str(kind.label), counts[kind.value]) for kind in OverlayKind if counts.get(kind.value)]
