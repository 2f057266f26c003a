"""Sample content of the style pages, where all parts are seen side by side and checked by axe."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import template
from django.utils.translation import gettext as _

from pingzhan.core.clock import now
from pingzhan.matters.choices import Status, Step, Urgency

register = template.Library()


@register.simple_tag
def sample_mode(kind: str, level: int) -> SimpleNamespace:
    """A mode as `web.context` gives it: `{% sample_mode "emergency" 2 as mode %}`."""
    at = now()
    label = {"emergency": _("战时"), "exercise": _("演练")}[kind]
    plan = _("防汛防台专项预案")
    return SimpleNamespace(kind=kind, label=label, level=level, plan=plan, since=at, until=at + timedelta(days=3))


@register.simple_tag
def sample() -> dict[str, Any]:
    """Everything that the style pages show: `{% sample as s %}`."""
    at = now()
    states = ["done", "done", "now", "todo", "todo", "todo", "todo", "todo"]
    steps = [
        Step.ACCEPT,
        Step.DISPATCH,
        Step.PROGRESS,
        Step.SUPERVISE,
        Step.FEED_BACK,
        Step.RATE,
        Step.PUBLISH,
        Step.ARCHIVE,
    ]
    who = [_("梅岭北路第二居民委员会"), _("曹杨新村街道城市建设管理事务中心"), _("街道房管办")]
    return {
        "at": at,
        "statuses": Status.values,
        "urgencies": Urgency.choices,
        "steps": [
            {
                "step": step,
                "state": state,
                "at": at - timedelta(hours=30 - index * 9) if index < len(who) else None,
                "who": who[index] if index < len(who) else "",
                "note": _("维修人员已到现场，正在更换损坏的管道，预计今天傍晚恢复供水。") if state == "now" else "",
            }
            for index, (step, state) in enumerate(zip(steps, states, strict=True))
        ],
        "late_steps": [
            {"step": step, "state": "late" if state == "now" else state}
            for step, state in zip(steps, states, strict=True)
        ],
        "items": [
            _item(Step.REPORT, at - timedelta(hours=31), _("居民")),
            _item(Step.ACCEPT, at - timedelta(hours=30), _("沈佳怡"), notes=(_("已电话核实，影响 3 号楼 24 户。"),)),
            _item(Step.DISPATCH, at - timedelta(hours=21), _("沈佳怡"), unit=_("曹杨新村街道城市建设管理事务中心")),
            _item(
                Step.PROGRESS,
                at - timedelta(hours=3),
                _("陆建国"),
                replies=(_("维修人员已到现场，今天傍晚恢复供水，给您添麻烦了。"),),
            ),
        ],
        "titles": [
            _("三号楼底层水管爆裂，一楼走廊积水已漫到电梯口"),
            _("小区东门路灯连续三晚不亮，老人夜里出门看不清台阶"),
            _("菜场后门堆放的泡沫箱挡住消防通道"),
        ],
        "due": [at + timedelta(days=2, hours=5), at + timedelta(hours=2, minutes=40), at - timedelta(days=1, hours=3)],
        "problem": SimpleNamespace(
            title=_("填写的内容有误"),
            detail=_("请改正以下内容"),
            status=422,
            errors=[
                {"loc": ["text"], "msg": _("请写明发生了什么，至少 5 个字")},
                {"loc": ["phone"], "msg": _("请输入正确的手机号码")},
            ],
        ),
        "typed": {"text": _("漏水"), "phone": "1380000"},
        "categories": [
            {"label": _("房屋与设施"), "kinds": [("water", _("供水排水")), ("lift", _("电梯故障"))]},
            {"label": _("公共秩序"), "kinds": [("noise", _("噪声扰民")), ("parking", _("乱停车"))]},
        ],
        "places": [("310107005", _("曹杨新村街道")), ("310107014", _("长风新村街道")), ("310107015", _("长寿路街道"))],
        "communities": [("310107005001", _("梅岭北路第二居委会")), ("310107005002", _("枫桥路居委会"))],
        "pictures": [
            {"url": f"/static/vendor/leaflet/images/{name}.png"} for name in ("layers-2x", "marker-icon-2x", "layers")
        ],
    }


def _item(step: Step, at: Any, who: str, **more: Any) -> dict[str, Any]:
    return {"step": step, "label": step.label, "at": at, "who": who, **more}
