"""What pages of the command face call things."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from pingzhan.modes.choices import OverlayKind

LEVELS: dict[int, Any] = {1: _("Ⅰ级（红色）"), 2: _("Ⅱ级（橙色）"), 3: _("Ⅲ级（黄色）"), 4: _("Ⅳ级（蓝色）")}
COLOURS = {1: "red", 2: "orange", 3: "yellow", 4: "blue"}
CHANGES: dict[str, Any] = {
    "begin": _("启动响应"),
    "change_level": _("调整响应级别"),
    "renew": _("延长响应"),
    "end": _("解除响应"),
    "lapse": _("响应到期自动解除"),
}


def level_label(level: int) -> str:
    return str(LEVELS.get(level, level))


def counts_in_words(counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
    """(kind, label, how many) in the order of the kinds."""
    return [(kind.value, str(kind.label), counts[kind.value]) for kind in OverlayKind if counts.get(kind.value)]
