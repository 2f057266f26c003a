"""The check-in form: of the portal, of staff who enter somebody, and for setting right what was told."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pingzhan.core.errors import DomainError
from pingzhan.people import queries
from pingzhan.people.choices import CheckInKind, Slot
from pingzhan.people.operations import Told
from pingzhan.places.names import named
from pingzhan.web.forms.places import levels
from pingzhan.web.forms.problems import choices_of, on_page
from pingzhan.web.forms.report import kept_key, sent

if TYPE_CHECKING:
    from pingzhan.people.models import CheckIn

# The domain's names of what may be wrong, and where the page shows it.
FIELDS = {"place": "where"}
_LONG = {"max_length": gettext_lazy("文字过长，请写得短一些")}


class CheckInForm(forms.Form):
    """What a member tells. The domain says what is missing; here is only what the page itself adds."""

    key = forms.CharField(max_length=64, required=False)
    name = forms.CharField(max_length=80, required=False, error_messages=_LONG)
    phone = forms.CharField(max_length=24, required=False, error_messages=_LONG)
    unit_name = forms.CharField(max_length=80, required=False, error_messages=_LONG)
    job = forms.CharField(max_length=60, required=False, error_messages=_LONG)
    place = forms.CharField(max_length=60, required=False)
    choice = forms.CharField(max_length=60, required=False)  # one of several places that an address may mean
    home = forms.CharField(max_length=200, required=False, error_messages=_LONG)
    standing = forms.CharField(max_length=60, required=False, error_messages=_LONG)
    wishes = forms.CharField(max_length=300, required=False, error_messages=_LONG)
    consent = forms.BooleanField(required=False)

    def told(self, request: HttpRequest, *, kind: str = CheckInKind.MEMBER) -> Told:
        """What goes to the operation."""
        said = self.cleaned_data
        return Told(
            name=said["name"],
            phone=said["phone"],
            place=said["choice"] or said["place"],
            home=said["home"],
            unit_name=said["unit_name"],
            job=said["job"],
            standing=said["standing"],
            skills=tuple(request.POST.getlist("skills")[:40]),
            slots=tuple(request.POST.getlist("slots")[:10]),
            wishes=said["wishes"],
            kind=kind,
        )


def typed_of(request: HttpRequest) -> dict[str, Any]:
    """What was typed, with the finest place and the ticks as lists."""
    data = sent(request)
    return data.dict() | {"skills": data.getlist("skills"), "slots": data.getlist("slots")}


def typed_from(check_in: "CheckIn") -> dict[str, Any]:
    """What is kept, for a form that sets it right. The caller shows it to those who may open it."""
    return {
        "name": check_in.name, "unit_name": check_in.unit_name, "job": check_in.job, "place": check_in.place.code,
        "wishes": check_in.wishes, "skills": check_in.skills, "slots": check_in.slots,
    }  # fmt: skip


def skill_groups() -> list[dict[str, Any]]:
    """The catalogue as groups of pairs, in the language of the page; one statement."""
    rows = queries.catalogue()
    return [
        {"label": named(group), "kinds": [(row.code, named(row)) for row in rows if row.parent_id == group.code]}
        for group in rows
        if group.parent_id is None and any(row.parent_id == group.code for row in rows)
    ]


def check_in_page(
    request: HttpRequest, typed: dict[str, Any], problem: DomainError | None = None, *, skills: bool = True
) -> dict[str, Any]:
    """What a page with the form needs."""
    names = (*CheckInForm.base_fields, "where")
    values = dict.fromkeys(names, "") | {"skills": [], "slots": []} | typed
    return {
        "typed": values,
        "problem": on_page(problem, fields=FIELDS) if problem else None,
        "key": kept_key(request, problem),
        "choices": choices_of(problem),
        "levels": levels(str(values["place"])),
        "skills": skill_groups() if skills else [],
        "slots": Slot.choices,
        "mobile": False,
        "correcting": False,
        "workplaces": queries.workplaces(),
        "standings": [_("人大代表"), _("政协委员"), _("共青团员"), _("退役军人"), _("楼组长"), _("团购团长")],
    }
