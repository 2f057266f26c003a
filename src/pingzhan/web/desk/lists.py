"""The lists: what may be passed down, powers delegated, what teams offer; each in versions."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.core.errors import DomainError, Invalid, NotFound
from pingzhan.matters.queries.reference import reference
from pingzhan.people import operations, queries
from pingzhan.people.choices import ListKind
from pingzhan.people.operations import Line
from pingzhan.places.choices import Level
from pingzhan.places.names import named
from pingzhan.places.queries import get_places, places
from pingzhan.web.guards import needs

HINTS = {
    ListKind.PASS_DOWN: lambda: _("街镇和区里只能把清单上的类别派给居委会；没有清单时不限制。"),
    ListKind.POWERS: lambda: _("下放给居村的小微执法权和它的限度。"),
    ListKind.OFFERS: lambda: _("队伍能提供的岗位、服务和项目，列在队伍页上。"),
}


@require_safe
@needs(P.MEMBER_VIEW, P.LIST_KEEP)
def lists(request: HttpRequest) -> HttpResponse:
    """The lists in force, by kind; and where the actor may publish one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = list(queries.lists_for(actor).filter(until__isnull=True).order_by("kind", "path")[:300])
    kinds = [
        {
            "code": kind.value,
            "label": kind.label,
            "hint": HINTS[kind](),
            "rows": [row for row in found if row.kind == kind],
            "places": _places(actor, kind),
        }
        for kind in ListKind
    ]
    return render(request, "desk/lists.html", {"kinds": kinds, "keeps_skills": bool(actor.holding(P.LIST_KEEP))})


def _places(actor: Actor, kind: ListKind) -> list[tuple[str, str]]:
    """Where the actor may publish a list of this kind; one statement, at most 100."""
    right = operations.list_right(kind)
    levels = [level for level in operations.LIST_LEVELS[kind] if level in Level.values]
    within = roots(actor, right)
    if not within:
        return []
    rows = places(within).filter(level__in=levels).order_by("path")[:100]
    return [(row.code, row.name) for row in rows]


@require_safe
@needs(P.MEMBER_VIEW, P.LIST_KEEP)
def list_page(request: HttpRequest, version_id: UUID) -> HttpResponse:
    """One version, line by line, and the versions before and after it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    version = queries.list_for(actor, version_id)
    categories = reference().categories
    items = [
        {"item": item, "name": named(categories[item.code]) if item.code in categories else item.name}
        for item in queries.items_of(version)
    ]
    right = operations.list_right(version.kind)
    context = {
        "version": version,
        "items": items,
        "versions": queries.versions_of(version),
        "may_edit": version.until is None and can(actor, right, version.path),
    }
    return render(request, "desk/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.TEAM_MANAGE, P.LIST_KEEP)
def list_edit(request: HttpRequest, kind: str) -> HttpResponse:
    """Write the next version, starting from the one in force."""
    if kind not in ListKind.values:
        raise NotFound
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    source = request.POST if request.method == "POST" else request.GET
    code = source.get("place", "").replace("\x00", "")
    place = get_places([code]).get(code)
    right = operations.list_right(kind)
    if place is None or not can(actor, right, place.path):
        raise NotFound
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            lines = _lines(request, kind)
            version = operations.publish_list(kind=kind, place=place, lines=lines, by=actor, at=at)
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("已发布，从现在起生效。"))
            return redirect("desk:list", version_id=version.pk)
    present = queries.list_in_force(kind, place.path)
    items = queries.items_of(present) if present else []
    context = {
        "kind": kind,
        "label": ListKind(kind).label,
        "hint": HINTS[ListKind(kind)](),
        "place": place,
        "groups": _category_groups() if kind == ListKind.PASS_DOWN else [],
        "problem": problem,
        "typed": {
            "codes": request.POST.getlist("codes") if problem else [item.code for item in items],
            "lines": request.POST.get("lines", "") if problem else "\n".join(_line(item) for item in items),
        },
    }
    return render(request, "desk/list_edit.html", context, status=problem.status if problem else 200)


def _line(item: Any) -> str:
    return f"{item.name} | {item.limits}" if item.limits else str(item.name)


def _lines(request: HttpRequest, kind: str) -> list[Line]:
    if kind == ListKind.PASS_DOWN:
        categories = reference().categories
        codes = list(dict.fromkeys(request.POST.getlist("codes")[:1000]))
        if any(code not in categories for code in codes):
            message = _("没有这个类别")
            raise Invalid(message, errors=[{"loc": ["codes"], "msg": message}])
        return [Line(name=categories[code].name, code=code) for code in codes]
    found = []
    for text in request.POST.get("lines", "").splitlines():
        name, _bar, limits = text.replace("｜", "|").partition("|")  # untranslated: how a bar is typed in Chinese
        found.append(Line(name=name.strip(), limits=limits.strip()))
    return found


def _category_groups() -> list[dict[str, Any]]:
    known = reference().categories.values()
    return [
        {
            "label": named(group),
            "kinds": [
                (group.code, _("%(group)s（全部）") % {"group": named(group)}),
                *((row.code, named(row)) for row in known if row.parent_id == group.code),
            ],
        }
        for group in known
        if group.parent_id is None
    ]
