"""What is in force, in words."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from pingzhan.modes.rules import NOTHING


def says(kind: str, payload: Mapping[str, Any]) -> str:
    """What an overlay says, in a line."""
    if payload == NOTHING:
        return str(_("这里不适用"))
    match kind:
        case "duty":
            return _("；").join([str(payload["title"]), *payload.get("tasks", [])])
        case "person_duty":
            part = _("A 角") if payload["part"].startswith("A") else _("B 角")
            return f"{payload.get('title', '')} · {payload.get('subject', '')} · {part}"
        case "person_role":
            return str(payload.get("title", ""))
        case "clock":
            return str(_("%(n)s 分钟") % {"n": payload["minutes"]})
        case "supply":
            return str(
                _("%(item)s：每人每天 %(n)s %(unit)s，来源 %(source)s")
                % {"item": payload.get("item", ""), "n": payload["per_head_day"], "unit": payload["unit"],
                   "source": payload.get("source", "")}
            )  # fmt: skip
        case "visit":
            return str(_("%(need)s：每天 %(n)s 次") % {"need": payload.get("need", ""), "n": payload["per_day"]})
        case "room_function":
            return str(_("约 %(n)s 分钟转换到位") % {"n": payload.get("minutes", 0)})
        case "booking":
            return str({"suspended": _("暂停"), "moved": _("改址"), "kept": _("照常")}.get(payload["state"], ""))
    return str(payload.get("title") or payload.get("text") or "")
