"""Public notices: what was reported, what was done, and no word of who."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from pingzhan.core.paths import paths_above
from pingzhan.matters.queries.lists import notices as notices_page
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.reporter import notice_by_id
from pingzhan.places.choices import Level
from pingzhan.places.names import named
from pingzhan.places.queries import at_level, get_places, names_along
from pingzhan.web.forms.report import category_groups

PAGE = 20


@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """The list, narrowed by street and group; the filters stay in the address."""
    street, category = request.GET.get("street", ""), request.GET.get("category", "")
    after = request.GET.get("after", "")
    place = get_places([street]).get(street) if street else None
    found = notices_page(
        under_path=place.path if place else "", category=category if category in reference().categories else "",
        after=after or None, limit=PAGE,
    )  # fmt: skip
    kept = {name: value for name, value in (("street", street if place else ""), ("category", category)) if value}
    context = {
        "notices": shown_notices(found.items),
        "more": urlencode({**kept, "after": found.next}) if found.next else "",
        "first": not after,
        "filtered": bool(kept),
        "street": street,
        "category": category,
        "streets": [(row.code, row.name) for row in at_level(Level.STREET)],
        "kinds": [(group.code, group.name) for group in category_groups()],
    }
    fragment = request.htmx and not request.htmx.boosted and after  # type: ignore[attr-defined]
    template = "portal/parts/notice_rows.html" if fragment else "portal/notices.html"
    return render(request, template, context)


@require_safe
def notice(request: HttpRequest, notice: UUID) -> HttpResponse:
    """One notice."""
    found = notice_by_id(notice)
    known = reference()
    context = {
        "notice": found,
        "matter": found.matter,
        "where": where([found.path])[found.path],
        "category": named(found.category),
        "handler": named(known.units.get(found.matter.handler_id)) if found.matter.handler_id else "",
        "receiver": named(known.units.get(found.matter.receiver_id)),
        "rating": found.matter.ratings.order_by("-round").first(),
    }
    return render(request, "portal/notice.html", context)


def shown_notices(rows: Iterable[Any]) -> list[dict[str, Any]]:
    """Notices with the street and community they are about; one statement more."""
    rows = list(rows)
    names = where([row.path for row in rows])
    return [{"notice": row, "where": names[row.path], "category": named(row.category)} for row in rows]


def where(paths: list[str]) -> dict[str, str]:
    """Street and community of each path, by path. Nothing finer: a building could tell who reported."""
    short = {path: _public_path(path) for path in paths}
    names = names_along(set(short.values())) if short else {}
    codes = {path: cut.rstrip("/").split("/")[-2:] for path, cut in short.items()}
    return {path: " ".join(names.get(code, "") for code in last) for path, last in codes.items()}


def _public_path(path: str) -> str:
    """The path cut after its community: the codes of finer places have a dash."""
    return next((above for above in reversed(paths_above(path)) if "-" not in above), path)
