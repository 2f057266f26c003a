"""What is wrong with the ground, each with a link to where it is mended."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.places import queries
from pingzhan.places.choices import Finding
from pingzhan.places.names import place_lines
from pingzhan.places.tasks import propose_under
from pingzhan.web.guards import needs

PAGE = 50
LOOKS = {
    Finding.NO_GRIDS: "bad", Finding.HOLE: "bad", Finding.OVERLAP: "bad", Finding.OVER: "warn", Finding.UNDER: "warn",
    Finding.EMPTY: "warn", Finding.NO_OUTLINE: "warn", Finding.NO_GRID: "bad",
}  # fmt: skip


@require_safe
@needs(P.PLACE_VIEW)
def checks(request: HttpRequest) -> HttpResponse:
    """How many of each kind, and one kind as a list."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.findings(roots(actor, P.PLACE_VIEW))
    asked = request.GET.get("kind", "")
    first = next((kind for kind in Finding if found[kind]), Finding.NO_GRIDS)
    kind = Finding(asked) if asked in Finding.values else first
    start = next((n for n, one in enumerate(found[kind], 1) if one.path == request.GET.get("after", "")), 0)
    shown = found[kind][start : start + PAGE]
    lines = place_lines([one.path for one in shown])
    rows = [{"found": one, "where": lines[one.path], "url": _mend(actor, one), "figure": _figure(one)} for one in shown]
    drawing = roots(actor, P.PLACE_DRAW)
    context = {
        "tabs": [
            {"kind": one, "label": one.label, "count": len(found[one]), "tone": LOOKS[one], "current": one == kind,
             "url": f"?kind={one.value}"}
            for one in Finding
        ],
        "kind": kind,
        "rows": rows,
        "total": sum(map(len, found.values())),
        "next": f"?kind={kind.value}&after={shown[-1].path}" if len(found[kind]) > start + PAGE else "",
        "can_draw": bool(drawing),
        "proposals": list(queries.open_proposals(drawing)[:20]) if drawing else [],
    }  # fmt: skip
    return render(request, "desk/places/checks.html", context)


@require_POST
@needs(P.PLACE_DRAW)
def propose_all(request: HttpRequest) -> HttpResponse:
    """Have proposals made in the background for every community of one's own that needs one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    assert actor.user_id is not None
    for root in roots(actor, P.PLACE_DRAW):
        propose_under.enqueue(root, str(actor.user_id))
    messages.success(request, _("正在后台生成方案，几分钟内会列在这里；可以先做别的。"))
    return redirect("desk:place_checks")


def _mend(actor: Actor, one: Any) -> str:
    """Where it is mended, for those who may; else the place itself."""
    community = next((code for code in one.path.split("/") if len(code) == 12 and code.isdigit()), "")
    if community and can(actor, P.PLACE_DRAW, one.path):
        return reverse("desk:grids", args=[community])
    return reverse("desk:place", args=[one.code])


def _figure(one: Any) -> str:
    if one.kind in {Finding.OVER, Finding.UNDER}:
        return _("%(count)d 户") % {"count": one.figure}
    if one.kind in {Finding.HOLE, Finding.OVERLAP}:
        return _("占居村面积 %(share)s%%") % {"share": one.figure / 10}
    return ""
