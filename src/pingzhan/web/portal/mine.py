"""For signed-in residents: what they reported, what is kept on them, and who looked at it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from pingzhan.core.errors import Invalid, NotFound
from pingzhan.journal.queries import openings_of_person
from pingzhan.matters.queries.lists import reported_by
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.reporter import kept_on
from pingzhan.people.operations import confirm_contacts
from pingzhan.people.queries import history_of, person_of_user, trainings_of
from pingzhan.places.names import named
from pingzhan.web.desk.offices import office_rows
from pingzhan.web.desk.training_rows import training_rows
from pingzhan.web.portal.membership import kept_on_member

MOST_OPENINGS = 100


@never_cache
@login_required
@require_safe
def matters(request: HttpRequest) -> HttpResponse:
    """My matters, newest first."""
    found = reported_by(request.actor, after=request.GET.get("after") or None)  # type: ignore[attr-defined]
    known = reference().categories
    context = {
        "rows": [{"matter": row, "category": named(known.get(row.category_id))} for row in found.items],
        "next": found.next or "",
        "first": "after" not in request.GET,
    }
    return render(request, "portal/mine.html", context)


@never_cache
@login_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """What is kept on me, why, for how long, and who opened my contact for what purpose."""
    actor = request.actor  # type: ignore[attr-defined]
    person = person_of_user(actor.user_id)
    owners = [actor.user_id, *([person.pk] if person else [])]
    today = timezone.localtime(request.at).date()  # type: ignore[attr-defined]
    # Those of a check-in stand with it.
    rows = openings_of_person(*owners).exclude(entry__subject_type="check_in")
    openings = list(rows[: MOST_OPENINGS + 1])
    context = (
        {
            "kept": kept_on(actor),
            "phone": str(request.user.phone),  # type: ignore[union-attr]
            "worker": person,
            "offices": office_rows(history_of(person), actor) if person else [],
            "trainings": training_rows(trainings_of([person.pk]).get(person.pk, []), today=today) if person else [],
            "openings": openings[:MOST_OPENINGS],
            "more_openings": len(openings) > MOST_OPENINGS,
        }
        | kept_on_member(request)
    )
    return render(request, "portal/data.html", context)


@never_cache
@login_required
@require_POST
def confirm_phone(request: HttpRequest) -> HttpResponse:
    """Somebody who works here says that their own phone has not changed."""
    actor = request.actor  # type: ignore[attr-defined]
    person = person_of_user(actor.user_id)
    if person is None:
        raise NotFound
    try:
        confirm_contacts(persons=[person], by=actor, at=request.at)  # type: ignore[attr-defined]
    except Invalid as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("谢谢，已记下您的电话没有变。"))
    return redirect("field:me" if request.POST.get("page") == "field" else "portal:data")
