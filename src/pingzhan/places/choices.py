"""Levels of the area tree and kinds of grids."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    PROVINCE = "province", _("省级")
    CITY = "city", _("市级")
    DISTRICT = "district", _("区县")
    STREET = "street", _("街镇")
    COMMUNITY = "community", _("居村")
    GRID = "grid", _("网格")
    BUILDING = "building", _("楼栋")
    HOUSEHOLD = "household", _("户")


class GridKind(models.TextChoices):
    TOWN = "town", _("城镇网格")
    VILLAGE = "village", _("农村网格")
    DEDICATED = "dedicated", _("专属网格")


class ProposalKind(models.TextChoices):
    """Why a drawing of grids is proposed."""

    NEW = "new", _("新划网格")
    SIZE = "size", _("户数变化，建议调整")


class ProposalState(models.TextChoices):
    OPEN = "open", _("待审定")
    ACCEPTED = "accepted", _("已采用")
    REJECTED = "rejected", _("未采用")
    REPLACED = "replaced", _("已被新方案取代")


class Finding(models.TextChoices):
    """What can be wrong with the ground."""

    NO_GRIDS = "no_grids", _("居村还没有网格")
    HOLE = "hole", _("网格之间有空缺")
    OVERLAP = "overlap", _("网格互相重叠")
    OVER = "over", _("网格户数过多")
    UNDER = "under", _("网格户数过少")
    EMPTY = "empty", _("网格没有住户")
    NO_OUTLINE = "no_outline", _("网格没有边界")
    NO_GRID = "no_grid", _("楼栋不在任何网格")


class ImportKind(models.TextChoices):
    """What a workbook lists."""

    BUILDINGS = "buildings", _("楼栋")
    HOUSEHOLDS = "households", _("住户")


class ImportState(models.TextChoices):
    CHECKING = "checking", _("正在核对")
    CHECKED = "checked", _("已核对，等待导入")
    WRITING = "writing", _("正在导入")
    WRITTEN = "written", _("已导入")
    FAILED = "failed", _("无法读取")
    DROPPED = "dropped", _("已放弃")
