"""Taking a matter for one's unit on the phone, and handing it back."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from pingzhan.access.permissions import Permission
from pingzhan.matters.queries.lists import matter_for
from pingzhan.web.guards import needs
from pingzhan.web.takings import act_on


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Permission.MATTER_HANDLE)
def taking(request: HttpRequest, number: str, act: str) -> HttpResponse:
    """I do it, or I hand it back."""
    if request.method != "POST":
        return redirect("field:matter", number=number)
    act_on(request, matter_for(request.actor, number), act)  # type: ignore[attr-defined]
    response = HttpResponseRedirect(reverse("field:matter", args=[number]))
    response.status_code = 303
    return response
