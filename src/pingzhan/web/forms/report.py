"""The report form: shared by the portal and the field page."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pingzhan.core.errors import DomainError, KeyReused
from pingzhan.core.ids import random_code
from pingzhan.matters.choices import Urgency
from pingzhan.matters.emergency import NUMBERS, danger_words
from pingzhan.matters.operations import Location
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.reporter import suggest_category
from pingzhan.matters.rules import endangers_life
from pingzhan.places.names import named
from pingzhan.web.forms.places import levels
from pingzhan.web.forms.problems import choices_of, on_page
from pingzhan.web.icons import group_icon

MOST_TEXT = 5000
# The domain's names of what may be wrong, and where the page shows it.
FIELDS = {"place": "where", "location": "where", "contact": "contact_phone", "attachments": "pictures"}
# How the place can be told; the first is offered first.
WAYS = ("point", "list", "address")


class ReportForm(forms.Form):
    """What happened and where. The place comes as a point, as an entry of the lists, or in words."""

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
    place = forms.CharField(max_length=60, required=False)  # the finest that was chosen from the lists
    address = forms.CharField(
        max_length=200, required=False, error_messages={"max_length": gettext_lazy("地址过长，最多 200 字")}
    )
    choice = forms.CharField(max_length=60, required=False)  # one of several places that an address may mean
    contact_name = forms.CharField(
        max_length=40, required=False, error_messages={"max_length": gettext_lazy("称呼过长，最多 40 字")}
    )
    contact_phone = forms.CharField(
        max_length=24, required=False, error_messages={"max_length": gettext_lazy("电话号码不正确，请检查位数")}
    )

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
        """The place as told: in the way that was chosen if something was told in it, otherwise in whichever was."""
        said = self.cleaned_data
        address = said.get("address", "")
        if said.get("choice"):
            return Location(code=said["choice"], address=address)
        told = {
            "point": said.get("lon") is not None and said.get("lat") is not None,
            "list": bool(said.get("place")),
            "address": bool(address),
        }
        chosen = said.get("where") or ""
        way = chosen if told.get(chosen) else next((one for one in WAYS if told[one]), "")
        if way == "point":
            return Location(lon=said["lon"], lat=said["lat"], address=address)
        return Location(code=said["place"] if way == "list" else "", address=address)


class PortalReportForm(ReportForm):
    """Of a resident: who they are is up to them."""

    anonymous = forms.BooleanField(required=False)


class FieldReportForm(ReportForm):
    """Of a worker: what they found themselves, or what somebody told them."""

    urgency = forms.ChoiceField(choices=[("", ""), *Urgency.choices], required=False)
    settled = forms.BooleanField(required=False)  # pressed: put right on the spot, by what `result` tells
    result = forms.CharField(
        max_length=2000, required=False, error_messages={"max_length": gettext_lazy("文字过长，最多 2000 字")}
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("settled") and not cleaned.get("result", "").strip():
            self.add_error("result", _("请写明怎么解决的"))
        return cleaned


def sent(request: HttpRequest) -> QueryDict:
    """What was sent, with one place out of the lists, which all go by the same name: the finest that fits.

    A list that was left standing below one chosen anew does not fit: the code of a place begins with that of the
    street and community that it lies in.
    """
    data = request.POST.copy()
    chosen = ""
    for code in data.getlist("place"):
        if code.startswith(chosen):
            chosen = code
    data["place"] = chosen
    return data


@dataclass(frozen=True, slots=True)
class CategoryGroup:
    code: str
    name: str
    icon: str
    kinds: tuple[tuple[str, str], ...]  # code, name


def category_groups() -> list[CategoryGroup]:
    """The categories in two levels, named in the language of the page."""
    known = reference().categories.values()
    kinds: dict[str, list[tuple[str, str]]] = {}
    for row in known:
        if row.parent_id:
            kinds.setdefault(row.parent_id, []).append((row.code, named(row)))
    return [
        CategoryGroup(group.code, named(group), group_icon(group.code), tuple(kinds.get(group.code, ())))
        for group in known
        if group.parent_id is None
    ]


def fresh_key() -> str:
    """A key for one form as shown: sent twice, it counts once."""
    return random_code(24)


def _way_shown(values: dict[str, Any]) -> str:
    """Which way of telling the place is open on the page."""
    if values["where"] in WAYS:
        return str(values["where"])
    return "list" if values["place"] and not values["lon"] else WAYS[0]


def kept_key(request: HttpRequest, problem: DomainError | None) -> str:
    """The key for the form shown now: that of the one sent, unless it has done its work already."""
    key = request.POST.get("key", "")
    return key if key and not isinstance(problem, KeyReused) else fresh_key()


def report_page(request: HttpRequest, typed: dict[str, Any], problem: DomainError | None) -> dict[str, Any]:
    """What the page of a report needs: what was typed, what is wrong with it, lists to choose from."""
    values = dict.fromkeys((*ReportForm.base_fields, "anonymous", "urgency"), "") | typed
    choices = choices_of(problem)
    return {
        "typed": values,
        "problem": on_page(problem, fields=FIELDS) if problem else None,
        "key": kept_key(request, problem),
        "had_pictures": bool(request.FILES),
        "choices": choices,
        "way": _way_shown(values),
        "groups": category_groups(),
        "levels": levels(str(values["place"])),
        "danger": endangers_life(str(values["text"])),
        "danger_words": danger_words(),
        "numbers": NUMBERS,
        "most_pictures": settings.UPLOAD_MAX_FILES,
        "most_megabytes": settings.UPLOAD_MAX_BYTES // 1024 // 1024,
        "most_text": MOST_TEXT,
    }
