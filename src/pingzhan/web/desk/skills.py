"""The skills catalogue, kept by those who keep the lists: groups and skills, in both languages, proof or none."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError
from pingzhan.people import operations, queries
from pingzhan.places.names import named
from pingzhan.web.guards import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.LIST_KEEP)
def skills(request: HttpRequest) -> HttpResponse:
    """The catalogue as a tree; what is sent enters a skill, sets one right, or takes one off."""
    problem: DomainError | None = None
    actor, at, said = request.actor, request.at, request.POST  # type: ignore[attr-defined]
    if request.method == "POST":
        try:
            operations.put_skill(
                code=said.get("code", ""), parent=said.get("parent", ""), name=said.get("name", ""),
                name_en=said.get("name_en", ""), wants_proof=said.get("wants_proof") == "1",
                ended=said.get("ended") == "1", path=next(iter(roots(actor, P.LIST_KEEP))), by=actor, at=at,
            )  # fmt: skip
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("已保存。"))
            return redirect("desk:skills")
    rows = queries.catalogue()
    chosen = next((row for row in rows if row.code == request.GET.get("code", "")), None)
    typed: dict[str, Any] = said.dict() if problem else {}
    if chosen is not None and not problem:
        typed = {
            "code": chosen.code, "parent": chosen.parent_id or "", "name": chosen.name, "name_en": chosen.name_en,
            "wants_proof": "1" if chosen.wants_proof else "",
        }  # fmt: skip
    typed.setdefault("code", "")
    groups = [row for row in rows if row.parent_id is None]
    context = {
        "tree": [(group, [row for row in rows if row.parent_id == group.code]) for group in groups],
        "groups": [(group.code, named(group)) for group in groups],
        "chosen": chosen,
        "typed": typed,
        "problem": problem,
    }
    return render(request, "desk/skills.html", context, status=problem.status if problem else 200)
