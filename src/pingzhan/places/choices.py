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
