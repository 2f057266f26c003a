"""The head of a plan as a form: what against, which levels by whom, how long, when reviewed, on which conditions."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can
from pingzhan.access.roles import ROLES
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.response import operations
from pingzhan.response.choices import Hazard
from pingzhan.response.queries.plans import newest, plan_for
from pingzhan.response.rules.head import head_of, kept, with_head
from pingzhan.web.command.words import LEVELS, level_label
from pingzhan.web.guards import needs

SPARE = 2  # empty rows for further conditions
MOST_ROWS = 42
_DIGITS = 5
_TEXTS = ("title", "title_en", "hazard", "purpose")
_NUMBERS = ("sunset_days", "review_months", "contact_days")
_CONDITION = ("title", "when", "until")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLAN_EDIT)
def head(request: HttpRequest, code: str) -> HttpResponse:
    """The head of the newest version; saving writes it into the source, of which all else stays as it is."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = plan_for(actor, code)
    last = newest(found)
    if found.parent_id or last is None or not can(actor, P.PLAN_EDIT, found.path):
        raise Http404
    shown = head_of(last.source)
    problem: DomainError | None = None
    if request.method == "POST":
        shown = kept(head_of(last.source), _typed(request.POST))
        try:
            source = with_head(last.source, shown)
            operations.edit(plan=found, source=source, by=actor, at=request.at, seen=request.POST.get("seen", ""))  # type: ignore[attr-defined]
        except DomainError as error:
            problem = _at_fields(error)
        except ValueError:
            messages.error(request, _("原文现在读不懂，请先在原文里改正。"))
            return redirect("command:plan_edit", code=found.code)
        else:
            messages.success(request, _("草稿已保存。请另一位有权限的同事审核。"))
            return redirect("command:plan", code=found.code)
    context = {
        "plan": found,
        "seen": request.POST.get("seen", last.digest),
        "problem": problem,
        "head": {name: shown.get(name, "") for name in (*_TEXTS, *_NUMBERS)},
        "hazards": Hazard.choices,
        "levels": [_level_row(level, shown.get("levels", {})) for level in LEVELS],
        "conditions": _condition_rows(shown.get("conditions", [])),
        "level_choices": [(str(level), level_label(level)) for level in LEVELS],
    }
    return render(request, "command/head.html", context, status=problem.status if problem else 200)


def _at_fields(problem: DomainError) -> DomainError:
    """What is wrong with the head, at its fields; what lies elsewhere in the document, with its line."""
    if not isinstance(problem, Invalid):
        return problem
    errors: list[dict[str, Any]] = []
    for error in problem.errors:
        name = _field(error.get("path", []))
        errors.append({"loc": [name], "msg": error["reason"]} if name else {"loc": [], "msg": error["msg"]})
    return Invalid(problem.detail, errors=errors)


def _field(path: list[Any]) -> str:
    """The field of this part of the document; "" where the form has none."""
    match path:
        case [name] if name in (*_TEXTS, *_NUMBERS):
            return str(name)
        case ["levels"]:
            return f"level-{LEVELS[0]}-on"
        case ["levels", level, "when" | "activate" | "renew" as name, *_rest]:
            return f"level-{level}-{name}"
        case ["conditions", number, "title" | "when" | "until" | "level" | "start" as name, *_rest]:
            return f"condition-{number}-{name}"
    return ""


def _roles(named: Mapping[str, Any]) -> list[str]:
    """Who may switch at all, and whoever the plan names beside them."""
    also = {code for rule in named.values() for name in ("activate", "renew") for code in rule.get(name, [])}
    return [code for code, role in ROLES.items() if P.RESPONSE_ACTIVATE in role.permissions or code in also]


def _level_row(level: int, levels: Mapping[str, Any]) -> dict[str, Any]:
    rule = levels.get(str(level))
    return {
        "level": level,
        "label": level_label(level),
        "on_name": f"level-{level}-on",
        "on": rule is not None,
        "when_name": f"level-{level}-when",
        "when": (rule or {}).get("when", ""),
        "lists": [
            (
                f"level-{level}-{name}",
                label,
                [(code, str(ROLES[code].label), code in (rule or {}).get(name, [])) for code in _roles(levels)],
            )
            for name, label in (("activate", _("可以启动")), ("renew", _("可以延长（不选则同上）")))
        ],
    }


def _condition_rows(conditions: list[Any]) -> list[dict[str, Any]]:
    empty: list[dict[str, Any]] = [{} for _n in range(SPARE)]
    return [
        {
            "names": {name: f"condition-{number}-{name}" for name in ("code", "level", "start", *_CONDITION)},
            "code": one.get("code", ""),
            "level": str(one.get("level", 4)),
            "start": bool(one.get("start")),
            **{name: one.get(name, "") for name in _CONDITION},
        }
        for number, one in enumerate([*conditions, *empty])
    ]


def _typed(said: QueryDict) -> dict[str, Any]:
    """The head as it was typed; what is not a number stays text, and the check of the document tells so."""
    found: dict[str, Any] = {name: said.get(name, "").strip() for name in _TEXTS}
    found |= {name: whole(said.get(name, "")) for name in _NUMBERS}
    levels = {}
    for level in LEVELS:
        prefix = f"level-{level}-"
        if said.get(f"{prefix}on") != "1":
            continue
        rule: dict[str, Any] = {}
        if when := said.get(f"{prefix}when", "").strip():
            rule["when"] = when
        rule["activate"] = said.getlist(f"{prefix}activate")
        if renew := said.getlist(f"{prefix}renew"):
            rule["renew"] = renew
        levels[str(level)] = rule
    found["levels"] = levels
    found["conditions"] = _typed_conditions(said)
    return found


def _typed_conditions(said: QueryDict) -> list[dict[str, Any]]:
    """The rows in which something stands; a new one gets a code that is free."""
    rows = [f"condition-{number}-" for number in range(MOST_ROWS)]
    used = {said.get(f"{prefix}code", "") for prefix in rows}
    free = (code for number in range(1, 2 * MOST_ROWS) if (code := f"condition{number}") not in used)
    found = []
    for prefix in rows:
        texts = {name: said.get(f"{prefix}{name}", "").strip() for name in _CONDITION}
        if not any(texts.values()):
            continue
        row: dict[str, Any] = {
            "code": said.get(f"{prefix}code", "").strip() or next(free),
            "title": texts["title"],
            "level": whole(said.get(f"{prefix}level", "")),
            "when": texts["when"],
        }
        if texts["until"]:
            row["until"] = texts["until"]
        if said.get(f"{prefix}start") == "1":
            row["start"] = True
        found.append(row)
    return found


def whole(text: str) -> int | str:
    """A whole number that was typed; anything else as it stands."""
    text = text.strip()
    return int(text) if text.isdecimal() and len(text) <= _DIGITS else text
