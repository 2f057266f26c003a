"""Errors of the domain put onto the form that they came from, so that nothing typed is lost."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from pingzhan.core.errors import DomainError, Invalid, KeyReused


def put(form: forms.Form, problem: DomainError, *, fields: Mapping[str, str] | None = None) -> None:
    """Add what `problem` says to `form`; `fields` maps the domain's names to the form's, the same name otherwise.

    Only for errors at which nothing was written.
    """
    named = dict(fields or {})
    if isinstance(problem, KeyReused):
        form.add_error(None, _("这张表刚才已经提交过一次。如果这是另一件事，请再提交一次；如果是同一件，不必再交。"))
        return
    errors: list[dict[str, Any]] = problem.errors if isinstance(problem, Invalid) else []
    placed = False
    for error in errors:
        name = str(error["loc"][-1]) if error.get("loc") else ""
        name = named.get(name, name)
        if "code" in error:  # a choice, shown as such beside the field
            continue
        if name in form.fields:
            form.add_error(name, str(error["msg"]))
            placed = True
    if not placed:
        form.add_error(None, str(problem.detail))


def choices(problem: DomainError | None) -> list[dict[str, str]]:
    """The places among which an address leaves the choice: [{code, name}]."""
    if not isinstance(problem, Invalid):
        return []
    return [{"code": str(e["code"]), "name": str(e["msg"])} for e in problem.errors if "code" in e]
