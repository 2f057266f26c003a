"""The report form: shared by the portal and the field page."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pingzhan.core.ids import random_code
from pingzhan.matters.operations import Location
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.reporter import suggest_category
from pingzhan.web.names import named

MOST_TEXT = 5000
# How the place can be told; the first is offered first.
WAYS = ("point", "list", "address")


class ReportForm(forms.Form):
    """What happened and where. The place comes as a point, as an entry of the list, or in words."""

    key = forms.CharField(max_length=64, required=False)
    text = forms.CharField(
        max_length=MOST_TEXT,
        error_messages={
            "required": gettext_lazy("请写下您要反映的情况"),
            "max_length": gettext_lazy("内容过长，最多 5000 字"),
        },
    )
    group = forms.CharField(max_length=60, required=False)
    category = forms.CharField(max_length=60, required=False)
    where = forms.ChoiceField(choices=[(way, way) for way in WAYS], required=False)
    lon = forms.FloatField(min_value=-180, max_value=180, required=False)
    lat = forms.FloatField(min_value=-90, max_value=90, required=False)
    street = forms.CharField(max_length=60, required=False)
    community = forms.CharField(max_length=60, required=False)
    spot = forms.CharField(max_length=60, required=False)  # a grid or building of the community
    address = forms.CharField(
        max_length=200, required=False, error_messages={"max_length": gettext_lazy("地址过长，最多 200 字")}
    )
    choice = forms.CharField(max_length=60, required=False)  # one of several places that an address may mean

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        group, kind = cleaned.get("group", ""), cleaned.get("category", "")
        known = reference().categories
        if kind and (kind not in known or (group and known[kind].parent_id != group)):
            kind = ""  # another group was chosen afterwards
        if group in known and not kind:
            kind = suggest_category(cleaned.get("text", ""), group=group) or ""
            if not kind:
                self.add_error("category", _("请在“%(group)s”里选一类") % {"group": named(known[group])})
        cleaned["category"] = kind
        return cleaned

    def location(self) -> Location:
        """The place as told, in the way that was chosen last."""
        said = self.cleaned_data
        address = said.get("address", "")
        if said.get("choice"):
            return Location(code=said["choice"], address=address)
        way = said.get("where") or self._way_used()
        if way == "point" and said.get("lon") is not None and said.get("lat") is not None:
            return Location(lon=said["lon"], lat=said["lat"], address=address)
        if way == "list":
            deepest = said.get("spot") or said.get("community") or said.get("street") or ""
            return Location(code=deepest, address="" if not deepest else address)
        return Location(address=address)

    def _way_used(self) -> str:
        said = self.cleaned_data
        if said.get("lon") is not None and said.get("lat") is not None:
            return "point"
        return "list" if said.get("street") else "address"


class PortalReportForm(ReportForm):
    """Of a resident: who they are is up to them."""

    anonymous = forms.BooleanField(required=False)
    contact_name = forms.CharField(
        max_length=40, required=False, error_messages={"max_length": gettext_lazy("称呼过长，最多 40 字")}
    )
    contact_phone = forms.CharField(
        max_length=24, required=False, error_messages={"max_length": gettext_lazy("电话号码不正确，请检查位数")}
    )


@dataclass(frozen=True, slots=True)
class CategoryGroup:
    code: str
    name: str
    kinds: tuple[tuple[str, str], ...]  # code, name


def category_groups() -> list[CategoryGroup]:
    """The categories in two levels, named in the language of the page."""
    known = reference().categories
    return [
        CategoryGroup(
            group.code, named(group), tuple((kind.code, named(kind)) for kind in known.values() if kind.parent_id == group.code)
        )
        for group in known.values()
        if group.parent_id is None
    ]


def fresh_key() -> str:
    """A key for one form as shown: sent twice, it counts once."""
    return random_code(24)
