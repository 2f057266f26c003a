"""The journal's verbs in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from pingzhan.matters.choices import Status, Step
from pingzhan.matters.whistle_workflow import SummonsState, WhistleStep
from pingzhan.people.choices import CheckInState, CheckInStep, TeamPost

# Of matters the steps say it themselves.
_VERBS: dict[str, Any] = {
    "matter.take_down": _("撤下公示"),
    "matter.follow": _("关注"),
    "matter.redact": _("隐去反映内容"),
    "matter.undo": _("撤销批量操作"),
    "matter.call_back": _("回访"),
    "matter.reply_rating": _("回复评价"),
    "proposal.propose": _("条件达到，建议启动"),
    "proposal.accepted": _("采纳启动建议"),
    "proposal.dismissed": _("不采纳启动建议"),
    "proposal.started": _("按预案自动启动值守"),
    "proposal.fail": _("未能自动启动，等待决定"),
    "proposal.pass": _("启动条件已过去"),
    "signal.take": _("记录外来信息"),
    "template.save": _("保存答复模板"),
    "template.retire": _("停用答复模板"),
    "matter.export": _("导出清单"),
    "inspection.make": _("登记检查"),
    "inspection.mend": _("整改"),
    "inspection.confirm": _("核销整改"),
    "taking.take": _("接单或派单"),
    "taking.hand_back": _("交回"),
    "taking.no_show": _("接单未办"),
    "unit.cap": _("设定接单上限"),
    "whistle.late": _("哨单逾期告知上级"),
    "catalogue.calls": _("更新吹哨规则"),
    "suggestion.train": _("训练智能建议"),
    "suggestion.activate": _("启用智能建议的版本"),
    "suggestion.stop": _("停用智能建议"),
    "rule.ladder": _("修改升级规则"),
    "rule.limit": _("修改上限"),
    "rule.time": _("修改时限"),
    "rule.power": _("修改办理权限"),
    "catalogue.load": _("更新类别、时限与转办规则"),
    "access.grant": _("授权"),
    "access.revoke": _("收回授权"),
    "access.token": _("生成接口令牌"),
    "user.create": _("新建账号"),
    "sealed.open": _("查看加密信息"),
    "place.import": _("导入区域"),
    "place.invent": _("生成演示区域"),
    "place.outline": _("导入边界"),
    "place.rename": _("区域更名"),
    "place.split": _("拆分网格"),
    "place.merge": _("合并网格"),
    "place.redraw": _("重划网格"),
    "place.accept": _("采用网格方案"),
    "place.propose": _("生成网格方案"),
    "place.estate": _("更新小区的地址和别名"),
    "place.adjust": _("调整网格方案"),
    "place.decline": _("不采用网格方案"),
    "place.grid_made": _("新建网格"),
    "place.grid_ended": _("撤销网格"),
    "place.grid_reshaped": _("网格换了边界"),
    "place.take_over": _("接收另一个居村"),
    "place.taken_over": _("并入另一个居村"),
    "place.enter": _("登记楼栋"),
    "place.edit": _("修改楼栋"),
    "place.end": _("注销楼栋"),
    "place.homes": _("登记住户"),
    "visit.record": _("登记走访"),
    "place.end_homes": _("注销住户"),
    "place.upload": _("上传登记表"),
    "place.written": _("导入登记表"),
    "place.moved": _("换到另一个网格"),
    "matter.relocate": _("随区域调整换了位置"),
    "access.move": _("权限随区域调整"),
    "person.create": _("登记人员"),
    "person.change": _("更正人员资料"),
    "person.confirm_contact": _("核实电话"),
    "person.move": _("人员档案调转"),
    "person.merge": _("合并重复人员"),
    "person.merge_undone": _("撤销合并"),
    "person.account": _("开通账号"),
    "person.appoint": _("任职"),
    "person.dismiss": _("免职"),
    "unit.create": _("登记单位"),
    "station.open": _("登记阵地"),
    "station.change": _("修改阵地"),
    "station.close": _("撤销阵地"),
    "station.load_functions": _("更新功能目录"),
    "room.add": _("增加用房"),
    "room.change": _("修改用房"),
    "room.close": _("撤销用房"),
    "room.find_fit": _("登记用房的战时功能"),
    "access.grant_for_response": _("响应期间授权"),
    "plan.create": _("新建预案"),
    "plan.edit": _("修改预案"),
    "plan.review": _("审核预案"),
    "plan.publish": _("发布预案"),
    "plan.retire": _("停用预案"),
    "response.check": _("完成解除清单的一项"),
    "response.warn": _("发布公众预警"),
    "response.begin": _("启动响应"),
    "response.change_level": _("调整响应级别"),
    "response.renew": _("延长响应"),
    "response.end": _("解除响应"),
    "response.lapse": _("响应到期自动解除"),
    "unit.change": _("更改单位资料"),
    "unit.end": _("注销单位"),
    "chain.change": _("更改组织链"),
    "user.invite": _("发出登录链接"),
    "user.join": _("首次登录"),
    "user.open": _("恢复账号"),
    "user.close": _("停用账号"),
    "team.set_up": _("组建队伍"),
    "team.group": _("增加小组"),
    "team.group_end": _("撤销小组"),
    "team.post": _("队伍任职"),
    "team.nominate": _("推荐人选"),
    "team.decline": _("不采纳推荐"),
    "training.load": _("更新培训目录"),
    "training.enter": _("登记培训"),
    "training.withdraw": _("撤销培训记录"),
    "skill.load": _("更新特长目录"),
    "skill.put": _("修改特长目录"),
    "skill.prove": _("登记特长证明"),
    "talent.ask": _("请队员帮忙"),
    "talent.answer": _("答复请求"),
    "list.publish": _("发布清单"),
    "roster.load": _("读入报到名单"),
    "roster.remind": _("提醒报到"),
    "roster.close": _("关闭报到名单"),
    "job.run_again": _("重新运行后台任务"),
    "job.dismiss": _("放弃后台任务"),
    "journal.verify": _("校验日志"),
}
_KINDS: dict[str, Any] = {
    "user": _("工作人员或居民"),
    "system": _("系统"),
    "anonymous": _("未登录的居民"),
    "reporter": _("凭查询码的居民"),
}


_SUBJECTS: dict[str, Any] = {
    "matter": _("事项"),
    "whistle": _("哨单"),
    "taking": _("接单"),
    "user": _("账号"),
    "person": _("人员"),
    "unit": _("单位"),
    "check_in": _("报到"),
    "team": _("队伍"),
    "skill": _("特长目录"),
    "roster": _("报到名单"),
    "chain": _("组织链"),
    "talent_request": _("请求帮忙"),
    "list": _("清单"),
    "place": _("区域"),
    "import": _("登记表"),
    "job": _("后台任务"),
    "export": _("导出"),
    "inspection": _("检查"),
    "visit": _("走访"),
    "template": _("答复模板"),
    "response": _("响应"),
    "plan": _("预案"),
    "proposal": _("启动建议"),
    "signal": _("外来信息"),
    "station": _("阵地"),
    "catalogue": _("目录"),
    "rule": _("办理规则"),
}


def subject_label(kind: str) -> str:
    """What it was done to, in words."""
    return str(_SUBJECTS.get(kind, kind))


def verb_label(verb: str) -> str:
    """What was done, in words; the code itself where there are none."""
    step = verb.removeprefix("matter.")
    if verb.startswith("matter.") and step in Step.values:
        return str(Step(step).label)
    step = verb.removeprefix("check_in.")
    if verb.startswith("check_in.") and step in CheckInStep.values:
        return str(CheckInStep(step).label)
    step = verb.removeprefix("whistle.")
    if verb.startswith("whistle.") and step in WhistleStep.values:
        return str(WhistleStep(step).label)
    return str(_VERBS.get(verb, verb))


def state_label(state: str, subject: str = "matter") -> str:
    """A state of a matter or check-in, or a post on a team, in words; anything else as it is."""
    if subject == "check_in" and state in CheckInState.values:
        return str(CheckInState(state).label)
    if subject == "team" and state in TeamPost.values:
        return str(TeamPost(state).label)
    if subject == "whistle" and state in SummonsState.values:
        return str(SummonsState(state).label)
    return str(Status(state).label) if state in Status.values else state


def kind_label(kind: str) -> str:
    """Who it was, where there is no name."""
    return str(_KINDS.get(kind, kind))


def actor_label(entry: Any, *, unnamed: str = "") -> str:
    """Who did what an entry records: staff by name, others by what they are, or `unnamed` where they are persons."""
    if entry.actor_kind == "user" and entry.actor_name:
        return str(entry.actor_name)
    return unnamed if unnamed and entry.actor_kind != "system" else kind_label(entry.actor_kind)
