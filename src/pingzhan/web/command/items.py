"""One item of a plan as a form: a duty, a function of rooms, a task, …; its fields are those of the schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can
from pingzhan.access.roles import ROLES, may_be_lent
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.matters.choices import Basis, ClockKind
from pingzhan.people.queries import trainings
from pingzhan.people.queries.skills import kinds as skill_kinds
from pingzhan.places.names import named
from pingzhan.response import operations
from pingzhan.response.choices import Per
from pingzhan.response.queries.plans import newest, plan_for
from pingzhan.response.rules.document import SECTIONS
from pingzhan.response.rules.head import kept
from pingzhan.response.rules.schema import fields_of
from pingzhan.response.rules.source import parts_of, with_item, with_parts
from pingzhan.web.command.differences import FIELDS, SECTION_LABELS
from pingzhan.web.command.head import whole
from pingzhan.web.command.words import LEVELS, function_names, level_label
from pingzhan.web.guards import needs

# Parts of a plan that are one item and no list.
SINGLE: dict[str, Any] = {"warning": gettext_lazy("预警"), "stand_down": gettext_lazy("解除")}
MANY = ("levels", "roles", "from", "functions", "skills")
_HELP: dict[str, Any] = {
    "tasks": gettext_lazy("一行一条"),
    "checklist": gettext_lazy("一行一条"),
    "conditions": gettext_lazy("一行一条"),
    "posts": gettext_lazy("一行一个，例如 登记、采样、引导"),
    "services": gettext_lazy("一行一项：名称 | 电话 | 用房功能，后两项可以不写"),
    "backup": gettext_lazy("不填按 1 人，0 为不设"),
    "number": gettext_lazy("不填按 1 人"),
    "max_load": gettext_lazy("不填按 8 处"),
    "households": gettext_lazy("只用于按邻里小组设的岗位"),
    "function": gettext_lazy("只在有这种用房的地方设岗时选"),
}
_CHOICES: dict[str, Any] = {
    "own": gettext_lazy("本人所在处"),
    "community": Per.COMMUNITY.label,
    "street": Per.STREET.label,
    "suspended": gettext_lazy("暂停"),
    "moved": gettext_lazy("改址"),
    "kept": gettext_lazy("照常"),
    **dict(Basis.choices),
    "Geo": gettext_lazy("地质"),
    "Met": gettext_lazy("气象"),
    "Safety": gettext_lazy("公共安全"),
    "Security": gettext_lazy("治安"),
    "Rescue": gettext_lazy("救援"),
    "Fire": gettext_lazy("火灾"),
    "Health": gettext_lazy("公共卫生"),
    "Env": gettext_lazy("环境"),
    "Transport": gettext_lazy("交通"),
    "Infra": gettext_lazy("基础设施"),
    "CBRNE": gettext_lazy("核生化爆"),
    "Other": gettext_lazy("其他"),
}
_PARTS_OF_A_SERVICE = ("name", "phone", "function")


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form. `kind`: many, choice, lines, long, number or text."""

    name: str
    kind: str
    label: str
    required: bool
    options: list[tuple[str, str]]
    help: str
    most: int


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLAN_EDIT)
def item(request: HttpRequest, code: str, section: str, item: str = "") -> HttpResponse:
    """An item of the newest version, or a new one; saving writes it into the source, of which all else stays."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = plan_for(actor, code)
    last = newest(found)
    if found.parent_id or last is None or not can(actor, P.PLAN_EDIT, found.path):
        raise Http404
    if section not in (*SECTIONS, *SINGLE) or (section in SINGLE and item):
        raise Http404
    parts = parts_of(last.source)
    rows = parts.get(section) or []
    one: Any = rows if section in SINGLE else next((one for one in rows if one["code"] == item), None)
    if item and one is None:
        raise Http404
    before: dict[str, Any] = one or {}
    fields = _fields(section)
    shown = before
    problem: DomainError | None = None
    if request.method == "POST":
        gone = request.POST.get("act") == "delete" and section not in SINGLE and item
        shown = _typed(request.POST, fields, before)
        if section not in SINGLE:
            shown = {"code": item or _free(section, rows), **shown}
        try:
            source = (
                with_parts(last.source, [*parts, section], {section: shown})
                if section in SINGLE
                else with_item(last.source, section, None if gone else shown, code=item)
            )
            at: datetime = request.at  # type: ignore[attr-defined]
            made = operations.edit(plan=found, source=source, by=actor, at=at, seen=request.POST.get("seen", ""))
        except DomainError as error:
            problem = _at_fields(error, section, shown.get("code", ""), rows, fields)
        except ValueError:
            messages.error(request, _("原文现在读不懂，请先在原文里改正。"))
            return redirect("command:plan_edit", code=found.code)
        else:
            messages.success(request, _("草稿已保存。请另一位有权限的同事审核。"))
            return redirect(f"{reverse('command:plan', args=[found.code])}?version={made.number}")
    context = {
        "plan": found,
        "section": SINGLE.get(section) or SECTION_LABELS[section],
        "item": item,
        "is_new": not before,
        "seen": request.POST.get("seen", last.digest),
        "problem": problem,
        "fields": [{"field": field, "value": _shown(field, shown)} for field in fields],
    }
    return render(request, "command/item.html", context, status=problem.status if problem else 200)


def _fields(section: str) -> list[Field]:
    """The fields of an item, in the order of the schema; a statement for each catalogue that they choose from."""
    rules, required = fields_of(section)
    return [
        Field(
            name=name,
            kind=_kind(name, rule),
            label=str(FIELDS[name]),
            required=name in required,
            options=_options(section, name, rule),
            help=str(_HELP.get(name, "")) if name != "function" or section == "duties" else "",
            most=rule.get("maxLength", 0),
        )
        for name, rule in rules.items()
        if name != "code"
    ]


def _kind(name: str, rule: Mapping[str, Any]) -> str:
    if name in MANY:
        return "many"
    if rule.get("type") == "array":
        return "lines"
    if rule.get("type") == "integer":
        return "number"
    if "enum" in rule or name in ("role", "give", "function", "training", "clock"):
        return "choice"
    return "long" if name in ("text", "description", "instruction") else "text"


def _options(section: str, name: str, rule: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What a field offers, as pairs of code and words."""
    match name:
        case "levels":
            return [(str(level), level_label(level)) for level in LEVELS]
        case "roles" | "from" | "role":
            return [(code, str(role.label)) for code, role in ROLES.items()]
        case "give":
            return [(code, str(role.label)) for code, role in ROLES.items() if may_be_lent(code)]
        case "function" | "functions":
            return list(function_names().items())
        case "skills":
            return [(code, named(skill)) for code, skill in skill_kinds().items()]
        case "training":
            return [(kind.code, named(kind)) for kind in trainings()]
        case "clock":
            return [(str(code), str(label)) for code, label in ClockKind.choices]
        case "per":
            return [(code, str(Per(code).label)) for code in rule["enum"]]
    return [(code, str(_CHOICES[code])) for code in rule.get("enum", [])]


def _shown(field: Field, item: Mapping[str, Any]) -> Any:
    """The value of a field as the form has it; of choices each with whether it is made, old ones too."""
    value = item.get(field.name)
    if field.kind == "many":
        chosen = [str(one) for one in value or []]
        offered = [*field.options, *((code, code) for code in chosen if code not in dict(field.options))]
        return [(code, label, code in chosen) for code, label in offered]
    if field.name == "services":
        return "\n".join(" | ".join(_service_words(one)) for one in value or [])
    if field.kind == "lines":
        return "\n".join(value or [])
    return "" if value is None else value


def _service_words(service: Mapping[str, str]) -> list[str]:
    words = [service.get(name, "") for name in _PARTS_OF_A_SERVICE]
    while len(words) > 1 and not words[-1]:
        words.pop()
    return words


def _typed(said: QueryDict, fields: list[Field], before: Mapping[str, Any]) -> dict[str, Any]:
    """The item as it was typed, without what is empty; what is not a number stays text, which the check tells."""
    found: dict[str, Any] = {}
    for field in fields:
        value: Any = said.get(field.name, "").strip()
        if field.name == "services":
            value = [_service(line) for line in value.splitlines() if line.strip()]
        elif field.kind == "lines":
            value = [line.strip() for line in value.splitlines() if line.strip()]
        elif field.kind == "many":
            value = (
                [whole(one) for one in said.getlist(field.name)] if field.name == "levels" else said.getlist(field.name)
            )
        elif field.kind == "number":
            value = whole(value)
        if value not in ("", []):
            found[field.name] = value if field.name == "services" else kept(before.get(field.name), value)
    order = [name for name in before if name in found] + [name for name in found if name not in before]
    return {name: found[name] for name in order}


def _service(line: str) -> dict[str, str]:
    words = [word.strip() for word in line.replace("｜", "|").split("|")]
    return {name: word for name, word in zip(_PARTS_OF_A_SERVICE, words, strict=False) if word}


def _free(section: str, rows: list[dict[str, Any]]) -> str:
    """A code that no item of the section has."""
    used = {one["code"] for one in rows}
    return next(code for number in range(1, len(rows) + 2) if (code := f"{section}-{number}") not in used)


def _at_fields(
    problem: DomainError, section: str, code: str, rows: list[dict[str, Any]], fields: list[Field]
) -> DomainError:
    """What is wrong with the item, at its fields; what lies elsewhere in the document, with its line."""
    if not isinstance(problem, Invalid):
        return problem
    codes = [one["code"] for one in rows] if section not in SINGLE else []
    here = [section] if section in SINGLE else [section, codes.index(code) if code in codes else len(codes)]
    names = {field.name for field in fields}
    errors: list[dict[str, Any]] = []
    for error in problem.errors:
        path = error.get("path", [])
        inside = path[: len(here)] == here
        name = path[len(here)] if inside and len(path) > len(here) else ""
        if name in names:
            errors.append({"loc": [name], "msg": error["reason"]})
        else:
            errors.append({"loc": [], "msg": error["reason"] if inside else error["msg"]})
    return Invalid(problem.detail, errors=errors)
