"""What a unit's particulars may be."""

import re
from collections.abc import Collection

from django.utils.translation import gettext as _

from pingzhan.core.errors import Invalid

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")
_SECTION = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


def check_unit(*, code: str, name: str, kind: str, section: str, phone: str, kinds: Collection[str]) -> None:
    """Raises Invalid with all that is wrong at once."""
    errors = []
    if not _CODE.fullmatch(code):
        errors.append(("code", _("单位编码用字母、数字、点和横线，最多 60 个字")))
    if not name.strip() or len(name.strip()) > 80:
        errors.append(("name", _("请填写单位名称，最多 80 个字")))
    if kind not in kinds:
        errors.append(("kind", _("请选择单位类型")))
    if section and not (_SECTION.fullmatch(section) and len(section) <= 40):
        errors.append(("section", _("工作领域写成“community.property”这样的代码，不承办事项的留空")))
    if len(phone.strip()) > 40:
        errors.append(("phone", _("电话最多 40 个字")))
    if errors:
        detail = errors[0][1] if len(errors) == 1 else _("请改正以下内容，其余的都已保留。")
        raise Invalid(detail, errors=[{"loc": [name], "msg": message} for name, message in errors])
