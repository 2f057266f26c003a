"""The switch: choose plan, level and places; read what would change; press and hold."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.access.second_factor import signed_in_twice
from pingzhan.core.errors import DomainError, Invalid, NotAllowed
from pingzhan.core.paths import COMMUNITY, code_on, path_to
from pingzhan.core.sheets import write_workbook
from pingzhan.modes.choices import OverlayKind
from pingzhan.places.names import place_lines
from pingzhan.places.queries import get_places
from pingzhan.response import operations
from pingzhan.response.operations import Outdated
from pingzhan.response.queries.compile import compile_plan
from pingzhan.response.queries.plans import data_of, get_version, in_use, plan_for, plans_for
from pingzhan.response.queries.readiness import places_to_choose
from pingzhan.response.rules.levels import needs_second_factor
from pingzhan.response.rules.manifest import GAP, parts_of
from pingzhan.web.command.differences import reason_words
from pingzhan.web.command.words import (
    COLOURS,
    LEVELS,
    counts_in_words,
    function_names,
    level_label,
    skill_names,
    why_words,
)
from pingzhan.web.guards import needs
from pingzhan.web.words import plan_name

if TYPE_CHECKING:
    from pingzhan.response.rules.manifest import Item, Manifest

MOST_PARTS = 6000  # some 300 kB of a page
SHOWN = 100  # of each kind; the search and the workbook have them all


@require_safe
@needs(P.RESPONSE_ACTIVATE)
def choose(request: HttpRequest) -> HttpResponse:
    """Which plan, at which level, for which places."""
    return _choose(request)


def _choose(request: HttpRequest, *, problem: DomainError | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    rows: list[dict[str, Any]] = []
    found = list(plans_for(actor).filter(parent__isnull=True).select_related("place"))
    versions = in_use(found)
    for plan in found:
        version = versions.get(plan.pk)
        if version is None:
            continue
        levels = data_of(version).get("levels", {})
        rows.append(
            {
                "plan": plan,
                "levels": [
                    (int(level), level_label(int(level)), rule.get("when", ""))
                    for level, rule in sorted(levels.items())
                ],
            }
        )  # fmt: skip
    asked = request.GET.get("plan", rows[0]["plan"].code if rows else "")
    chosen = next((row for row in rows if row["plan"].code == asked), None)
    context = {
        "rows": rows,
        "asked": asked,
        "chosen": chosen,
        "level": request.GET.get("level", ""),
        "picked": request.GET.getlist("places"),
        "exercise": request.GET.get("exercise") == "1",
        "places": _tree(places_to_choose(chosen["plan"], roots(actor, P.RESPONSE_ACTIVATE))) if chosen else [],
        "problem": problem,
    }
    return render(request, "command/switch.html", context, status=problem.status if problem else 200)


def _tree(places: Iterable[Any]) -> list[dict[str, Any]]:
    """Streets with their communities; what lies above a street stands by itself."""
    found: list[dict[str, Any]] = []
    for place in places:
        if place.level == "community" and found and place.path.startswith(found[-1]["place"].path):
            found[-1]["below"].append(place)
        else:
            found.append({"place": place, "below": []})
    return found


@require_safe
@needs(P.RESPONSE_ACTIVATE)
def preview(request: HttpRequest) -> HttpResponse:
    """Every change that activating would make, by kind; nothing is written."""
    try:
        manifest = _compiled(request, request.GET)
    except Invalid as problem:
        return _choose(request, problem=problem)
    return _show(request, manifest, asked=request.GET)


def _points(manifest: "Manifest", query: str) -> list[dict[str, Any]]:
    """A mark for each community that changes: how much, and how much is wanting there; one statement."""
    changes: Counter[str] = Counter(code for item in manifest.items if (code := code_on(item.path, COMMUNITY)))
    gaps: Counter[str] = Counter(code for gap in manifest.gaps if (code := code_on(gap.path, COMMUNITY)))
    known = get_places(sorted({*changes, *gaps}))
    found = []
    for code in sorted(known):
        place = known[code]
        if place.lon is not None:
            words = _("%(place)s：改变 %(changes)s 项，短板 %(gaps)s 项") % {
                "place": place.name, "changes": changes[code], "gaps": gaps[code],
            }  # fmt: skip
            address = f"{reverse('command:preview')}?{query}&{urlencode({'q': place.name})}"
            found.append({"lon": place.lon, "lat": place.lat, "name": words, "url": address, "bad": bool(gaps[code])})
    return found


def _parts(manifest: "Manifest") -> dict[str, str]:
    """What a page keeps of its preview, so that the next one can tell where it differs; nothing of a whole province."""
    parts = {f"{kind} {path}": said for (kind, path), said in parts_of(manifest).items()}
    return parts if len(parts) <= MOST_PARTS else {}


def _since(seen: str, now: dict[str, str], manifest: "Manifest", query: str) -> list[dict[str, Any]]:
    """Where the preview that was seen and this one differ, each with how much there is now; one statement."""
    try:
        before = json.loads(seen)
    except ValueError:
        return []
    if not isinstance(before, dict) or not before or not now:
        return []
    other = sorted(part for part in {*before, *now} if before.get(part) != now.get(part) and part.count(" ") == 1)
    sizes: Counter[str] = Counter(f"{item.kind} {path_to(item.path, COMMUNITY)}" for item in manifest.items)
    sizes.update(f"{GAP} {path_to(gap.path, COMMUNITY)}" for gap in manifest.gaps)
    known = {path: line for path, line in place_lines({part.partition(" ")[2] for part in other}).items() if line}
    found = []
    for part in other:
        kind, _space, path = part.partition(" ")
        if path in known and (kind == GAP or kind in OverlayKind.values):
            label = _("短板") if kind == GAP else str(OverlayKind(kind).label)
            name = known[path].rpartition(" · ")[2]
            address = f"{reverse('command:preview')}?{query}&{urlencode({'q': name})}"
            found.append({"label": label, "place": known[path], "count": sizes[part], "url": address})
    return found


def _show(
    request: HttpRequest, manifest: "Manifest", *, asked: Any, problem: DomainError | None = None
) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:60]
    lines = place_lines(
        [*manifest.paths, *{item.path for item in manifest.items[:20000]}, *{gap.path for gap in manifest.gaps}]
    )
    skills, kinds, data = skill_names(), function_names(), _data_of(manifest)
    groups: dict[str, dict[str, Any]] = {}
    for item in manifest.items:
        if words and words not in f"{item.subject} {item.before} {item.after} {lines.get(item.path, '')}":
            continue
        group = groups.setdefault(item.kind, {"label": str(OverlayKind(item.kind).label), "count": 0, "rows": []})
        group["count"] += 1
        if len(group["rows"]) < SHOWN:
            why = why_words(item.payload, skills)
            reason = reason_words(item.reason, [data], kinds)
            group["rows"].append({"item": item, "place": lines.get(item.path, ""), "why": why, "reason": reason})
    groups = {kind: groups[kind] for kind in OverlayKind.values if kind in groups}
    query = request.GET.copy() if request.method == "GET" else asked.copy()
    for name in ("csrfmiddlewaretoken", "digest", "parts", "q"):
        query.pop(name, None)
    needs_second = needs_second_factor(manifest.level, exercise=manifest.exercise)
    needs_second = needs_second and not signed_in_twice(request.session)
    parts = _parts(manifest)
    context = {
        "manifest": manifest,
        "parts": json.dumps(parts, separators=(",", ":")) if parts else "",
        "since": _since(asked.get("parts", ""), parts, manifest, query.urlencode()) if problem else [],
        "level": level_label(manifest.level),
        "colour": COLOURS[manifest.level],
        "places": [manifest.names.get(code, code) for code in manifest.places],
        "counts": counts_in_words(manifest.counts),
        "groups": groups,
        "gaps": [{"gap": gap, "place": lines.get(gap.path, "")} for gap in manifest.gaps[:SHOWN]],
        "gap_count": len(manifest.gaps),
        "words": words,
        "query": query.urlencode(),
        "points": _points(manifest, query.urlencode()),
        "outlines_url": reverse("portal:outlines"),
        "until": request.at + timedelta(days=data.get("sunset_days", 1)),  # type: ignore[attr-defined]
        "needs_second": needs_second,
        "problem": problem,
        "shown": SHOWN,
    }
    return render(request, "command/preview.html", context, status=problem.status if problem else 200)


def _data_of(manifest: "Manifest") -> dict[str, Any]:
    """The plan that was compiled, without what adaptations say otherwise; one statement."""
    return data_of(get_version(manifest.version))


@require_safe
@needs(P.RESPONSE_ACTIVATE)
def export(request: HttpRequest) -> HttpResponse:
    """The whole preview as a workbook."""
    manifest = _compiled(request, request.GET)
    lines, skills = (
        place_lines({*(one.path for one in manifest.items), *(one.path for one in manifest.gaps)}),
        skill_names(),
    )
    data, kinds = _data_of(manifest), function_names()
    content = write_workbook(
        str(_("预览")),
        [str(title) for title in (_("类别"), _("区域"), _("对象"), _("原来"), _("改为"), _("依据"), _("选人理由"))],
        [
            *(_row(item, lines, skills, reason_words(item.reason, [data], kinds)) for item in manifest.items),
            *([_("短板"), lines.get(gap.path, ""), gap.subject, "", gap.reason, "", ""] for gap in manifest.gaps),
        ],
    )
    answer = HttpResponse(content, content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer["Content-Disposition"] = f'attachment; filename="preview-{manifest.plan}-{manifest.level}.xlsx"'
    return answer


def _row(item: "Item", lines: dict[str, str], skills: dict[str, str], reason: str) -> list[str]:
    label = str(OverlayKind(item.kind).label)
    return [
        label,
        lines.get(item.path, ""),
        item.subject,
        item.before,
        item.after,
        reason,
        why_words(item.payload, skills),
    ]


@require_POST
@needs(P.RESPONSE_ACTIVATE)
def activate(request: HttpRequest) -> HttpResponse:
    """Do what was previewed; levels Ⅰ and Ⅱ only for a session with a second factor."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    said = request.POST
    level = _level(said)
    exercise = said.get("exercise") == "1"
    if needs_second_factor(level, exercise=exercise) and not signed_in_twice(request.session):
        messages.error(request, _("Ⅰ级、Ⅱ级响应须两步验证。请先设置验证器，再登录一次。"))
        return HttpResponseRedirect(reverse("mfa_index"))
    plan = plan_for(actor, said.get("plan", ""))
    _must_hold(actor, said.getlist("places"))
    try:
        made = operations.activate(
            plan=plan, level=level, codes=said.getlist("places"), digest=said.get("digest", ""), by=actor,
            at=request.at, exercise=exercise,  # type: ignore[attr-defined]
        )  # fmt: skip
    except Outdated as outdated:
        return _show(request, outdated.manifest, asked=said, problem=outdated)
    except NotAllowed as problem:
        return _show(request, _compiled(request, said), asked=said, problem=problem)
    if made.again:
        messages.info(request, _("这次响应已经启动，没有重复。"))
    else:
        messages.success(request, _("“%(plan)s”已启动。") % {"plan": plan_name(made.response)})
    return redirect("command:response", response_id=made.response.pk)


def _compiled(request: HttpRequest, said: Any) -> "Manifest":
    actor: Actor = request.actor  # type: ignore[attr-defined]
    level = _level(said)
    plan = plan_for(actor, said.get("plan", ""))
    _must_hold(actor, said.getlist("places"))
    return compile_plan(
        plan,
        level=level,
        codes=said.getlist("places"),
        at=request.at,  # type: ignore[attr-defined]
        exercise=said.get("exercise") == "1",
    )


def _level(said: Any) -> int:
    level = said.get("level", "")
    if level not in {str(one) for one in LEVELS}:
        raise Invalid(_("请选择级别"), errors=[{"loc": ["level"], "msg": _("请选择级别")}])
    return int(level)


def _must_hold(actor: Actor, codes: list[str]) -> None:
    """Outside of one's own area nothing is compiled: the preview names who works where."""
    known = get_places(codes)
    if any(code not in known or not can(actor, P.RESPONSE_ACTIVATE, known[code].path) for code in codes):
        raise Http404
