from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    COMMUNITY = "community", _("居村委会")
    STREET_OFFICE = "street_office", _("街镇办事机构")
    DEPARTMENT = "department", _("区级部门")
    PROPERTY = "property", _("物业企业")
    ENTERPRISE = "enterprise", _("企业")
    SOCIAL = "social", _("社会组织")
    COMMAND = "command", _("指挥中心")
