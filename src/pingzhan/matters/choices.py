"""Words of the eight-step loop, with their labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Status(models.TextChoices):
    SUBMITTED = "submitted", _("待受理")
    ACCEPTED = "accepted", _("待转办")
    DISPATCHED = "dispatched", _("待签收")
    IN_PROGRESS = "in_progress", _("办理中")
    ON_HOLD = "on_hold", _("暂缓")
    COMPLETED = "completed", _("待反馈")
    FED_BACK = "fed_back", _("待评价")
    RATED = "rated", _("待公示")
    PUBLISHED = "published", _("待归档")
    ARCHIVED = "archived", _("已归档")
    REJECTED = "rejected", pgettext_lazy("status", "不予受理")
    MERGED = "merged", _("已合并")
    WITHDRAWN = "withdrawn", _("已撤回")


class Step(models.TextChoices):
    REPORT = "report", _("上报")
    ACCEPT = "accept", _("受理")
    REJECT = "reject", _("不予受理")
    DISPATCH = "dispatch", _("转办")
    SIGN = "sign", _("签收")
    RETURN = "return", _("退回")
    PROGRESS = "progress", _("跟踪")
    REFER = "refer", _("上呈")
    HOLD = "hold", _("暂缓")
    RESUME = "resume", _("恢复办理")
    COMPLETE = "complete", _("办结")
    VERIFY = "verify", _("核实")
    FEED_BACK = "feed_back", _("反馈")
    RATE = "rate", _("评价")
    PUBLISH = "publish", _("公示")
    ARCHIVE = "archive", _("归档")
    REOPEN = "reopen", _("重新办理")
    URGE = "urge", _("催办")
    SUPERVISE = "supervise", _("督办")
    MERGE = "merge", _("合并")
    SPLIT = "split", _("拆分")
    WITHDRAW = "withdraw", _("撤回")
    # Beyond the contract's steps: decisions and answers within the handling, and what the sweep of due clocks does.
    DECIDE_PAUSE = "decide_pause", _("审批暂缓")
    ASK = "ask", _("请居民补充")
    ANSWER = "answer", _("居民补充")
    UNMERGE = "unmerge", _("撤销合并")
    REPORT_BACK = "report_back", _("督办回复")
    RELEASE = "release", _("解除督办")
    ESCALATE = "escalate", _("逾期升级")


class Urgency(models.TextChoices):
    ROUTINE = "routine", _("一般")
    URGENT = "urgent", _("紧急")
    CRITICAL = "critical", _("特急")


class ClockKind(models.TextChoices):
    ACCEPT = "accept", _("受理时限")
    DISPATCH = "dispatch", _("转办时限")
    SIGN = "sign", _("签收时限")
    FIRST_FEEDBACK = "first_feedback", _("首次反馈时限")
    FINISH = "finish", _("办结时限")
    FEED_BACK = "feed_back", _("反馈时限")
    RATE = "rate", _("评价时限")
    PUBLISH = "publish", _("公示时限")
    ARCHIVE = "archive", _("归档时限")
    SUPERVISION = "supervision", _("督办时限")
    # Of one summoned unit each: from the whistle to reporting up, and to standing on the spot.
    REPORT_UP = "report_up", _("上报时限")
    ON_SPOT = "on_spot", _("到场时限")


class ClockState(models.TextChoices):
    RUNNING = "running", _("计时中")
    PAUSED = "paused", _("暂停")
    MET = "met", _("按时完成")
    LATE = "late", _("逾期完成")
    STOPPED = "stopped", _("已终止")


class Basis(models.TextChoices):
    WORKING = "working", _("工作时间")
    CALENDAR = "calendar", _("连续计时")


class Source(models.TextChoices):
    PORTAL = "portal", _("居民自助")
    FIELD = "field", _("网格巡查")
    DESK = "desk", _("电话或来访")
    API = "api", _("其他系统")
    VISIT = "visit", _("走访发现")


class Tier(models.TextChoices):
    """Who is told that a clock is overdue: the unit that owes it, then one level after another."""

    UNIT = "unit", _("责任单位")
    COMMUNITY = "community", _("居村")
    STREET = "street", _("街镇")
    DISTRICT = "district", _("区县")
    CITY = "city", _("市级")


class PauseCause(models.TextChoices):
    HOLD = "hold", _("等待外部条件")
    ASKED = "asked", _("等待居民补充")


class PauseState(models.TextChoices):
    REQUESTED = "requested", _("待审批")
    APPROVED = "approved", _("暂停中")
    REFUSED = "refused", _("未批准")
    ENDED = "ended", _("已结束")
    LAPSED = "lapsed", _("未审批，已失效")  # taken back, or its time passed before anybody decided


class LimitKind(models.TextChoices):
    """Figures that an installation sets; what each counts stands in its label."""

    PAUSE_DAYS = "pause_days", _("一件事项累计暂停上限（天）")
    ASK_DAYS = "ask_days", _("等待居民补充的期限（天）")
    RETURNS = "returns", _("退回上限（次）")
    UNMERGE_DAYS = "unmerge_days", _("可撤销合并的期限（天）")
    SUPERVISION_DAYS = "supervision_days", _("督办默认期限（天）")


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", _("Excel 表格")
    GEOJSON = "geojson", "GeoJSON"


class ExportState(models.TextChoices):
    WAITING = "waiting", _("排队中")
    RUNNING = "running", _("导出中")
    READY = "ready", _("可下载")
    FAILED = "failed", _("没有完成")
    CANCELLED = "cancelled", _("已取消")
    EXPIRED = "expired", _("已过期")


class Target(models.TextChoices):
    """What is learned from dispatched matters."""

    CATEGORY = "category", _("类别")
    HANDLER = "handler", _("承办单位")


class Occasion(models.TextChoices):
    """When a template of an answer is offered."""

    FEED_BACK = "feed_back", _("反馈")
    PROGRESS = "progress", _("跟踪")
    REJECT = "reject", _("不予受理")
    ASK = "ask", _("请居民补充")


class CallResult(models.TextChoices):
    SETTLED = "settled", _("已解决，满意")
    PARTLY = "partly", _("基本解决")
    UNSETTLED = "unsettled", _("没有解决")
    NOT_REACHED = "not_reached", _("没有联系上")
