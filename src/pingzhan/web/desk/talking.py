"""Answers kept for use again, and calls after closing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError
from pingzhan.matters import operations
from pingzhan.matters.choices import CallResult, Occasion
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.talking import to_call_back
from pingzhan.matters.queries.templates import placeholders, template_for, templates_for
from pingzhan.places.names import named, place_lines
from pingzhan.places.queries import to_narrow_by
from pingzhan.web.desk.queue import category_choices
from pingzhan.web.desk.rows import rows_of
from pingzhan.web.desk.steps import text_of
from pingzhan.web.guards import needs

# --- templates ------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_VERIFY)
def templates(request: HttpRequest) -> HttpResponse:
    """The answers kept in one's area; a new one, or one changed (`?edit=`)."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    edited = _edited(request, actor)
    problem = None
    if request.method == "POST":
        said = {name: text_of(request, name) for name in ("place", "occasion", "category", "title", "text")}
        try:
            operations.save_template(by=actor, at=at, template=edited, **said)
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("已保存，办理时会在对应的步骤里提示。"))
            return redirect("desk:templates")
    return _show(request, edited=edited, problem=problem)


def _edited(request: HttpRequest, actor: Actor) -> Any:
    asked = request.GET.get("edit") or request.POST.get("edit") or ""
    try:
        return template_for(actor, UUID(asked)) if asked else None
    except ValueError:
        return None


def _show(request: HttpRequest, *, edited: Any, problem: DomainError | None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = templates_for(actor, after=request.GET.get("after"))
    places = place_lines({row.path for row in found.items})
    within = to_narrow_by(roots(actor, P.MATTER_VERIFY), [])
    typed = request.POST.dict() if problem else {}
    shown = dict.fromkeys(("place", "occasion", "category", "title", "text"), "")
    shown["occasion"] = Occasion.FEED_BACK.value
    if edited is not None:
        shown = {
            "place": edited.path.rstrip("/").rsplit("/", 1)[-1],
            "occasion": edited.occasion,
            "category": edited.category_id or "",
            "title": edited.title,
            "text": edited.text,
        }
    context = {
        "rows": [
            {
                "template": row,
                "place": places[row.path],
                "category": named(row.category) or _("全部类别"),
                "occasion": row.get_occasion_display(),
            }
            for row in found.items
        ],
        "next": found.next or "",
        "edited": edited,
        "problem": problem,
        "typed": typed,
        "said": shown,
        "places": [(place.code, place.name) for place in within],
        "categories": category_choices(),
        "occasions": Occasion.choices,
        "placeholders": [(f"{{{name}}}", label) for name, label in placeholders().items()],
    }
    return render(request, "desk/templates.html", context, status=problem.status if problem else 200)


@require_POST
@needs(P.MATTER_VERIFY)
def retire(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Offer a template no longer."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    operations.retire_template(template=template_for(actor, template_id), by=actor, at=request.at)  # type: ignore[attr-defined]
    messages.success(request, _("已停用。"))
    return redirect("desk:templates")


# --- calls after closing --------------------------------------------------------------------------------------------


@require_safe
@needs(P.MATTER_VERIFY)
def call_backs(request: HttpRequest) -> HttpResponse:
    """Whom to call: settled matters whose reporters left a number and were not called yet."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    found = to_call_back(actor, at=at, after=request.GET.get("after"))
    context = {
        "rows": rows_of(found.items, at=at, within=roots(actor, P.MATTER_VERIFY)),
        "next": found.next or "",
        "first": request.path if request.GET.get("after") else "",
        "results": CallResult.choices,
    }
    return render(request, "desk/call_backs.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MATTER_VERIFY)
def call_back(request: HttpRequest, number: str) -> HttpResponse:
    """Note what was said; an unsettled matter may be reopened with it."""
    if request.method != "POST":
        return redirect("desk:call_backs")
    actor: Actor = request.actor  # type: ignore[attr-defined]
    matter = matter_for(actor, number)
    try:
        operations.call_back(
            matter=matter,
            by=actor,
            at=request.at,  # type: ignore[attr-defined]
            result=text_of(request, "result"),
            note=text_of(request, "note"),
            reopens=text_of(request, "reopens") == "1",
        )
    except DomainError as problem:
        messages.error(request, f"{matter.title}（{matter.number}）：{problem.detail}")
    else:
        messages.success(request, _("“%(title)s”的回访已登记。") % {"title": matter.title})
    return redirect("desk:call_backs")
