from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UnitKind(models.TextChoices):
    COMMUNITY = "community", _("居村委会")
    STREET_OFFICE = "street_office", _("街镇办事机构")
    DEPARTMENT = "department", _("区级部门")
    COMMAND = "command", _("指挥中心")
    PARTY = "party", _("党组织")
    COMMITTEE = "committee", _("委员会")
    OWNERS = "owners", _("业主委员会")
    PROPERTY = "property", _("物业企业")
    ENTERPRISE = "enterprise", _("企业")
    SOCIAL = "social", _("社会组织")
    HOSPITAL = "hospital", _("医疗卫生机构")
    SCHOOL = "school", _("学校")
    MARKET = "market", _("市场、商场")
    INSTITUTION = "institution", _("其他事业单位")


class AppointmentKind(models.TextChoices):
    """What kind of holder of a role: three kinds of workers, two leaders of a building, chief and deputy."""

    FULL_TIME = "full_time", pgettext_lazy("worker", "专职")
    PROFESSIONAL = "professional", pgettext_lazy("worker", "专业")
    PART_TIME = "part_time", pgettext_lazy("worker", "兼职")
    OFFLINE = "offline", _("线下")
    ONLINE = "online", _("线上")
    DEPUTY = "deputy", _("副职")


class CheckInKind(models.TextChoices):
    MEMBER = "member", _("队员报到")
    MOBILE = "mobile", _("流动网格员报到")


class CheckInState(models.TextChoices):
    SUBMITTED = "submitted", _("待审核")
    APPROVED = "approved", _("待联系")
    CONTACTED = "contacted", _("已联系，待入队")
    JOINED = "joined", _("在队")
    PAUSED = "paused", _("暂停参加")
    REJECTED = "rejected", _("未通过")
    MOVED = "moved", _("已转出")
    MERGED = "merged", _("已并入原记录")
    LEFT = "left", _("已退出")


class CheckInStep(models.TextChoices):
    SUBMIT = "submit", _("报到")
    APPROVE = "approve", _("审核通过")
    REJECT = "reject", _("不通过")
    CONTACT = "contact", _("已联系")
    JOIN = "join", _("编入队伍")
    PAUSE = "pause", _("暂停参加")
    RESUME = "resume", _("恢复参加")
    MOVE = "move", _("转到其他居村")
    LEAVE = "leave", _("退出")
    CORRECT = "correct", _("更正资料")


class CheckInSource(models.TextChoices):
    PORTAL = "portal", _("本人网上报到")
    DESK = "desk", _("工作人员登记")
    WORKBOOK = "workbook", _("表格导入")
    MOVED = "moved", _("由其他居村转来")


class Slot(models.TextChoices):
    """When somebody can help."""

    WORKDAY = "workday", _("工作日白天")
    EVENING = "evening", _("工作日晚上")
    WEEKEND = "weekend", _("周末和节假日")
    EMERGENCY = "emergency", _("应急时随叫随到")


class TeamPost(models.TextChoices):
    """What somebody is on a team."""

    CAPTAIN = "captain", _("队长")
    VICE_CAPTAIN = "vice_captain", _("副队长")
    GROUP_LEAD = "group_lead", _("组长")
    MEMBER = "member", _("队员")


class Focus(models.TextChoices):
    """By what a group gathers its people."""

    SKILL = "skill", _("按特长")
    INTEREST = "interest", _("按兴趣")
    WISH = "wish", _("按意愿")
    TIME = "time", _("按时间")


class NominationWay(models.TextChoices):
    SELF = "self", _("本人自荐")
    MASS = "mass", _("群众推荐")
    ORGANISATION = "organisation", _("组织推荐")


class NominationState(models.TextChoices):
    OPEN = "open", _("待研究")
    APPOINTED = "appointed", _("已任命")
    DECLINED = "declined", _("未采纳")


class AskState(models.TextChoices):
    """What somebody who was asked for help has answered."""

    ASKED = "asked", _("等待答复")
    ACCEPTED = "accepted", _("答应了")
    DECLINED = "declined", _("没有答应")
    LAPSED = "lapsed", _("到期未答复")


class ListKind(models.TextChoices):
    PASS_DOWN = "pass_down", _("下沉居村准入清单")
    POWERS = "powers", _("小微执法权下放清单")
    OFFERS = "offers", _("队伍服务清单")
