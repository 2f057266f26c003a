"""How ready a plan is: what would fail today, by place, each with the way to where it is mended."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.core.paths import COMMUNITY, code_of, path_to
from pingzhan.places.names import place_lines
from pingzhan.response.queries.plans import data_of, plan_for, published
from pingzhan.response.queries.readiness import Weakness, history, places_to_choose, readiness
from pingzhan.web.command.words import level_label
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.response.models import Plan

MOST_FINDINGS = 300


def _mend(one: Weakness, plan: "Plan", actor: Actor) -> tuple[str, str]:
    """(address, words) of where a weakness is mended; ("", "") where the reader may not go there."""
    place = code_of(path_to(one.path, COMMUNITY))
    match one.mend:
        case "plan" if can(actor, P.PLAN_EDIT, plan.path):
            return reverse("command:plan_edit", args=[plan.code]), _("去修改预案")
        case "plan":
            return reverse("command:plan", args=[plan.code]), _("去看预案")
        case "drill" if actor.holding(P.RESPONSE_ACTIVATE):
            return f"{reverse('command:switch')}?{urlencode({'plan': plan.code, 'exercise': 1})}", _("去办一次演练")
        case "station" if one.about:
            return reverse("desk:station", args=[one.about]), _("去补设施")
        case "station" | "stations":
            return f"{reverse('desk:stations')}?{urlencode({'place': place})}", _("去补用房")
        case "ground" if can(actor, P.PLACE_VIEW, one.path):
            return reverse("desk:place", args=[place]), _("去登记楼栋和网格")
        case "person" if one.about and can(actor, P.PERSON_VIEW, one.path):
            own = reverse("desk:person", args=[one.about])
            return (f"{own}#trainings", _("去登记培训")) if one.kind == "untrained" else (own, _("去补人员信息"))
        case "contacts" if can(actor, P.PERSON_VIEW, one.path):
            query = urlencode({"place": place, "unconfirmed": one.about})
            return f"{reverse('desk:persons')}?{query}", _("去打电话核实")
        case "training" if can(actor, P.PERSON_VIEW, one.path):
            return f"{reverse('desk:trainings')}?{urlencode({'place': place, 'training': one.about})}", _("去登记培训")
        case "posts" if can(actor, P.COVERAGE_VIEW, one.path):
            return f"{reverse('desk:coverage')}?{urlencode({'place': place})}", _("去配人")
        case "signals" if can(actor, P.PLAN_EDIT, one.path):
            return reverse("command:signals"), _("去报库存")
    return "", ""


@require_safe
@needs(P.PLAN_VIEW)
def ready(request: HttpRequest, code: str) -> HttpResponse:
    """What would fail today, by place, with where it is mended."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = plan_for(actor, code)
    within = roots(actor, P.PLAN_VIEW)
    version = published(found)
    levels = sorted(int(level) for level in (data_of(version) if version else {}).get("levels", {}))
    choices = places_to_choose(found, within)
    place = next((one for one in choices if one.code == request.GET.get("place")), choices[0] if choices else None)
    asked = request.GET.get("level", "")
    level = int(asked) if asked.isdecimal() and int(asked) in levels else (levels[0] if levels else 0)
    result = None
    groups: dict[str, dict[str, Any]] = {}
    if place is not None and level:
        result = readiness(found, level=level, codes=[place.code], at=request.at)  # type: ignore[attr-defined]
        lines = place_lines({one.path for one in result.weaknesses})
        for one in result.weaknesses[:MOST_FINDINGS]:
            group = groups.setdefault(one.path, {"place": lines[one.path] or found.place.name, "rows": []})
            url, words = _mend(one, found, actor)
            group["rows"].append({"one": one, "url": url, "words": words})
    context = {
        "plan": found,
        "places": [(one.code, one.name) for one in choices],
        "place": place,
        "level": level,
        "levels": [(one, level_label(one)) for one in levels],
        "result": result,
        "groups": list(groups.values()),
        "figures": history(found, path=place.path, level=level) if place else [],
        "shown": MOST_FINDINGS,
    }
    return render(request, "command/readiness.html", context)
