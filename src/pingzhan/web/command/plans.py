"""Plans: read as a handbook, edited as source, reviewed and published, and how ready they are."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.core.errors import DomainError
from pingzhan.people.queries import trainings
from pingzhan.places.names import named, place_lines
from pingzhan.places.queries import get_place, to_narrow_by
from pingzhan.response import operations
from pingzhan.response.choices import Hazard, Per
from pingzhan.response.queries.conditions import standings
from pingzhan.response.queries.plans import (
    adapted,
    data_of,
    in_use,
    newest,
    plan_for,
    plans_for,
    published,
    version_of,
    wrote,
)
from pingzhan.response.queries.proposals import proposals_of
from pingzhan.response.queries.readiness import last_drill, last_drills
from pingzhan.response.rules.document import SECTIONS
from pingzhan.web.command.differences import SECTION_LABELS, difference_rows
from pingzhan.web.command.proposals import proposal_row
from pingzhan.web.command.words import ROMAN, SIGNALS, figure_words, function_names, item_title, level_label
from pingzhan.web.guards import needs


@require_safe
@needs(P.PLAN_VIEW)
def plans(request: HttpRequest) -> HttpResponse:
    """The plans that hold in the actor's area."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows = []
    found = list(plans_for(actor).select_related("place", "parent")[:200])
    lines = place_lines([plan.path for plan in found])
    versions, drills = in_use(found), last_drills(found)
    for plan in found:
        version = versions.get(plan.pk)
        rows.append(
            {
                "plan": plan,
                "hazard": str(Hazard(plan.hazard).label),
                "place": lines[plan.path] or plan.place.name,
                "version": version,
                "overdue": bool(version and version.review_due and version.review_due <= request.at),  # type: ignore[attr-defined]
                "drill": drills.get(plan.pk),
            }
        )
    context = {"rows": rows, "can_edit": bool(actor.holding(P.PLAN_EDIT))}
    return render(request, "command/plans.html", context)


@require_safe
@needs(P.PLAN_VIEW)
def plan(request: HttpRequest, code: str) -> HttpResponse:
    """A plan as people keep it on the desk, of the version in use or, with ?version=, of another."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = plan_for(actor, code)
    wanted = request.GET.get("version", "")
    versions, last = list(found.versions.order_by("-number")[:50]), newest(found)
    version = next((one for one in versions if str(one.number) == wanted), None) or published(found) or last
    if version is None:
        raise Http404
    above: dict[str, Any] = {}
    differences: list[Any] = []
    conflicts: list[Any] = []
    if found.parent_id:
        data, differences, conflicts = adapted(found, version)
        above = data_of(version.against) if version.against else {}
    else:
        data = data_of(version)
    may_publish = can(actor, P.PLAN_PUBLISH, found.path)
    context = {
        "plan": found,
        "place": place_lines([found.path])[found.path] or found.place.name,
        "hazard": str(Hazard(found.hazard).label),
        "version": version,
        "versions": versions,
        "data": data,
        "levels": [
            (level_label(int(level)), rule.get("when", "")) for level, rule in sorted(data.get("levels", {}).items())
        ],
        "sections": _sections(data),
        "standings": _standings(data, found.path, at=request.at),  # type: ignore[attr-defined]
        "proposals": [proposal_row(one) for one in proposals_of(found)],
        "stand_down": data.get("stand_down", {"conditions": [], "checklist": []}),
        "differences": difference_rows(differences, data, above),
        "conflicts": difference_rows(conflicts, data, above),
        "drill": last_drill(found),
        "may_edit": can(actor, P.PLAN_EDIT, found.path),
        "last": last,
        "may_edit_items": can(actor, P.PLAN_EDIT, found.path) and not found.parent_id and version == last,
        "may_adapt": not found.parent_id and _may_adapt(actor, found.path),
        "may_review": may_publish and version.state == "draft" and not wrote(actor, version),
        "may_publish": may_publish and version.state == "reviewed",
        "may_retire": may_publish and version.state == "published",
        "may_switch": bool(actor.holding(P.RESPONSE_ACTIVATE)) and version.state == "published",
    }  # fmt: skip
    return render(request, "command/plan.html", context)


def _may_adapt(actor: Actor, path: str) -> bool:
    """Whether the actor writes plans for a part of the plan's area."""
    return any(held.path != path and held.path.startswith(path) for held in actor.holding(P.PLAN_EDIT))


def _standings(data: dict[str, Any], path: str, *, at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "title": one.title,
            "level": level_label(one.level),
            "holds": one.holds,
            "start": one.start,
            "when": one.when,
            "figures": figure_words(one.figures),
            "unknown": [str(SIGNALS.get(name, name)) for name in one.unknown],
        }
        for one in standings(data, path, at=at)
    ]


def _sections(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Each section with its items in words; two statements for the names of what they name."""
    kinds = function_names()
    taught = {kind.code: named(kind) for kind in trainings()}
    return [
        {
            "name": section,
            "label": SECTION_LABELS[section],
            "rows": [_item_row(section, item, kinds, taught) for item in data.get(section, [])],
        }
        for section in SECTIONS
    ]


def _item_row(
    section: str, item: dict[str, Any], kinds: Mapping[str, str], taught: Mapping[str, str]
) -> dict[str, Any]:
    notes = []
    if "per" in item:
        notes.append(str(Per(item["per"]).label))
    if section == "duties":
        notes.append(
            _("A 角 %(a)s 人，B 角 %(b)s 人，每人最多 %(load)s 处")
            % {"a": item.get("number", 1), "b": item.get("backup", 1), "load": item.get("max_load", 8)}
        )
    if "households" in item:
        notes.append(_("每组约 %(n)s 户") % {"n": item["households"]})
    if "posts" in item:
        notes.append(_("岗位：%(posts)s") % {"posts": _("、").join(item["posts"])})
    if "training" in item:
        notes.append(_("要求“%(training)s”培训") % {"training": taught.get(item["training"], item["training"])})
    if "minutes" in item:
        notes.append(_("%(n)s 分钟") % {"n": item["minutes"]})
    if "due_minutes" in item:
        notes.append(_("%(n)s 分钟内完成") % {"n": item["due_minutes"]})
    if "acknowledge_minutes" in item:
        notes.append(_("%(n)s 分钟内回执") % {"n": item["acknowledge_minutes"]})
    if "per_head_day" in item:
        notes.append(
            _("每人每天 %(n)s %(unit)s") % {"n": item["per_head_day"], "unit": item["unit"]} + f" · {item['source']}"
        )
    if "per_day" in item:
        notes.append(_("每天 %(n)s 次") % {"n": item["per_day"]})
    return {
        "code": item["code"],
        "title": item_title(section, item, kinds),
        "notes": notes,
        "on": [ROMAN[level] for level in sorted(item["levels"])],
        "lines": item.get("tasks") or item.get("checklist") or [],
    }


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLAN_EDIT)
def new(request: HttpRequest) -> HttpResponse:
    """A new plan, or an adaptation, from its source."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    within = roots(actor, P.PLAN_EDIT)
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            place = get_place(request.POST.get("place", ""), within=within)
            made = operations.create_plan(
                source=request.POST.get("source", ""),
                place=place,
                by=actor,
                at=request.at,  # type: ignore[attr-defined]
            )
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("草稿已保存。请另一位有权限的同事审核。"))
            return redirect("command:plan", code=made.plan.code)
    adapts = request.GET.get("adapts", "")
    source = f"schema: 1\nadapts: {adapts}\nchanges:\n  clocks: {{}}\n" if adapts else ""
    context = {
        "problem": problem,
        "typed": request.POST.dict() if request.method == "POST" else {},
        "places": [(one.code, one.name) for one in to_narrow_by(within) if one.level not in ("grid", "building")],
        "source": source,
        "plan": None,
        "seen": "",
    }
    return render(request, "command/plan_edit.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLAN_EDIT)
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """The source of the newest version; errors are told at their lines."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = plan_for(actor, code)
    if not can(actor, P.PLAN_EDIT, found.path):
        raise Http404
    last = newest(found)
    problem: DomainError | None = None
    if request.method == "POST":
        source = request.POST.get("source", "").replace("\r\n", "\n")
        try:
            operations.edit(plan=found, source=source, by=actor, at=request.at, seen=request.POST.get("seen", ""))  # type: ignore[attr-defined]
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("草稿已保存。请另一位有权限的同事审核。"))
            return redirect("command:plan", code=found.code)
    context: dict[str, Any] = {
        "problem": problem,
        "typed": request.POST.dict() if request.method == "POST" else {},
        "places": [],
        "source": last.source if last else "",
        "plan": found,
        "seen": last.digest if last else "",
    }
    return render(request, "command/plan_edit.html", context, status=problem.status if problem else 200)


@require_POST
@needs(P.PLAN_PUBLISH)
def step(request: HttpRequest, code: str, version_id: UUID, step: str) -> HttpResponse:
    """Review, publish or retire a version."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = plan_for(actor, code)
    version = version_of(found, version_id)
    version.plan = found
    verbs = {"review": operations.review, "publish": operations.publish, "retire": operations.retire}
    if step not in verbs or not can(actor, P.PLAN_PUBLISH, found.path):
        raise Http404
    try:
        verbs[step](version=version, by=actor, at=request.at)  # type: ignore[attr-defined]
    except DomainError as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("已保存。"))
    return redirect("command:plan", code=found.code)
