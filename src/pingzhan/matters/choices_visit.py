"""Words of visits."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitKind(models.TextChoices):
    """Why somebody went there: to go through a procedure as its user would, or to households and enterprises."""

    WALK_THROUGH = "walk_through", _("走流程")
    HOUSEHOLD = "household", _("走访住户")
    ENTERPRISE = "enterprise", _("走访企业")
