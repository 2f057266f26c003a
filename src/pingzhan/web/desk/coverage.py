"""Coverage: which places have whom, as figures, on a map and day by day; the gaps, and filling them on the spot."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can, roots
from pingzhan.core.errors import DomainError
from pingzhan.people import operations, queries
from pingzhan.people.labels import post_name
from pingzhan.people.rules.chains import PostRule
from pingzhan.places.choices import Level
from pingzhan.places.names import place_lines
from pingzhan.places.queries import children, get_place
from pingzhan.web.desk.appointing import day_end
from pingzhan.web.desk.links import show_link
from pingzhan.web.desk.offices import office_rows
from pingzhan.web.forms.chosen import narrowing, own_code
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.people.queries import Figure
    from pingzhan.places.models import Place

TREND_DAYS = 60
PAGE = 50
FIRST = 6  # holders shown at once
# The size of a trend's picture.
WIDTH, HEIGHT = 120, 28


def asked_place(request: HttpRequest) -> "Place":
    """The place of the address, within the actor's area; the actor's own without one. Raises NotFound."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    code = request.GET.get("place", "").replace("\x00", "") or own_code(actor, P.COVERAGE_VIEW)
    return get_place(code, within=roots(actor, P.COVERAGE_VIEW))


@require_safe
@needs(P.COVERAGE_VIEW)
def coverage(request: HttpRequest) -> HttpResponse:
    """The figures of a place, and of each place directly below it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    place = asked_place(request)
    posts = queries.required_posts(place.path, level=place.level)
    since = timezone.localtime(request.at).date() - timedelta(days=TREND_DAYS)  # type: ignore[attr-defined]
    days = queries.trend(place.path, since=since)
    figures = queries.coverage(place.path, posts)
    holders = office_rows(queries.holders_at(place), actor)
    context = {
        "place": place,
        "level": Level(place.level).label,
        "up": _up(place, actor),
        "figures": [
            {
                "figure": figure,
                "name": post_name(figure.post),
                "url": gaps_url(place.code, figure.post),
                "trend": sparkline(days.get(figure.post.key, [])),
            }
            for figure in figures
            if figure.total
        ],
        "rows": _below(place, posts),
        "heads": [post_name(post) for post in posts if post.level != place.level],
        "estates": queries.coverage_by_estate(place, posts) if place.level == Level.COMMUNITY else [],
        "estate_heads": [post_name(post) for post in posts if post.level in (Level.GRID, Level.BUILDING)],
        "holders": holders[:FIRST],
        "more_holders": holders[FIRST:],
        "vacant": [
            _vacancy(place, figure, actor) for figure in figures if figure.post.level == place.level and figure.gaps
        ],
        "strength": queries.strength(place.path).get(place.path, (0, 0, 0)) if place.level == Level.GRID else None,
        "places": narrowing(actor, P.COVERAGE_VIEW, place.code),
        "can_set": bool(actor.holding(P.ACCESS_GRANT)),
        "under": place.code if place.level in (Level.STREET, Level.COMMUNITY) else "",
        "has_map": place.level in (Level.DISTRICT, Level.STREET, Level.COMMUNITY),
    }
    return render(request, "desk/coverage.html", context)


def gaps_url(code: str, post: PostRule) -> str:
    """The list of what lacks the post at a place."""
    query = QueryDict(mutable=True)
    query.update({"place": code, "post": ".".join(post.key)})
    return f"{reverse('desk:gaps')}?{query.urlencode()}"


def fill_url(code: str, post: PostRule, back: str) -> str:
    """Where the post is filled at a place."""
    query = QueryDict(mutable=True)
    query.update({"place": code, "post": ".".join(post.key), "next": back})
    return f"{reverse('desk:fill')}?{query.urlencode()}"


def _up(place: "Place", actor: Actor) -> str:
    """The code of the place above, where that is still the actor's area."""
    codes = place.path.rstrip("/").split("/")
    above = "/".join(codes[:-1]) + "/"
    return codes[-2] if len(codes) > 1 and can(actor, P.COVERAGE_VIEW, above) else ""


def _below(place: "Place", posts: list[PostRule]) -> list[dict[str, Any]]:
    """A row for each place directly below, the worst covered first; households are nobody's figure."""
    if place.level == Level.BUILDING:
        return []
    below = queries.coverage_below(place.path, posts)
    one_x_n = queries.strength(place.path) if place.level == Level.COMMUNITY else {}
    rows = []
    for child in children(place):
        figures = [figure for figure in below.get(child.path, []) if figure.post.level != place.level]
        total = sum(figure.total for figure in figures)
        gaps = sum(figure.gaps for figure in figures)
        rows.append(
            {
                "place": child,
                "cells": [{"figure": figure, "url": gaps_url(child.code, figure.post)} for figure in figures],
                "percent": (total - gaps) * 100 // total if total else 100,
                "gaps": gaps,
                "strength": one_x_n.get(child.path, (0, 0, 0)) if place.level == Level.COMMUNITY else None,
            }
        )
    return sorted(rows, key=lambda row: (row["percent"], row["place"].code))


def _vacancy(place: "Place", figure: "Figure", actor: Actor) -> dict[str, Any]:
    back = f"{reverse('desk:coverage')}?place={place.code}"
    url = fill_url(place.code, figure.post, back) if can(actor, P.APPOINT, place.path) else ""
    return {"name": post_name(figure.post), "url": url}


def sparkline(days: list[tuple[date, int, int]]) -> dict[str, Any] | None:
    """A line of shares over the days as points of a polyline, with the first and the last in words; None for one day.

    The line's foot is the lowest share shown, so that small steps are seen; the words say the numbers.
    """
    if len(days) < 2:
        return None
    shares = [covered / total if total else 1.0 for _day, total, covered in days]
    low, high = min(shares), max(max(shares), min(shares) + 0.02)
    step = WIDTH / (len(shares) - 1)
    points = " ".join(
        f"{index * step:.1f},{HEIGHT - 2 - (share - low) / (high - low) * (HEIGHT - 4):.1f}"
        for index, share in enumerate(shares)
    )
    return {
        "points": points,
        "width": WIDTH,
        "height": HEIGHT,
        "first": int(shares[0] * 100),
        "last": int(shares[-1] * 100),
        "since": days[0][0],
    }


@require_safe
@needs(P.COVERAGE_VIEW)
def gaps(request: HttpRequest) -> HttpResponse:
    """The places that lack a post, each with the way to fill it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    place = asked_place(request)
    post = queries.post_of(place.path, request.GET.get("post", ""))
    found = queries.gaps_page(place.path, post, after=request.GET.get("after"), limit=PAGE)
    lines = place_lines([one.path for one in found.items])
    back = request.get_full_path()
    figure = queries.coverage(place.path, [post])[0]
    context = {
        "place": place,
        "name": post_name(post),
        "figure": figure,
        "rows": [
            {
                "place": one,
                "line": lines[one.path],
                "url": fill_url(one.code, post, back) if can(actor, P.APPOINT, one.path) else "",
            }
            for one in found.items
        ],
        "next": found.next or "",
        "post": request.GET.get("post", ""),
        "leaders": post.role == "building_leader" and bool(actor.holding(P.APPOINT)),
    }
    return render(request, "desk/gaps.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.APPOINT)
def fill(request: HttpRequest) -> HttpResponse:
    """Appoint somebody to a vacant post, right from the gap."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    place = get_place(request.GET.get("place", "").replace("\x00", ""), within=roots(actor, P.APPOINT))
    post = queries.post_of(place.path, request.GET.get("post", ""))
    asked = request.GET.get("next", "")
    back = asked if asked.startswith("/desk/coverage/") else f"{reverse('desk:coverage')}?place={place.code}"
    problem = None
    if request.method == "POST":
        said = {name: value.replace("\x00", "") for name, value in request.POST.dict().items()}
        try:
            appointment, token = operations.take_on(
                name=said.get("name", ""),
                phone=said.get("phone", ""),
                username=said.get("username", ""),
                role=post.role,
                kind=post.kind,
                place=place,
                acting=bool(said.get("acting")),
                term_until=day_end(said.get("term_until", "")),
                by=actor,
                at=request.at,  # type: ignore[attr-defined]
            )
        except DomainError as error:
            problem = error
        else:
            if token:
                return show_link(request, appointment.person, token)
            messages.success(
                request,
                _("%(name)s 已任%(office)s。") % {"name": appointment.person.name, "office": post_name(post)},
            )
            return redirect(back)
    context = {
        "place": place,
        "line": place_lines([place.path])[place.path],
        "name": post_name(post),
        "before": office_rows(queries.last_holders(place, post.role, post.kind), actor),
        "problem": problem,
        "typed": request.POST,
        "back": back,
    }
    return render(request, "desk/fill.html", context, status=problem.status if problem else 200)
