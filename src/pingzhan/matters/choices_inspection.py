"""Enumerations of inspections (巡查, 倒查, 专项督查)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class InspectionForm(models.TextChoices):
    PATROL = "patrol", _("巡查")
    TRACE = "trace", _("倒查")  # back from one matter: who knew, decided, did what
    SPECIAL = "special", _("专项督查")


class FindingState(models.TextChoices):
    OPEN = "open", _("待整改")
    MENDED = "mended", _("待核销")  # the unit says so; whoever inspects has not looked yet
    CLOSED = "closed", _("已核销")
