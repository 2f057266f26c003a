"""Teams 1+N: which communities have one, who leads it, its groups, and who is proposed for which post."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.core.errors import DomainError, NotFound
from pingzhan.core.paging import page
from pingzhan.people import operations, queries
from pingzhan.people.choices import Focus, NominationWay, TeamPost
from pingzhan.places.choices import Level
from pingzhan.places.names import place_lines
from pingzhan.places.queries import at_level, get_places
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.people.models import Team

PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.MEMBER_VIEW)
def teams(request: HttpRequest) -> HttpResponse:
    """The teams of the actor's area, and the communities that have none yet."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    problem: DomainError | None = None
    if request.method == "POST":
        code = request.POST.get("place", "").replace("\x00", "")
        place = get_places([code]).get(code)
        try:
            if place is None or not can(actor, P.TEAM_MANAGE, place.path):
                raise NotFound(_("请选择本辖区的居村"))
            made = operations.set_up_team(place=place, name=request.POST.get("name", ""), by=actor, at=at)
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("队伍已组建，接着可以分小组、任命队长。"))
            return redirect("desk:member_team", team_id=made.pk)
    found = page(queries.teams_for(actor), order=("path", "id"), after=request.GET.get("after") or None, limit=PAGE)
    rows: list[Any] = found.items
    names = place_lines({row.path for row in rows})
    context = {
        "rows": [{"team": row, "place": names.get(row.path, "")} for row in rows],
        "next": found.next or "",
        "choices": _without(actor),
        "problem": problem,
        "typed": request.POST if problem else {},
    }
    return render(request, "desk/teams.html", context, status=problem.status if problem else 200)


def _without(actor: Actor) -> list[tuple[str, str]]:
    """Communities of the actor's area without a team, at most 300; two statements."""
    within = roots(actor, P.TEAM_MANAGE)
    if not within:
        return []
    have = set(queries.teams_for(actor).order_by("path").values_list("path", flat=True))
    rows = [row for row in at_level(Level.COMMUNITY, within=within)[:600] if row.path not in have]
    return [(row.code, row.name) for row in rows[:300]]


@require_http_methods(["GET", "HEAD"])
@needs(P.MEMBER_VIEW)
def team(request: HttpRequest, team_id: UUID) -> HttpResponse:
    """One team with everybody on it."""
    return _team(request, _of_area(request, team_id))


def _of_area(request: HttpRequest, team_id: UUID) -> "Team":
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.team_for(actor, team_id)
    if not can(actor, P.MEMBER_VIEW, found.path):
        raise NotFound
    return found


def _team(request: HttpRequest, found: "Team", *, problem: DomainError | None = None) -> HttpResponse:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    shown = queries.shown_team(found)
    everybody = [
        *shown.leads, *(one for _group, members in shown.groups for one in members), *shown.others,
    ]  # fmt: skip
    offers = queries.list_in_force("offers", found.path)
    context = {
        "shown": shown,
        "place": place_lines([found.path]).get(found.path, ""),
        "manages": can(actor, P.TEAM_MANAGE, found.path),
        "posts": TeamPost.choices,
        "raised": [choice for choice in TeamPost.choices if choice[0] != TeamPost.MEMBER],
        "groups": [(str(group.pk), group.name) for group, _members in shown.groups],
        "everybody": [(str(one.pk), one.person.name) for one in everybody],
        "focuses": Focus.choices,
        "ways": NominationWay.choices,
        "nominations": queries.open_nominations(found),
        "offers": queries.items_of(offers) if offers else [],
        "problem": problem,
        "typed": request.POST if problem else {},
    }
    return render(request, "desk/member_team.html", context, status=problem.status if problem else 200)


@require_POST
@needs(P.TEAM_MANAGE)
def team_act(request: HttpRequest, team_id: UUID, act: str) -> HttpResponse:
    """Add or end a group, change a post, nominate, decide."""
    found = _of_area(request, team_id)
    doing = ACTS.get(act)
    if doing is None:
        raise NotFound
    try:
        doing(request, found)
    except NotFound:
        raise
    except DomainError as problem:
        return _team(request, found, problem=problem)
    messages.success(request, _("已保存。"))
    return redirect("desk:member_team", team_id=found.pk)


def _group_of(found: "Team", wanted: str) -> Any:
    return next((group for group, _members in queries.shown_team(found).groups if str(group.pk) == wanted), None)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound from None


def _add_group(request: HttpRequest, found: "Team") -> None:
    actor, at, said = request.actor, request.at, request.POST  # type: ignore[attr-defined]
    operations.add_group(team=found, name=said.get("name", ""), focus=said.get("focus", ""), by=actor, at=at)


def _end_group(request: HttpRequest, found: "Team") -> None:
    group = _group_of(found, request.POST.get("group", ""))
    if group is None:
        raise NotFound
    operations.end_group(group=group, by=request.actor, at=request.at)  # type: ignore[attr-defined]


def _post(request: HttpRequest, found: "Team") -> None:
    said = request.POST
    member = queries.member_of(found, _uuid(said.get("member", "")))
    operations.place_member(
        member=member, post=said.get("post", ""), group=_group_of(found, said.get("group", "")),
        by=request.actor, at=request.at,  # type: ignore[attr-defined]
    )  # fmt: skip


def _nominate(request: HttpRequest, found: "Team") -> None:
    said = request.POST
    member = queries.member_of(found, _uuid(said.get("nominee", "")))
    supporters = said.get("supporters", "")
    operations.nominate(
        team=found, person=member.person, post=said.get("for_post", ""), way=said.get("way", ""),
        supporters=int(supporters) if supporters.isdecimal() and len(supporters) < 6 else 0,
        organisation=said.get("organisation", ""), reason=said.get("reason", ""),
        by=request.actor, at=request.at,  # type: ignore[attr-defined]
    )  # fmt: skip


def _decide(request: HttpRequest, found: "Team") -> None:
    wanted = request.POST.get("nomination", "")
    nomination = next((row for row in queries.open_nominations(found) if str(row.pk) == wanted), None)
    if nomination is None:
        raise NotFound
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    operations.decide_nomination(nomination=nomination, appoint=request.POST.get("appoint") == "1", by=actor, at=at)


ACTS = {"group": _add_group, "group-end": _end_group, "post": _post, "nominate": _nominate, "decide": _decide}
