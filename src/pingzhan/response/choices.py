"""Words of plans: against what, how far a version is, for each of what a duty is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Hazard(models.TextChoices):
    INFECTIOUS_DISEASE = "infectious_disease", _("公共卫生")
    FLOOD_TYPHOON = "flood_typhoon", _("防汛防台")
    FIRE_GAS = "fire_gas", _("火灾与燃气")
    CAMPAIGN = "campaign", _("全市行动")
    OTHER = "other", _("其他")


class VersionState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    REVIEWED = "reviewed", _("已审核")
    PUBLISHED = "published", _("已发布")
    RETIRED = "retired", _("已停用")


class ProposalState(models.TextChoices):
    OPEN = "open", _("等待决定")
    ACCEPTED = "accepted", _("已采纳")
    DISMISSED = "dismissed", _("不启动")
    STARTED = "started", _("已自动启动")
    PASSED = "passed", _("条件已过去")


class Per(models.TextChoices):
    """For each of what something is asked for."""

    PLACE = "place", _("每个响应区域")
    STREET = "street", _("每个街镇")
    COMMUNITY = "community", _("每个居村")
    GRID = "grid", _("每个网格")
    ESTATE = "estate", _("每个小区")
    BUILDING = "building", _("每栋楼")
    HOUSEHOLDS = "households", _("每组邻里")
