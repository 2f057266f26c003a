"""The demo's lists: what the demo street lets go down, powers given to its communities, what one team offers."""

from datetime import datetime, timedelta

from pingzhan.access.models import User
from pingzhan.access.queries import actor_for
from pingzhan.demo.staff import DEMO_STREET, Cast
from pingzhan.demo.texts.categories import GROUPS, KINDS
from pingzhan.people.choices import ListKind
from pingzhan.people.operations import Line, publish_list
from pingzhan.places.models import Place

# Groups that stay with the street's offices and the district's departments.
KEPT_ABOVE = {"illegal", "market", "environment", "health", "work", "education", "order"}
POWERS = (
    Line("邻里纠纷调解", limits="不涉及刑事；标的 1 万元以内，双方自愿"),
    Line("楼道堆物劝离和清理", limits="先书面告知三天；贵重物品报街道处理"),
    Line("小区内违停劝离", limits="只劝离和登记，不罚款"),
    Line("不文明养犬劝导", limits="两次劝导无效的报执法队"),
    Line("群租线索初查", limits="上门核实并登记；拆除由执法队办理"),
    Line("小餐饮油烟初查", limits="现场记录；检测由生态环境部门做"),
    Line("临时救助受理", limits="单户 500 元以内，三个工作日内公示"),
    Line("法律援助初审", limits="只审材料是否齐全，决定由司法所作出"),
    Line("居住证明开具", limits="限本居村有居住登记的"),
    Line("志愿服务时长认定", limits="每次不超过 8 小时"),
)
OFFERS = (
    Line("上门理发", limits="周六上午，70 岁以上或行动不便的"),
    Line("陪同就医", limits="提前一天说，一次半天以内"),
    Line("代买代送药", limits="凭处方或药盒，不代保管钱"),
    Line("水电小修", limits="换灯泡、水龙头、开关；不动燃气"),
    Line("手机使用辅导", limits="每周三下午，活动室"),
    Line("夜间守点", limits="应急响应期间，每班 4 小时"),
)


def publish_lists(*, cast: Cast, places: list[Place], now: datetime) -> int:
    """Publish them as the street's secretary and the community's; returns how many lines."""
    street = next(place for place in places if place.code == DEMO_STREET)
    community = next(place for place in places if place.level == "community" and place.path.startswith(street.path))
    by = actor_for(User.objects.get(username="street"), at=now)
    secretary = actor_for(cast.users[cast.units[community.path, "community.committee"].pk], at=now)
    open_groups = [Line(group.name, code=group.code) for group in GROUPS.values() if group.code not in KEPT_ABOVE]
    at = now - timedelta(days=1)
    # The first version was narrower; the second one is in force.
    first = [line for line in open_groups if line.code in {"property", "waste", "neighbour", "care"}]
    publish_list(kind=ListKind.PASS_DOWN, place=street, lines=first, by=by, at=now - timedelta(days=40))
    singles = [Line(kind.name, code=kind.code) for kind in KINDS.values() if kind.group == "health"][:1]
    publish_list(kind=ListKind.PASS_DOWN, place=street, lines=[*open_groups, *singles], by=by, at=at)
    publish_list(kind=ListKind.POWERS, place=street, lines=POWERS, by=by, at=at)
    publish_list(kind=ListKind.OFFERS, place=community, lines=OFFERS, by=secretary, at=at)
    return len(open_groups) + len(singles) + len(POWERS) + len(OFFERS)
