"""Trainings before a post (岗前培训): who lacks which, entering who took part, one by one or a whole session."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.people import operations, queries
from pingzhan.places.names import named
from pingzhan.web.desk.persons import PAGE, asked_texts, chosen_ids, person_rows, role_labels
from pingzhan.web.desk.training_rows import training_rows
from pingzhan.web.forms.chosen import asked_path, narrowing
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.people.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.PERSON_VIEW)
def trainings(request: HttpRequest) -> HttpResponse:
    """Who has a training and who lacks it; those ticked took part in one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    at: datetime = request.at  # type: ignore[attr-defined]
    problem: DomainError | None = None
    kinds = {kind.code: kind for kind in queries.trainings()}
    code = request.GET.get("training", "")
    code = code if code in kinds else next(iter(kinds), "")
    if request.method == "POST":
        try:
            new = _enter(request, code, queries.persons_chosen(actor, chosen_ids(request)))
        except Invalid as error:
            problem = error
        else:
            words = ngettext("已登记 %(n)s 人参加“%(training)s”。", "已登记 %(n)s 人参加“%(training)s”。", new)
            messages.success(request, words % {"n": new, "training": named(kinds[code])})
            return redirect(f"{reverse('desk:trainings')}?{request.GET.urlencode()}")
    asked = asked_texts(request) | {"state": "valid" if request.GET.get("state") == "valid" else "lacking"}
    today = timezone.localtime(at).date()
    found = queries.persons_page(
        actor,
        queries.PersonFilters(
            asked["q"], asked["role"], asked_path(asked["place"]),
            trained=(code, today, asked["state"] == "valid") if code else None,
        ),
        after=request.GET.get("after"), limit=PAGE,
    )  # fmt: skip
    context = {
        "rows": _rows(found.items, actor, code, today=today),
        "next": found.next or "",
        "asked": asked,
        "training": kinds.get(code),
        "kinds": [(kind.code, named(kind)) for kind in kinds.values()],
        "name": named(kinds.get(code)),
        "states": [("lacking", _("没有或已过期")), ("valid", _("在有效期内"))],
        "places": narrowing(actor, P.PERSON_VIEW, asked["place"]),
        "offices": role_labels(),
        "list": request.GET.urlencode(),
        "today": today.isoformat(),
        "can_enter": bool(actor.holding(P.TRAIN)) and bool(code),
        "typed_on": request.POST.get("on", "")[:10],
        "typed_until": request.POST.get("valid_until", "")[:10],
        "ticked": set(request.POST.getlist("person")) if problem else set(),
        "problem": problem,
    }
    return render(request, "desk/trainings.html", context, status=problem.status if problem else 200)


def _rows(persons: "list[Person]", actor: Actor, code: str, *, today: date) -> list[dict[str, Any]]:
    """Persons with when they took part last; one statement more than persons_rows."""
    last = queries.trainings_of([person.pk for person in persons], code=code) if code else {}
    rows = person_rows(persons, actor)
    for row in rows:
        row["last"] = next(iter(training_rows(last.get(row["person"].pk, []), today=today)), None)
        row["key"] = str(row["person"].pk)
    return rows


@require_POST
@needs(P.TRAIN)
def train(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """From the page of a person: they took part in a training."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = queries.person_for(actor, person_id)
    try:
        _enter(request, request.POST.get("training", "")[:60], [person])
    except Invalid as problem:
        messages.error(request, problem.detail)
    else:
        messages.success(request, _("培训已登记。"))
    return redirect("desk:person", person_id=person.pk)


@require_POST
@needs(P.TRAIN)
def withdraw(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """It was entered by mistake."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    row = queries.training_row_for(actor, row_id)
    operations.withdraw_training(row=row, by=actor, at=request.at)  # type: ignore[attr-defined]
    messages.success(request, _("培训记录已撤销。"))
    return redirect("desk:person", person_id=row.person_id)


def _enter(request: HttpRequest, code: str, persons: "list[Person]") -> int:
    """How many were entered. Raises Invalid for days that are none, as the operation does, and NotAllowed."""
    on, until = (_day(request, name) for name in ("on", "valid_until"))
    if on is None:
        message = _("请填写培训日期")
        raise Invalid(message, errors=[{"loc": ["on"], "msg": message}])
    at: datetime = request.at  # type: ignore[attr-defined]
    training = queries.training(code)
    made = operations.enter_trainings(
        training=training, persons=persons, on=on, valid_until=until, by=request.actor, at=at  # type: ignore[attr-defined]
    )  # fmt: skip
    return len(made)


def _day(request: HttpRequest, name: str) -> date | None:
    """A day that was typed; None for an empty field. Raises Invalid."""
    said = request.POST.get(name, "").strip()
    if not said:
        return None
    try:
        day = parse_date(said)
    except ValueError:
        day = None
    if day is None:
        message = _("请填写正确的日期")
        raise Invalid(message, errors=[{"loc": [name], "msg": message}])
    return day
