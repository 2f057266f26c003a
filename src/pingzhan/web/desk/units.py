"""Units: the list, one unit with those who serve in it, entering by hand and by workbook."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, users
from pingzhan.core.errors import DomainError
from pingzhan.matters.queries import reference
from pingzhan.people import operations, queries
from pingzhan.people.choices import UnitKind
from pingzhan.places.names import named, place_lines
from pingzhan.web.desk.links import show_link
from pingzhan.web.desk.offices import kind_options, office_rows, role_options
from pingzhan.web.forms.chosen import asked_path, list_code, narrowing, own_code, place_of
from pingzhan.web.forms.places import levels
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.people.models import Unit

PAGE = 50


@require_safe
@needs(P.PERSON_VIEW)
def units(request: HttpRequest) -> HttpResponse:
    """The units of one's own area, narrowed by words, kind and place; filters stay in the address."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = {name: request.GET.get(name, "").replace("\x00", "")[:60] for name in ("q", "kind", "place", "ended")}
    filters = queries.UnitFilters(asked["q"].strip(), asked["kind"], asked_path(asked["place"]), bool(asked["ended"]))
    found = queries.units_page(actor, filters, after=request.GET.get("after"), limit=PAGE)
    lines = place_lines([unit.path for unit in found.items])
    staff = queries.staff_counts([unit.pk for unit in found.items])
    rows = [
        {
            "unit": unit,
            "name": named(unit),
            "kind": UnitKind(unit.kind).label if unit.kind in UnitKind.values else unit.kind,
            "place": lines[unit.path],
            "staff": staff.get(unit.pk, 0),
        }
        for unit in found.items
    ]
    context = {
        "rows": rows,
        "next": found.next or "",
        "asked": asked,
        "kinds": UnitKind.choices,
        "places": narrowing(actor, P.PERSON_VIEW, asked["place"]),
        "narrowed": any(asked.values()),
        "can_enter": bool(actor.holding(P.APPOINT)),
    }
    return render(request, "desk/units.html", context)


@require_safe
@needs(P.PERSON_VIEW)
def unit(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """One unit, and who serves in it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _show(request, queries.unit_for(actor, unit_id))


def _show(request: HttpRequest, unit: "Unit", *, problem: DomainError | None = None, form: str = "") -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.staff_of(unit, after=request.GET.get("after"), limit=PAGE)
    accounts = users([office.person.user_id for office in found.items if office.person.user_id])
    rows = [
        row | {"user": accounts.get(row["office"].person.user_id), "person": row["office"].person}
        for row in office_rows(found.items, actor)
    ]
    manages = unit.until is None and can(actor, P.APPOINT, unit.path)
    context = {
        "unit": unit,
        "name": named(unit),
        "kind": UnitKind(unit.kind).label if unit.kind in UnitKind.values else unit.kind,
        "place": place_lines([unit.path])[unit.path],
        "superior": named(unit.superior),
        "rows": rows,
        "next": found.next or "",
        "can_manage": manages,
        "offices": role_options(actor) if manages else [],
        "kinds": kind_options(),
        "levels": levels(request.POST.get("place", "") or unit.place.code),
        "typed": request.POST if problem else {},
        "problem": problem,
        "form": form,
    }
    return render(request, "desk/unit.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.APPOINT)
def edit(request: HttpRequest, unit_id: UUID | None = None) -> HttpResponse:
    """Enter a unit, or change one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    unit = queries.unit_for(actor, unit_id) if unit_id else None
    if request.method != "POST":
        return _form(request, unit, _values(unit, actor))
    said = {name: value.replace("\x00", "") for name, value in request.POST.dict().items()}
    try:
        values: dict[str, Any] = {
            "name": said.get("name", ""), "name_en": said.get("name_en", ""), "kind": said.get("kind", ""),
            "section": said.get("section", "").strip(), "phone": said.get("phone", ""),
            "address": said.get("address", ""), "superior": queries.chosen_superior(actor, said.get("superior", "")),
            "place": place_of(request, P.APPOINT), "by": actor, "at": request.at,  # type: ignore[attr-defined]
        }  # fmt: skip
        if unit is None:
            unit = operations.create_unit(code=said.get("code", "").strip(), **values)
        else:
            seen = said.get("version", "")
            version = int(seen) if seen.isdecimal() and len(seen) < 9 else None
            unit = operations.change_unit(unit=unit, version=version, **values)
    except DomainError as problem:
        return _form(request, unit, said, problem=problem)
    reference.forget()
    messages.success(request, _("“%(name)s”已保存。") % {"name": named(unit)})
    return redirect("desk:unit", unit_id=unit.pk)


def _values(unit: "Unit | None", actor: Actor) -> dict[str, Any]:
    if unit is None:
        return {"place": list_code(actor, P.APPOINT)}
    names = ("code", "name", "name_en", "kind", "section", "phone", "address", "version")
    return {name: getattr(unit, name) for name in names} | {
        "place": unit.place.code,
        "superior": unit.superior.code if unit.superior else "",
    }


def _form(
    request: HttpRequest, unit: "Unit | None", typed: dict[str, Any], *, problem: DomainError | None = None
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context = {
        "unit": unit,
        "typed": typed,
        "problem": problem,
        "kinds": UnitKind.choices,
        "superiors": queries.superiors_for(actor),
        "levels": levels(str(typed.get("place", ""))),
        "whole": own_code(actor, P.APPOINT),
    }
    return render(request, "desk/unit_form.html", context, status=problem.status if problem else 200)


@require_POST
@needs(P.APPOINT)
def end(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """The unit is no more."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    unit = queries.unit_for(actor, unit_id)
    try:
        operations.end_unit(unit=unit, reason=request.POST.get("reason", ""), by=actor, at=request.at)  # type: ignore[attr-defined]
    except DomainError as problem:
        return _show(request, unit, problem=problem, form="end")
    reference.forget()
    messages.success(request, _("“%(name)s”已注销，它的记录仍可查。") % {"name": named(unit)})
    return redirect("desk:units")


@require_POST
@needs(P.APPOINT)
def hire(request: HttpRequest, unit_id: UUID) -> HttpResponse:
    """Take somebody on in the unit, with an account where one is wanted; the one-time link is shown once."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    unit = queries.unit_for(actor, unit_id)
    said = {name: value.replace("\x00", "") for name, value in request.POST.dict().items()}
    try:
        appointment, token = operations.take_on(
            name=said.get("name", ""),
            phone=said.get("phone", ""),
            role=said.get("role", ""),
            kind=said.get("kind", ""),
            username=said.get("username", ""),
            acting=bool(said.get("acting")),
            place=place_of(request, P.APPOINT),
            unit=unit,
            by=actor,
            at=request.at,  # type: ignore[attr-defined]
        )
    except DomainError as problem:
        return _show(request, unit, problem=problem, form="hire")
    if token:
        return show_link(request, appointment.person, token)
    messages.success(request, _("%(name)s 已任职。") % {"name": appointment.person.name})
    return redirect("desk:unit", unit_id=unit.pk)
