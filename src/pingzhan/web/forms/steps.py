"""Forms of steps on a matter, and the one way in which a page takes a step: safe to send twice."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import DomainError
from pingzhan.core.idempotency import Answer, once
from pingzhan.matters import operations
from pingzhan.matters.choices import Step


class StepForm(forms.Form):
    """`key` makes sending twice count once; `version` is what the page showed (empty: whatever it is now)."""

    key = forms.CharField(max_length=64, required=False)
    version = forms.IntegerField(min_value=1, required=False)

    def said(self) -> dict[str, Any]:
        """What goes to the operation."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"key", "version"}}


class Codes(forms.Field):
    """Any number of ticked codes; whether they exist is for the operation."""

    widget = forms.SelectMultiple

    def clean(self, value: Any) -> list[str]:
        return [str(code)[:40] for code in value or () if "\x00" not in str(code)]


class RateForm(StepForm):
    stars = forms.IntegerField(
        min_value=1,
        max_value=5,
        error_messages={name: _("请选择 1 至 5 星") for name in ("required", "invalid", "min_value", "max_value")},
    )
    comment = forms.CharField(max_length=500, required=False, error_messages={"max_length": _("评价最多 500 字")})
    reasons = Codes(required=False)


def _words(*, required: bool, message: Any = "") -> forms.CharField:
    errors = {"max_length": _("文字过长，最多 2000 字")}
    if required:
        errors["required"] = message
    return forms.CharField(max_length=2000, required=required, error_messages=errors)


class AnswerForm(StepForm):
    text = _words(required=True, message=_("请写下您的补充"))


class ReopenForm(StepForm):
    reason = _words(required=True, message=_("请写明哪里没有解决"))


class WithdrawForm(StepForm):
    reason = _words(required=False)


class UrgeForm(StepForm):
    note = _words(required=False)


class SignForm(StepForm):
    note = _words(required=False)


class ProgressForm(StepForm):
    note = _words(required=False)
    reply = _words(required=False)


class CompleteForm(StepForm):
    result = _words(required=True, message=_("请写明办理结果"))


class ReturnForm(StepForm):
    reason = _words(required=True, message=_("请写明退回的理由"))


def workday_end(text: str) -> datetime:
    """The end of the working hours, 17:00 where the installation is, of a day given as YYYY-MM-DD.

    Raises ValueError or OverflowError for anything else.
    """
    day = datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007 (made aware below)
    return timezone.make_aware(day.replace(hour=17))


class WorkdayEnd(forms.CharField):
    """A day; what is meant is the end of its working hours."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return workday_end(text)
        except (ValueError, OverflowError) as error:
            raise forms.ValidationError(self.error_messages["invalid"]) from error


class HoldForm(StepForm):
    reason = _words(required=True, message=_("请写明在等什么"))
    until = WorkdayEnd(error_messages=dict.fromkeys(("required", "invalid"), _("请选择日期")))


class AskForm(StepForm):
    text = _words(required=True, message=_("请写明想问居民什么"))


class HeardForm(StepForm):
    text = _words(required=True, message=_("请写下居民怎么说"))


class ReferForm(StepForm):
    reason = _words(required=True, message=_("请写明为什么要上级办理"))


class ReportBackForm(StepForm):
    reply = _words(required=True, message=_("请写下对督办要求的回复"))


@dataclass(frozen=True, slots=True)
class StepPage:
    """A step as a page offers it: its form and its operation."""

    step: Step
    form: type[StepForm]
    operation: Callable[..., Any]
    pictures: bool = False


REPORTER_STEPS: dict[str, StepPage] = {
    page.step.value: page
    for page in (
        StepPage(Step.RATE, RateForm, operations.rate),
        StepPage(Step.ANSWER, AnswerForm, operations.answer),
        StepPage(Step.REOPEN, ReopenForm, operations.reopen),
        StepPage(Step.URGE, UrgeForm, operations.urge),
        StepPage(Step.WITHDRAW, WithdrawForm, operations.withdraw),
    )
}

FIELD_STEPS: dict[str, StepPage] = {
    page.step.value: page
    for page in (
        StepPage(Step.SIGN, SignForm, operations.sign),
        StepPage(Step.PROGRESS, ProgressForm, operations.progress, pictures=True),
        StepPage(Step.COMPLETE, CompleteForm, operations.complete, pictures=True),
        StepPage(Step.RETURN, ReturnForm, operations.return_matter),
        StepPage(Step.RESUME, SignForm, operations.resume),
        StepPage(Step.ANSWER, HeardForm, operations.answer),
        StepPage(Step.ASK, AskForm, operations.ask),
        StepPage(Step.HOLD, HoldForm, operations.hold),
        StepPage(Step.REPORT_BACK, ReportBackForm, operations.report_back),
        StepPage(Step.REFER, ReferForm, operations.refer),
    )
}


def take(
    page: StepPage,
    *,
    form: StepForm,
    matter: Any,
    by: Actor,
    at: datetime,
    owner: str,
    pictures: Sequence[Any] = (),
) -> Answer:
    """Take the step that a valid `form` asks for. The same key again gets the first answer and changes nothing.

    `owner` separates the keys of those who send; `pictures` are stored ones. Raises what the operation raises.
    """
    said = form.said()
    version = form.cleaned_data.get("version")
    body = json.dumps(
        [said, [picture.name for picture in pictures]], sort_keys=True, ensure_ascii=False, default=str
    ).encode()

    def work() -> tuple[int, Any]:
        more = {"pictures": tuple(pictures)} if page.pictures else {}
        page.operation(matter=matter, by=by, at=at, version=version, **said, **more)
        return 200, {"number": matter.number, "status": matter.status}

    return once(
        key=form.cleaned_data.get("key"), owner=owner, route=f"{page.step}:{matter.pk}", body=body, at=at, work=work
    )


def shown_forms(
    steps: Sequence[str], *, tried: str = "", typed: Mapping[str, str] | None = None, problem: DomainError | None = None
) -> dict[str, dict[str, Any]]:
    """For each step its form as it is to be shown: the one that was tried with what was typed and what was wrong.

    Ids of the others have a prefix, so that no two fields of a page share one.
    """
    return {
        step: {
            "typed": typed or {} if step == tried else {},
            "problem": problem if step == tried else None,
            "prefix": "" if step == tried else f"{step}-",
            "open": step == tried,
        }
        for step in steps
    }


def unsent_words(steps: Sequence[str], *, tried: str, typed: Mapping[str, str]) -> str:
    """What was typed for a step that is no longer offered: shown, so that it can be copied."""
    if not tried or tried in steps:
        return ""
    return "\n".join(
        typed[name] for name in ("result", "reply", "note", "reason", "comment", "text") if typed.get(name)
    )
