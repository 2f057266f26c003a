"""Words of the eight-step loop, with their labels."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    REJECTED = "rejected", _("不予受理")
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
