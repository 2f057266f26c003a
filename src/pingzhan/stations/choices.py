"""What kinds of stations there are."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StationLevel(models.TextChoices):
    DISTRICT = "district", _("区级中心")
    STREET = "street", _("街镇中心")
    COMMUNITY = "community", _("居村站")
    POINT = "point", _("点位")
