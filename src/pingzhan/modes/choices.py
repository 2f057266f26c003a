"""What an emergency may lay over peacetime."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class OverlayKind(models.TextChoices):
    """One kind a sort of change; `rules.SHAPES` says what its payload holds and whether it reaches down a subtree."""

    ROOM_FUNCTION = "room_function", _("用房功能")
    BOOKING = "booking", _("预约")
    PERSON_ROLE = "person_role", _("人员角色")
    PERSON_DUTY = "person_duty", _("人员责任")
    DUTY = "duty", _("责任内容")
    CLOCK = "clock", _("办理时限")
    VISIT = "visit", _("走访频次")
    SUPPLY = "supply", _("物资配给")
    TASK = "task", pgettext_lazy("response", "任务")
    INSTRUCTION = "instruction", _("指令")
    NOTICE = "notice", _("告知")
