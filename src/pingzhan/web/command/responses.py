"""What is in force, and each response: its duties, its level and end, its stand-down list, its warning."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.access.second_factor import signed_in_twice
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.core.paging import page
from pingzhan.core.paths import code_of
from pingzhan.modes.queries import (
    changes_of,
    is_in_force,
    overlays_of,
    paths_of,
    response_for,
    responses_for,
)
from pingzhan.places.names import place_lines
from pingzhan.places.queries import names_along
from pingzhan.response import operations
from pingzhan.response.queries.conditions import Known, standings
from pingzhan.response.queries.leading import may_lead
from pingzhan.response.queries.plans import data_of, in_use, plans_for
from pingzhan.response.queries.readiness import newest_figures
from pingzhan.response.queries.responses import (
    activations_of,
    check_list,
    counts_within,
    gaps_within,
    warnings_of,
)
from pingzhan.response.queries.words import in_words
from pingzhan.response.rules.levels import needs_second_factor
from pingzhan.web.command.another_level import show_level
from pingzhan.web.command.proposals import waiting
from pingzhan.web.command.words import CHANGES, COLOURS, LEVELS, counts_in_words, level_label, moment_of
from pingzhan.web.guards import needs

PAGE = 50
SHOWN_GAPS = 50
MOST_PLANS = 20


@require_safe
@needs(P.RESPONSE_VIEW)
def home(request: HttpRequest) -> HttpResponse:
    """Responses in force, those that were, and what the plans' conditions say now."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    found = page(responses_for(actor), order=("-id",), after=request.GET.get("after"), limit=20)
    paths = paths_of(found.items)
    came_from = activations_of(found.items)
    counts = counts_within(found.items, came_from, paths, within=roots(actor, P.RESPONSE_VIEW))
    names = names_along([path for one in paths.values() for path in one])
    rows = [
        {
            "response": one,
            "in_force": is_in_force(one, at=at),
            "level": level_label(one.level),
            "colour": COLOURS[one.level],
            "places": [names.get(code_of(path), "") for path in paths.get(one.pk, [])],
            "counts": counts_in_words(counts.get(one.pk, {})),
        }
        for one in found.items
    ]
    context = {
        "current": [row for row in rows if row["in_force"]],
        "past": [row for row in rows if not row["in_force"]],
        "next": found.next or "",
        "waiting": waiting(actor),
        "may_note": bool(actor.holding(P.PLAN_EDIT)),
        "plans": _plan_rows(actor, at) if actor.holding(P.PLAN_VIEW) else [],
        "can_switch": bool(actor.holding(P.RESPONSE_ACTIVATE)),
    }
    return render(request, "command/home.html", context)


def _plan_rows(actor: Actor, at: Any) -> list[dict[str, Any]]:
    """The plans with their newest figure and the conditions that hold now."""
    rows = []
    known: Known = {}
    found = list(plans_for(actor).filter(parent__isnull=True).select_related("place")[:MOST_PLANS])
    versions, figures = in_use(found), newest_figures(found)
    for plan in found:
        version = versions.get(plan.pk)
        data = data_of(version) if version else {}
        rows.append(
            {
                "plan": plan,
                "version": version,
                "figure": figures.get(plan.pk),
                "conditions": [one for one in standings(data, plan.path, at=at, known=known) if one.holds],
            }
        )
    return rows


@require_safe
@needs(P.RESPONSE_VIEW)
def response(request: HttpRequest, response_id: UUID) -> HttpResponse:
    """One response."""
    return _show(request, response_id)


def _show(
    request: HttpRequest, response_id: UUID, *, problem: DomainError | None = None, tried: str = ""
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    found = response_for(actor, response_id)
    paths = paths_of([found]).get(found.pk, [])
    row = activations_of([found]).get(found.pk)
    in_force = is_in_force(found, at=at)
    within = [held.path for held in actor.holding(P.RESPONSE_VIEW)]
    kind = request.GET.get("kind", "person_duty")
    moment = at if in_force else None
    rows = page(
        overlays_of(found, at=moment, within=within).filter(kind=kind), order=("path", "id"),
        after=request.GET.get("after"), limit=PAGE,
    )  # fmt: skip
    gaps = gaps_within(row, within=within) if row else []
    lines = place_lines([*paths, *{one.path for one in rows.items}, *{path for path, *_rest in gaps[:SHOWN_GAPS]}])
    words = in_words(rows.items)
    counted = counts_within([found], {found.pk: row} if row else {}, {found.pk: paths}, within=within)
    counts = counts_in_words(counted.get(found.pk, {}))
    data = data_of(row.version) if row else {}
    may_switch = in_force and may_lead(found, actor)
    context = {
        "response": found,
        "row": row,
        "in_force": in_force,
        "level": level_label(found.level),
        "colour": COLOURS[found.level],
        "places": [lines[path] for path in paths],
        "counts": counts,
        "kind": kind,
        "overlays": [
            {
                "overlay": one,
                "place": lines.get(one.path, ""),
                "what": words[one.pk].what,
                "who": words[one.pk].who,
                "says": words[one.pk].says,
            }
            for one in rows.items
        ],
        "next": rows.next or "",
        "gaps": [
            {"place": lines.get(path, ""), "subject": subject, "reason": reason}
            for path, subject, reason in gaps[:SHOWN_GAPS]
        ],
        "gap_count": len(gaps),
        "checks": check_list(found),
        "conditions": data.get("stand_down", {}).get("conditions", []),
        "warnings": [one for one in warnings_of(found) if one.released_at or (may_switch and one.expires > at)],
        "changes": [
            {"change": one, "label": CHANGES.get(one.verb, one.verb), "level": level_label(one.level)}
            for one in reversed(changes_of(found))
        ],
        "may_switch": may_switch,
        "levels": [
            (level, level_label(level))
            for level in LEVELS
            if str(level) in data.get("levels", {}) and level != found.level
        ],
        "problem": problem,
        "tried": tried,
        "typed": request.POST.dict() if problem else {},
    }  # fmt: skip
    return render(request, "command/response.html", context, status=problem.status if problem else 200)


@require_POST
@needs(P.RESPONSE_VIEW)
def act(request: HttpRequest, response_id: UUID, act: str) -> HttpResponse:
    """Change the level, renew, tick off, stand down, release the warning."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at = request.at  # type: ignore[attr-defined]
    found = response_for(actor, response_id)
    said = request.POST
    try:
        match act:
            case "level":
                level = int(said["level"]) if said.get("level", "").isdecimal() else 0
                _second_factor(request, level, exercise=found.exercise)
                operations.change_level(
                    response=found, level=level, by=actor, at=at, reason=said.get("reason", ""),
                    digest=said.get("digest", ""),
                )  # fmt: skip
                messages.success(request, _("级别已调整。"))
            case "renew":
                operations.renew(
                    response=found,
                    until=moment_of(said.get("until", "")),
                    by=actor,
                    at=at,
                    reason=said.get("reason", ""),
                )
                messages.success(request, _("已延长。"))
            case "check":
                number = int(said["number"]) if said.get("number", "").isdecimal() else 0
                operations.tick_item(response=found, number=number, by=actor, at=at)
            case "stand-down":
                operations.stand_down(response=found, by=actor, at=at)
                messages.success(request, _("响应已解除，一切恢复平时。没有做完的收尾事项仍在清单里。"))
            case "warn":
                warning = next((one for one in warnings_of(found) if str(one.pk) == said.get("warning")), None)
                if warning is None:
                    raise Http404
                operations.release(warning=warning, response=found, by=actor, at=at)
                messages.success(request, _("预警已发布。"))
            case _:
                raise Http404
    except DomainError as problem:
        if act == "level" and may_lead(found, actor) and is_in_force(found, at=at):
            return show_level(request, found, level, problem=problem)
        return _show(request, response_id, problem=problem, tried=act)
    return redirect("command:response", response_id=found.pk)


def _second_factor(request: HttpRequest, level: int, *, exercise: bool) -> None:
    if needs_second_factor(level, exercise=exercise) and not signed_in_twice(request.session):
        message = _("Ⅰ级、Ⅱ级响应须两步验证。请先设置验证器，再登录一次。")
        raise Invalid(message, errors=[{"loc": ["level"], "msg": message}])
