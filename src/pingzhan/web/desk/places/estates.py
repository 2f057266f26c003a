"""An estate: its address and the names that people use for it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError
from pingzhan.places import queries
from pingzhan.places.operations import change_estate
from pingzhan.web.desk.places.tree import crumbs
from pingzhan.web.guards import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLACE_EDIT)
def estate(request: HttpRequest, code: str) -> HttpResponse:
    """Set them; one name a line."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.get_estate(code, within=roots(actor, P.PLACE_EDIT))
    problem: DomainError | None = None
    typed = {"address": found.address, "aliases": "\n".join(queries.aliases_of(found))}
    if request.method == "POST":
        typed = {name: request.POST.get(name, "").replace("\x00", "") for name in typed}
        try:
            change_estate(
                estate=found, address=typed["address"], aliases=typed["aliases"].splitlines(), by=actor,
                at=request.at,  # type: ignore[attr-defined]
            )  # fmt: skip
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("已保存，按这些名字都能查到%(name)s。") % {"name": found.name})
            return redirect("desk:place", code=found.community.code)
    chain = crumbs(actor, found.community)
    context = {"estate": found, "community": found.community, "chain": chain, "typed": typed, "problem": problem}
    return render(request, "desk/places/estate.html", context, status=problem.status if problem else 200)
