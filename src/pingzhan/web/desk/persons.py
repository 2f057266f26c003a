"""Persons: the ledger, one person with all offices, phones opened on record, accounts, and doubles made one."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, users
from pingzhan.access.roles import ROLES
from pingzhan.core.errors import DomainError, Invalid, NotFound
from pingzhan.journal.queries import openings_of
from pingzhan.people import operations, queries
from pingzhan.people.labels import office_label
from pingzhan.places.names import named, place_lines
from pingzhan.web.desk.appointing import appoint_from
from pingzhan.web.desk.links import show_link
from pingzhan.web.desk.offices import kind_options, office_rows, role_options
from pingzhan.web.desk.training_rows import training_rows
from pingzhan.web.forms.chosen import asked_path, list_code, narrowing, place_of
from pingzhan.web.forms.places import levels
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pingzhan.people.models import Appointment, Person

PAGE = 50
OLD = (30, 90, 180, 365)  # for how many days a phone was not confirmed, to narrow the list by
MOST_OPENINGS = 20
MOST_DAYS = 3650


@require_safe
@needs(P.PERSON_VIEW)
def persons(request: HttpRequest) -> HttpResponse:
    """The ledger: found by name, by the letters of its sound, or by a whole phone; phones are masked."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    asked = asked_texts(request)
    days = asked_days(request)
    old = request.at - timedelta(days=days) if days else None  # type: ignore[attr-defined]
    filters = queries.PersonFilters(asked["q"], asked["role"], asked_path(asked["place"]), old)
    found = queries.persons_page(actor, filters, after=request.GET.get("after"), limit=PAGE)
    context = {
        "rows": person_rows(found.items, actor),
        "next": found.next or "",
        "asked": asked,
        "narrowed": any(asked.values()) or bool(days),
        "days": days,
        "ages": [(str(one), _("%(n)s 天未核实") % {"n": one}) for one in sorted({*OLD, *([days] if days else [])})],
        "list": request.GET.urlencode(),
        "places": narrowing(actor, P.PERSON_VIEW, asked["place"]),
        "offices": role_labels(),
        "can_enter": bool(actor.holding(P.APPOINT)),
    }
    return render(request, "desk/persons.html", context)


def asked_texts(request: HttpRequest) -> dict[str, str]:
    """By what a list of persons is narrowed."""
    return {name: request.GET.get(name, "").replace("\x00", "").strip()[:60] for name in ("q", "role", "place")}


def asked_days(request: HttpRequest) -> int:
    """For how many days phones were not confirmed whose list is asked for; 0: all."""
    said = request.GET.get("unconfirmed", "")
    return min(int(said), MOST_DAYS) if said.isascii() and said.isdecimal() and len(said) <= 4 else 0


def role_labels() -> list[tuple[str, str]]:
    """All roles that somebody is appointed to, to narrow a list by."""
    return [(role.code, str(role.label)) for role in ROLES.values() if role.code != "resident"]


def person_rows(found: "list[Person]", actor: Actor) -> list[dict[str, Any]]:
    """Persons for a list; two statements for a whole page."""
    offices = queries.offices_of([person.pk for person in found])
    lines = place_lines(
        {person.path for person in found} | {office.path for held in offices.values() for office in held}
    )
    return [
        {
            "person": person,
            "filed": lines.get(person.path, ""),
            "can_confirm": bool(person.phone) and _may(actor, P.APPOINT, person, offices.get(person.pk, [])),
            "can_train": _may(actor, P.TRAIN, person, offices.get(person.pk, [])),
            "offices": [
                {"label": office_label(one.role, one.kind, acting=one.acting), "place": lines[one.path]}
                for one in offices.get(person.pk, [])
            ],
        }
        for person in found
    ]


def _may(actor: Actor, permission: P, person: "Person", offices: "Iterable[Appointment]") -> bool:
    """Whether the actor may where the person is filed or works."""
    return any(can(actor, permission, path) for path in queries.paths_of(person, offices))


@require_POST
@needs(P.APPOINT)
def confirm(request: HttpRequest) -> HttpResponse:
    """The phones of the persons ticked, or of the one whose page it is, are right: somebody called."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    said = {name: request.POST.get(name, "").replace("\x00", "") for name in ("page", "list")}
    back = reverse("desk:persons")
    if query := QueryDict(said["list"]).urlencode():
        back += f"?{query}"
    ids = chosen_ids(request)
    if said["page"] and len(ids) == 1:
        back = reverse("desk:person", args=ids)
    try:
        done = operations.confirm_contacts(persons=queries.persons_chosen(actor, ids), by=actor, at=request.at)  # type: ignore[attr-defined]
    except Invalid as problem:
        messages.error(request, problem.detail)
    else:
        words = ngettext("已核实 %(n)s 人的电话。", "已核实 %(n)s 人的电话。", len(done)) % {"n": len(done)}
        messages.success(request, words)
    return redirect(back)


def chosen_ids(request: HttpRequest) -> list[UUID]:
    """The persons ticked in a list; what is no id counts as somebody who is not there. Raises NotFound."""
    try:
        return [UUID(one) for one in request.POST.getlist("person")]
    except ValueError as error:
        raise NotFound from error


@require_safe
@needs(P.PERSON_VIEW)
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One person: offices now and before, account, who saw the phone, possible doubles."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return _show(request, queries.person_for(actor, person_id))


def _show(
    request: HttpRequest, person: "Person", *, problem: DomainError | None = None, form: str = "", phone: str = ""
) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    history = queries.history_of(person)
    paths = queries.paths_of(person, history)
    rows = office_rows(history, actor)
    manages = can(actor, P.APPOINT, person.path)
    today = timezone.localtime(request.at).date()  # type: ignore[attr-defined]
    context = {
        "person": person,
        "filed": place_lines([person.path]).get(person.path, "") if person.path else "",
        "phone": phone,
        "can_confirm": bool(person.phone) and _may(actor, P.APPOINT, person, history),
        "can_train": _may(actor, P.TRAIN, person, history),
        "trainings": training_rows(queries.trainings_of([person.pk]).get(person.pk, []), today=today),
        "kinds_of_training": [(kind.code, named(kind)) for kind in queries.trainings()],
        "today": today.isoformat(),
        "can_open": queries.may_open_phone(actor, paths) and bool(person.phone),
        "present": [row for row in rows if row["office"].until is None],
        "past": [row for row in rows if row["office"].until is not None],
        "user": users([person.user_id]).get(person.user_id) if person.user_id else None,
        "openings": list(openings_of("person", person.pk)[:MOST_OPENINGS]) if manages else [],
        "doubles": person_rows(queries.doubles_of(actor, person), actor) if manages else [],
        "merges": queries.merges_of(person),
        "can_manage": manages,
        "can_appoint": bool(actor.holding(P.APPOINT)),
        "purposes": [_("核实到岗情况"), _("通知值守"), _("核对资料")],
        "offices": role_options(actor),
        "kinds": kind_options(),
        "levels": levels(request.POST.get("place", "") or list_code(actor, P.APPOINT)),
        "typed": request.POST if problem else {},
        "problem": problem,
        "form": form,
    }
    return render(request, "desk/person.html", context, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.APPOINT)
def edit(request: HttpRequest, person_id: UUID | None = None) -> HttpResponse:
    """Enter somebody once, or correct what is known of them. An empty phone leaves the one that is there."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = queries.person_for(actor, person_id) if person_id else None
    if request.method != "POST":
        typed = {"name": person.name, "place": ""} if person else {"place": list_code(actor, P.APPOINT)}
        return _form(request, person, typed)
    said = {name: value.replace("\x00", "") for name, value in request.POST.dict().items()}
    new = False
    try:
        if person is None:
            person, new = operations.enter_person(
                name=said.get("name", ""), phone=said.get("phone", ""), place=place_of(request, P.APPOINT), by=actor,
                at=request.at,  # type: ignore[attr-defined]
            )  # fmt: skip
        else:
            phone = "" if said.get("no_phone") else said.get("phone", "").strip() or None
            operations.change_person(person=person, name=said.get("name", ""), phone=phone, by=actor, at=request.at)  # type: ignore[attr-defined]
            new = True
    except DomainError as problem:
        return _form(request, person, said, problem=problem)
    if new:
        messages.success(request, _("“%(name)s”已保存。") % {"name": person.name})
        return redirect("desk:person", person_id=person.pk)
    # Somebody of this name and phone is on file: perhaps elsewhere, where they cannot be looked at but appointed from.
    messages.info(request, _("%(name)s 已在系统里，没有重复登记；可以直接在这里任命。") % {"name": person.name})
    if queries.persons_in_scope(actor).filter(pk=person.pk).exists():
        return redirect("desk:person", person_id=person.pk)
    return redirect("desk:persons")


def _form(
    request: HttpRequest, person: "Person | None", typed: dict[str, Any], *, problem: DomainError | None = None
) -> HttpResponse:
    context = {
        "person": person,
        "typed": typed,
        "problem": problem,
        "levels": levels(str(typed.get("place", ""))),
    }
    return render(request, "desk/person_form.html", context, status=problem.status if problem else 200)


@require_POST
@needs(P.PERSON_OPEN)
def phone(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The phone in the clear, for a stated purpose; logged, and the person sees it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = queries.person_for(actor, person_id)
    paths = queries.paths_of(person, queries.history_of(person))
    try:
        shown = operations.open_phone(
            person=person, purpose=request.POST.get("purpose", ""), paths=paths, by=actor, at=request.at  # type: ignore[attr-defined]
        )  # fmt: skip
    except Invalid as problem:
        return _show(request, person, problem=problem, form="phone")
    return _show(request, person, phone=shown)


@require_POST
@needs(P.APPOINT)
def account(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Open an account, hand out another link, close the account or open it again."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = queries.person_for(actor, person_id)
    act, at = request.POST.get("act", ""), request.at  # type: ignore[attr-defined]
    try:
        if act == "open":
            username = request.POST.get("username", "").replace("\x00", "")
            return show_link(
                request, person, operations.open_account(person=person, username=username, by=actor, at=at)
            )
        if act == "link":
            return show_link(request, person, operations.renew_link(person=person, by=actor, at=at))
        operations.set_account(person=person, active=act == "reopen", by=actor, at=at)
    except DomainError as problem:
        return _show(request, person, problem=problem, form="account")
    done = _("账号已恢复。") if act == "reopen" else _("账号已停用，对方不能再登录。")
    messages.success(request, done)
    return redirect("desk:person", person_id=person.pk)


@require_safe
@needs(P.APPOINT)
def doubles(request: HttpRequest) -> HttpResponse:
    """Who may be entered twice: of one name, or of one phone."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.doubles_page(actor, after=request.GET.get("after"), limit=PAGE)
    return render(request, "desk/doubles.html", {"rows": person_rows(found.items, actor), "next": found.next or ""})


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.APPOINT)
def merge(request: HttpRequest, person_id: UUID, other_id: UUID) -> HttpResponse:
    """Two entries side by side, and making them one: the first is kept."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    kept, gone = queries.person_for(actor, person_id), queries.person_for(actor, other_id)
    problem = None
    if request.method == "POST":
        try:
            operations.merge_persons(
                kept=kept, gone=gone, reason=request.POST.get("reason", ""), by=actor, at=request.at  # type: ignore[attr-defined]
            )  # fmt: skip
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("已合并为一人；发现弄错了，可以在下面撤销。"))
            return redirect("desk:person", person_id=kept.pk)
    sides = [
        {"person": one, "rows": office_rows(queries.history_of(one), actor), "filed": place_lines([one.path])[one.path]}
        for one in (kept, gone)
    ]
    context = {
        "sides": sides,
        "kept": kept,
        "gone": gone,
        "swap": reverse("desk:person_merge", args=[gone.pk, kept.pk]),
        "problem": problem,
        "typed": request.POST,
    }
    return render(request, "desk/merge.html", context, status=problem.status if problem else 200)


@require_POST
@needs(P.APPOINT)
def unmerge(request: HttpRequest, merge_id: UUID) -> HttpResponse:
    """They were two after all."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    merge = queries.merge_for(actor, merge_id)
    try:
        operations.undo_merge(merge=merge, by=actor, at=request.at)  # type: ignore[attr-defined]
    except DomainError as problem:
        return _show(request, queries.person_for(actor, merge.kept_id), problem=problem, form="merges")
    messages.success(request, _("已撤销合并，两条记录恢复原样。"))
    return redirect("desk:person", person_id=merge.kept_id)


@require_POST
@needs(P.APPOINT)
def appoint(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Give the person an office."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    person = queries.person_for(actor, person_id)
    try:
        made = appoint_from(request, person)
    except DomainError as problem:
        return _show(request, person, problem=problem, form="appoint")
    messages.success(
        request,
        _("%(name)s 已任%(office)s。")
        % {"name": person.name, "office": office_label(made.role, made.kind, acting=made.acting)},
    )
    return redirect("desk:person", person_id=person.pk)
