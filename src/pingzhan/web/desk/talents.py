"""The talent pool: who can help, best first with the reasons; ask some of them, see what they answer."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.core.paging import page
from pingzhan.core.paths import code_of
from pingzhan.people import operations, queries
from pingzhan.people.choices import AskState, Slot
from pingzhan.people.queries import TalentFilters
from pingzhan.places.names import named, place_lines
from pingzhan.places.queries import get_places
from pingzhan.web.desk.members import place_options
from pingzhan.web.forms.check_in import skill_groups
from pingzhan.web.forms.places import full_place
from pingzhan.web.guards import needs
from pingzhan.web.words import how_far

HOURS = (("2", 2), ("8", 8), ("24", 24), ("72", 72))
NAMES = ("skill", "slot", "language", "place", "in_time", "proved", "near")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.TALENT_ASK)
def talents(request: HttpRequest) -> HttpResponse:
    """Search, and ask those who are ticked; a search stays in the address."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    source = request.POST if request.method == "POST" else request.GET
    said = {name: source.get(name, "").replace("\x00", "").strip()[:60] for name in NAMES}
    problem: DomainError | None = None
    if request.method == "POST":
        try:
            made = _ask(request, said)
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("已发出，答复会出现在这里。"))
            return redirect("desk:talent_request", request_id=made.pk)
    place = _place(actor, said["place"])
    found: list[Any] = []
    total = 0
    catalogue = {skill.code: skill for skill in queries.catalogue()}
    if said["skill"] in catalogue and place is not None:
        filters = TalentFilters(
            skill=said["skill"], slot=said["slot"] if said["slot"] in Slot.values else "", language=said["language"],
            within=place.path if said["near"] == "1" else "", only_in_time=said["in_time"] == "1",
            only_proved=said["proved"] == "1",
        )  # fmt: skip
        found, total = queries.search_talents(actor, filters, near=place, at=at)
    names = place_lines({one.candidate.path for one in found})
    groups = skill_groups()
    context = {
        "said": said | {"place": place.code if place else ""},
        "searched": bool(said["skill"]),
        "rows": [
            {
                "match": one,
                "place": names.get(one.candidate.path, ""),
                "skill": named(catalogue.get(one.candidate.skill)),
                "reasons": [reason for pair in one.reasons if (reason := _words(*pair, catalogue=catalogue))],
            }
            for one in found
        ],
        "total": total,
        "shown": len(found),
        "where": full_place(place.path) if place else "",
        "places": place_options(actor, P.TALENT_ASK, place.code if place else ""),
        "groups": groups,
        "languages": next((group["kinds"] for group in groups if _is_language(group)), []),
        "slots": Slot.choices,
        "hours": [(value, _("%(hours)s 小时内") % {"hours": hours}) for value, hours in HOURS],
        "requests": list(queries.requests_for(actor).order_by("-id")[:8]),
        "chosen": request.POST.getlist("chosen") if problem else [],
        "problem": problem,
        "typed": request.POST if problem else {},
    }
    return render(request, "desk/talents.html", context, status=problem.status if problem else 200)


def _is_language(group: dict[str, Any]) -> bool:
    return any(code.startswith("language.") for code, _name in group["kinds"])


def _place(actor: Actor, code: str) -> Any:
    """Where help is wanted: the place that was named, otherwise the actor's own."""
    wanted = code or code_of(next(iter(roots(actor, P.TALENT_ASK)), ""))
    return get_places([wanted], within=roots(actor, P.TALENT_ASK)).get(wanted)


def _ask(request: HttpRequest, said: dict[str, str]) -> Any:
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    place = _place(actor, said["place"])
    if place is None:
        message = _("请选择本辖区内的地点")
        raise Invalid(message, errors=[{"loc": ["place"], "msg": message}])
    hours = dict(HOURS).get(request.POST.get("hours", ""), 24)
    try:
        chosen = [UUID(one) for one in request.POST.getlist("chosen")[:200]]
    except ValueError:
        chosen = []
    return operations.ask_talents(
        text=request.POST.get("text", ""), place=place, check_ins=chosen, due_at=at + timedelta(hours=hours),
        skill=said["skill"], slot=said["slot"], by=actor, at=at,
    )  # fmt: skip


def _words(kind: str, value: int | str, *, catalogue: dict[str, Any]) -> str:
    """A reason of the rank in words."""
    match kind:
        case "metres":
            return how_far(int(value))
        case "same":
            return _("同一居村")
        case "seen":
            return _("看过证明：%(proof)s") % {"proof": value}
        case "expired":
            return _("证明已过期：%(proof)s") % {"proof": value}
        case "unproved":
            return _("还没有看过证明")
        case "in_time":
            return _("%(slot)s有空") % {"slot": Slot(str(value)).label}
        case "not_in_time":
            return _("没有说%(slot)s有空") % {"slot": Slot(str(value)).label}
        case "speaks":
            return _("会%(language)s") % {"language": named(catalogue.get(str(value)))}
        case "asked":
            return _("已有 %(count)s 件事在等他答复") % {"count": value}
    return ""


@require_safe
@needs(P.TALENT_ASK)
def talent_request(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """What was asked, and the answer of each."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.request_for(actor, request_id)
    looks = {AskState.ACCEPTED: ("circle-check", "good"), AskState.DECLINED: ("ban", "quiet")}
    rows = [
        {"ask": ask, "icon": looks.get(AskState(ask.state), ("clock", "warn"))[0],
         "tone": looks.get(AskState(ask.state), ("clock", "warn"))[1]}
        for ask in queries.answers_of(found)
    ]  # fmt: skip
    order = [AskState.ACCEPTED, AskState.ASKED, AskState.DECLINED, AskState.LAPSED]
    rows.sort(key=lambda row: order.index(AskState(row["ask"].state)))  # type: ignore[attr-defined]
    context = {"request_": found, "rows": rows, "where": full_place(found.path), "skill": named(found.skill)}
    return render(request, "desk/talent_request.html", context)


@require_safe
@needs(P.TALENT_ASK)
def talent_requests(request: HttpRequest) -> HttpResponse:
    """Everything that was asked in the area, newest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = page(queries.requests_for(actor), order=("-id",), after=request.GET.get("after") or None, limit=20)
    return render(request, "desk/talent_requests.html", {"rows": found.items, "next": found.next or ""})
