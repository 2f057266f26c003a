"""Number and query code, as people type them."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TrackForm(forms.Form):
    """The code's look-alikes are not in use; blanks, dashes and lower case do not matter."""

    number = forms.CharField(
        max_length=40, error_messages={"required": _("请填写编号"), "max_length": _("编号过长，请核对")}
    )
    code = forms.CharField(
        max_length=20, error_messages={"required": _("请填写查询码"), "max_length": _("查询码是 8 位字母和数字")}
    )
