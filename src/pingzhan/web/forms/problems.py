"""What is wrong with what was sent, in the one shape that the parts of pages show: a DomainError naming fields."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from pingzhan.core.errors import DomainError, Invalid, KeyReused, StateConflict


def problem_of(form: forms.Form) -> Invalid:
    """The errors of a form that is not valid, in the order of its fields."""
    names = [name for name in form.fields if name in form.errors]
    errors = [{"loc": [name], "msg": str(message)} for name in names for message in form.errors[name]]
    errors += [{"loc": [], "msg": str(message)} for message in form.non_field_errors()]
    detail = errors[0]["msg"] if len(errors) == 1 else _("请改正以下内容，其余的都已保留。")
    return Invalid(detail, errors=errors)


def on_page(problem: DomainError, *, fields: Mapping[str, str]) -> DomainError:
    """`problem` of an operation in the words of the page: `fields` maps the domain's names to the page's.

    Only for errors at which nothing was written.
    """
    if isinstance(problem, KeyReused):
        return StateConflict(_("这张表刚才已经提交过一次。如果这是另一件事，请再提交一次；如果是同一件，不必再交。"))
    if not isinstance(problem, Invalid):
        return problem
    errors: list[dict[str, Any]] = []
    for error in problem.errors:
        if "code" in error:  # one of several places to choose from: the page asks, see `choices_of`
            continue
        name = str(error["loc"][-1]) if error.get("loc") else ""
        errors.append({**error, "loc": [fields.get(name, name)] if name else []})
    if choices_of(problem):
        errors.append({"loc": ["choice"], "msg": str(problem.detail)})
    return Invalid(problem.detail, errors=errors)


def choices_of(problem: DomainError | None) -> list[tuple[str, str]]:
    """The places among which an address leaves the choice: (code, name)."""
    errors = problem.errors if isinstance(problem, Invalid) else []
    return [(str(error["code"]), str(error["msg"])) for error in errors if "code" in error]
