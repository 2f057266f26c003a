from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class UnitKind(models.TextChoices):
    COMMUNITY = "community", _("居村委会")
    STREET_OFFICE = "street_office", _("街镇办事机构")
    DEPARTMENT = "department", _("区级部门")
    COMMAND = "command", _("指挥中心")
    PARTY = "party", _("党组织")
    COMMITTEE = "committee", _("委员会")
    OWNERS = "owners", _("业主委员会")
    PROPERTY = "property", _("物业企业")
    ENTERPRISE = "enterprise", _("企业")
    SOCIAL = "social", _("社会组织")
    HOSPITAL = "hospital", _("医疗卫生机构")
    SCHOOL = "school", _("学校")
    MARKET = "market", _("市场、商场")
    INSTITUTION = "institution", _("其他事业单位")


class AppointmentKind(models.TextChoices):
    """What kind of holder of a role: three kinds of workers, two leaders of a building, chief and deputy."""

    FULL_TIME = "full_time", pgettext_lazy("worker", "专职")
    PROFESSIONAL = "professional", pgettext_lazy("worker", "专业")
    PART_TIME = "part_time", pgettext_lazy("worker", "兼职")
    OFFLINE = "offline", _("线下")
    ONLINE = "online", _("线上")
    DEPUTY = "deputy", _("副职")
