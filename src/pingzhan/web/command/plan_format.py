"""How a plan is written: each part with what it is for, its fields and an example from a plan that is shipped."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from pingzhan.access.permissions import Permission as P
from pingzhan.access.roles import ROLES
from pingzhan.response.choices import Hazard
from pingzhan.response.rules.schema import plan_schema
from pingzhan.response.rules.shipped import excerpt, head_excerpt
from pingzhan.web.command.differences import FIELDS, SECTION_LABELS, word
from pingzhan.web.guards import needs

# Part of a plan → what it is called, and what it is for; in the order in which they are written.
_PARTS: dict[str, tuple[Any, Any]] = {
    "levels": (
        gettext_lazy("级别"),
        gettext_lazy(
            "1 最高（红色），4 最低（蓝色）。写明什么情况启动、谁能启动、谁能延长；不写延长的，能启动的就能延长。"
        ),
    ),
    "conditions": (
        gettext_lazy("启动条件"),
        gettext_lazy(
            "根据实时数字提出建议，由人决定。可用的数字：未办结、超时、24 小时内和 1 小时内上报的事项（可按类别），"
            "以及外来的预警、报警和库存天数；可以用 and、or、not 和括号组合。只有Ⅳ级可以写 start 自动启动。"
        ),
    ),
    "functions": (
        SECTION_LABELS["functions"],
        gettext_lazy("用房改作什么。先用区域自己的驿站，再用下面的；设施不全的不用，列为缺口。"),
    ),
    "duties": (
        SECTION_LABELS["duties"],
        gettext_lazy(
            "谁负责什么，A 角负责、B 角接替，按总距离最短分配，A、B 不会是同一人。per 写按什么设："
            "每个响应区域、街镇、居村、网格、小区、楼栋，或约 30 户一组的邻里；"
            "写了 function 的，按改成这一功能的每间用房设；写了 posts 的，每处的每个岗位分别设。"
        ),
    ),
    "roles": (
        SECTION_LABELS["roles"],
        gettext_lazy("响应期间多给谁一个角色，随响应结束自动收回；演练不放宽权限。"),
    ),
    "tasks": (SECTION_LABELS["tasks"], gettext_lazy("每个区域要做的事和完成时限。")),
    "instructions": (SECTION_LABELS["instructions"], gettext_lazy("直达各角色的指令和回执时限。")),
    "clocks": (SECTION_LABELS["clocks"], gettext_lazy("响应期间事项的办理时限，解除后自动恢复。")),
    "supplies": (
        SECTION_LABELS["supplies"],
        gettext_lazy("每人每天多少、从哪里来。数量写成带引号的数字；写了 stock 的，备战检查会核对库存够不够天数。"),
    ),
    "visits": (SECTION_LABELS["visits"], gettext_lazy("哪些人每天看望几次。")),
    "bookings": (
        SECTION_LABELS["bookings"],
        gettext_lazy("改作他用的房间，平时的预约怎么办：suspended 暂停、moved 改址、kept 照常。"),
    ),
    "notices": (SECTION_LABELS["notices"], gettext_lazy("响应期间居民首页看到的话和应急服务电话。")),
    "warning": (
        gettext_lazy("公众预警"),
        gettext_lazy("按 CAP 1.2 的栏目备好，由人核对后发布；演练不备。"),
    ),
    "stand_down": (gettext_lazy("解除响应"), gettext_lazy("什么情况下解除，以及解除时逐项核对的清单。")),
}
_ITEM = {
    "levels": "level_rule", "conditions": "condition", "functions": "function", "duties": "duty",
    "roles": "role_change", "tasks": "task", "instructions": "instruction", "clocks": "clock", "supplies": "supply",
    "visits": "visit", "bookings": "booking", "notices": "notice", "warning": "warning", "stand_down": "stand_down",
}  # fmt: skip
ADAPTATION = """\
schema: 1
adapts: infectious-disease
changes:
  duties:
    cover_building: {max_load: 8}
  visits:
    pregnant: null
"""


@require_safe
@needs(P.PLAN_VIEW)
def plan_format(request: HttpRequest) -> HttpResponse:
    """The format of plans, part by part."""
    schema = plan_schema()["$defs"]
    parts = [
        {
            "name": "head", "label": _("开头"),
            "text": _("名称、种类、宗旨，一次启动最长几天，几个月复审一次。"),
            "fields": _fields(schema["plan"], schema, leave_out=set(_PARTS)),
            "example": head_excerpt(),
        }
    ]  # fmt: skip
    for name, (label, text) in _PARTS.items():
        fields = _fields(schema[_ITEM[name]], schema)
        parts.append({"name": name, "label": label, "text": text, "fields": fields, "example": excerpt(name)})
    parts.append({
        "name": "adaptation", "label": _("细化上级预案"),
        "text": _(
            "街镇、居村只写与上级不同的地方，写 null 是取消这一项。"
            "上级改了，没有写的跟着变，两边都改的会提示冲突。"
        ),
        "fields": [], "example": ADAPTATION,
    })  # fmt: skip
    return render(request, "command/plan_format.html", {"parts": parts})


def _fields(
    rule: Mapping[str, Any],
    schema: Mapping[str, Any],
    *,
    leave_out: set[str] = frozenset(),  # type: ignore[assignment]
) -> list[dict[str, Any]]:
    """The fields of a part in words: name, what it is called, whether it must be there, and what it holds."""
    return [
        {
            "name": name,
            "label": FIELDS.get(name, ""),
            "required": name in rule.get("required", []),
            "holds": _holds(name, _resolved(part, schema), schema),
        }
        for name, part in rule["properties"].items()
        if name not in leave_out
    ]


def _resolved(part: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    return schema[part["$ref"].rpartition("/")[2]] if "$ref" in part else part


def _holds(name: str, rule: Mapping[str, Any], schema: Mapping[str, Any]) -> str:
    """What a field may hold, in words."""
    if "const" in rule:
        return str(rule["const"])
    if "enum" in rule:
        return _("、").join(_option(one) for one in rule["enum"])
    match rule.get("type"):
        case "integer":
            return _("整数 %(least)s–%(most)s") % {"least": rule["minimum"], "most": rule["maximum"]}
        case "boolean":
            return _("true 或 false")
        case "array":
            inner = _resolved(rule["items"], schema)
            if inner.get("type") == "object":
                return _("列表，每项有：%(names)s") % {"names": _("、").join(inner["properties"])}
            if name in ("roles", "from", "activate", "renew"):
                return _("角色：%(names)s") % {
                    "names": _("、").join(_explained(one, ROLES[one].label) for one in _STAFF)
                }
            return _("列表")
    return _("代码：小写字母、数字、连字符") if rule.get("pattern", "").startswith("^[a-z]") else _("文字")


_STAFF = [code for code, role in ROLES.items() if code != "resident"]


def _option(one: Any) -> str:
    if one in Hazard.values:
        return _explained(one, Hazard(one).label)
    said = word(one)
    return str(one) if said == str(one) else _explained(one, said)


def _explained(code: Any, label: Any) -> str:
    return _("%(figure)s（%(part)s）") % {"figure": code, "part": label}
