"""What is published, and taking it down again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, scope
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.core.paging import page
from pingzhan.matters import operations
from pingzhan.matters.models import Notice
from pingzhan.web.guards import needs
from pingzhan.web.names import named, place_lines


@require_safe
@needs(P.MATTER_VIEW)
def notices(request: HttpRequest) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    rows = Notice.objects.filter(scope(actor, P.MATTER_VIEW, unit="matter__handler_id"))
    found = page(rows.select_related("matter", "category"), after=request.GET.get("after"), limit=20)
    names = place_lines([notice.path for notice in found.items])
    shown = [
        {
            "notice": notice,
            "place": names[notice.path],
            "category": named(notice.category),
            "can_take_down": notice.until is None and can(actor, P.MATTER_PUBLISH, notice.path),
        }
        for notice in found.items
    ]
    return render(request, "desk/notices.html", {"rows": shown, "next": found.next or ""})


@require_POST
@needs(P.MATTER_PUBLISH)
def take_down(request: HttpRequest, notice_id: str) -> HttpResponse:
    actor = request.actor  # type: ignore[attr-defined]
    notice = Notice.objects.filter(scope(actor, P.MATTER_VIEW, unit="matter__handler_id"), pk=notice_id).first()
    if notice is None:
        raise NotFound
    try:
        operations.take_down(notice=notice, by=actor, at=request.at, reason=request.POST.get("reason", ""))  # type: ignore[attr-defined]
    except DomainError as error:
        messages.error(request, str(error.detail))
    else:
        messages.success(request, _("已撤下，居民不再能看到。"))
    return redirect("desk:notices")
