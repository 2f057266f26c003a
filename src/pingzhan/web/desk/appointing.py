"""Offices: given, ended, passed on."""

from datetime import datetime, time
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.people import operations, queries
from pingzhan.people.labels import office_label
from pingzhan.web.desk.offices import office_rows
from pingzhan.web.forms.chosen import place_of
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.people.models import Appointment, Person


def appoint_from(request: HttpRequest, person: "Person") -> "Appointment":
    """The appointment that a form asks for. Raises DomainError."""
    said = request.POST
    code = said.get("unit", "").replace("\x00", "").strip()
    return operations.appoint(
        person=person,
        role=said.get("role", ""),
        kind=said.get("kind", ""),
        place=place_of(request, P.APPOINT),
        unit=queries.chosen_unit(code),
        acting=bool(said.get("acting")),
        term_until=day_end(said.get("term_until", "")),
        by=request.actor,  # type: ignore[attr-defined]
        at=request.at,  # type: ignore[attr-defined]
    )


def day_end(text: str) -> datetime | None:
    """The end of the day that a form names, None for an empty field. Raises Invalid for what is no date."""
    if not text.strip():
        return None
    try:
        day = parse_date(text.strip())
    except ValueError:
        day = None
    if day is None:
        message = _("请填写正确的日期，例如 2027-12-31")
        raise Invalid(message, errors=[{"loc": ["term_until"], "msg": message}])
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.APPOINT)
def office(request: HttpRequest, appointment_id: UUID) -> HttpResponse:
    """One office: end it, or pass it on at the same moment."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    held = queries.appointment_for(actor, appointment_id)
    problem, form = None, request.POST.get("act", "")
    if request.method == "POST":
        try:
            return _done(request, held, form)
        except DomainError as error:
            problem = error
    context = {
        "row": office_rows([held], actor)[0],
        "office": held,
        "person": held.person,
        "before": office_rows(queries.holders_before(held), actor),
        "problem": problem,
        "form": form,
        "typed": request.POST,
        "next": _way_back(request),
    }
    return render(request, "desk/office.html", context, status=problem.status if problem else 200)


def _done(request: HttpRequest, held: "Appointment", act: str) -> HttpResponse:
    """Do what was asked; raises DomainError."""
    said, actor, at = request.POST, request.actor, request.at  # type: ignore[attr-defined]
    label = office_label(held.role, held.kind)
    if act == "succeed":
        person, _new = operations.enter_person(
            name=said.get("name", "").replace("\x00", ""), phone=said.get("phone", ""), place=held.place, by=actor,
            at=at,
        )  # fmt: skip
        operations.succeed(
            appointment=held, person=person, by=actor, at=at, reason=said.get("reason", ""),
            acting=bool(said.get("acting")), term_until=day_end(said.get("term_until", "")),
        )  # fmt: skip
        messages.success(request, _("%(name)s 已接任%(office)s。") % {"name": person.name, "office": label})
    else:
        if not said.get("reason", "").strip():
            message = _("请写明免职的原因")
            raise Invalid(message, errors=[{"loc": ["reason"], "msg": message}])
        operations.dismiss(appointment=held, by=actor, at=at, reason=said.get("reason", ""))
        messages.success(request, _("%(name)s 已不再担任%(office)s。") % {"name": held.person.name, "office": label})
    back = _way_back(request)
    return redirect(back) if back else redirect("desk:person", person_id=held.person_id)


def _way_back(request: HttpRequest) -> str:
    """Where one came from; a path of this site and nothing else."""
    asked = request.POST.get("next", "") or request.GET.get("next", "")
    fits = asked.startswith("/desk/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if fits else ""
