"""The first page, and how it works."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from pingzhan.matters.emergency import NUMBERS
from pingzhan.matters.queries.lists import notices, reported_by
from pingzhan.matters.queries.reference import reference
from pingzhan.people.queries import memberships_of
from pingzhan.places.names import named
from pingzhan.web.forms.report import category_groups
from pingzhan.web.portal.emergencies import emergencies
from pingzhan.web.portal.notices import shown_notices
from pingzhan.web.portal.words import EIGHT

# Groups that people look for first; whatever an installation has of them is offered as a shortcut.
SHORTCUTS = 8


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Report, follow, read: and whom to call when it burns."""
    actor = request.actor  # type: ignore[attr-defined]
    known = reference().categories
    mine = [
        {"matter": row, "category": named(known.get(row.category_id))} for row in reported_by(actor, limit=3).items
    ] if actor.user_id else []  # fmt: skip
    context = {
        "team": next(iter(memberships_of(actor)), None),
        "numbers": NUMBERS,
        "groups": category_groups()[:SHORTCUTS],
        "emergencies": emergencies(request.at),  # type: ignore[attr-defined]
        "mine": mine,
        "notices": shown_notices(notices(limit=3).items),
    }
    return render(request, "portal/home.html", context)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """The eight steps and what happens to what people tell, in plain words."""
    context = {
        "steps": [{"step": code, "label": label, "about": about} for code, (label, about) in EIGHT.items()],
        "numbers": NUMBERS,
    }
    return render(request, "portal/help.html", context)
