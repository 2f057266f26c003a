"""Communities that the state has merged or given another code: for the administrator."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pingzhan.access.permissions import Permission as P
from pingzhan.core.errors import DomainError
from pingzhan.places.operations import take_over
from pingzhan.web.guards import needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PLACE_IMPORT)
def mergers(request: HttpRequest) -> HttpResponse:
    """The form, and what it does."""
    problem: DomainError | None = None
    if request.method == "POST":
        said = request.POST
        try:
            into = take_over(
                old=said.get("old", "").strip(), new=said.get("new", "").strip(), name=said.get("name", ""),
                by=request.actor, at=request.at,  # type: ignore[attr-defined]
            )  # fmt: skip
        except DomainError as found:
            problem = found
        else:
            messages.success(request, _("已并入%(name)s；事项、任职和历史记录都随之转入。") % {"name": into.name})
            return redirect("desk:place", code=into.code)
    context = {"problem": problem, "typed": request.POST.dict() if problem else {}}
    return render(request, "desk/places/mergers.html", context, status=problem.status if problem else 200)
