"""The chain of organisation: which posts there are at each level, changed by the administrator."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.access.roles import ROLES
from pingzhan.core.errors import DomainError
from pingzhan.people import operations, queries
from pingzhan.people.choices import AppointmentKind
from pingzhan.people.labels import office_label, post_name
from pingzhan.people.rules.chains import CHAINS, PostRule
from pingzhan.places.choices import Level
from pingzhan.places.names import named
from pingzhan.places.queries import tops
from pingzhan.web.guards import needs

if TYPE_CHECKING:
    from pingzhan.people.models import Chain

SPARE = 3  # empty rows for new posts
MOST = 60  # posts of a chain


@require_safe
@needs(P.ACCESS_GRANT)
def chains(request: HttpRequest) -> HttpResponse:
    """The chains that are there, and which one is in force; those that come with the product where none is."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found = queries.chains_in_scope(actor)
    rows = [{"chain": chain, "name": named(chain), "posts": [_shown(post) for post in posts]} for chain, posts in found]
    built_in = [] if rows else [{"name": rule.name, "posts": [_shown(post) for post in rule.posts]} for rule in CHAINS]
    return render(request, "desk/organisation.html", {"rows": rows, "built_in": built_in})


def _shown(post: PostRule) -> dict[str, Any]:
    return {
        "post": post,
        "name": post_name(post),
        "level": Level(post.level).label,
        "office": office_label(post.role, post.kind) if post.role else "",
    }


@require_POST
@needs(P.ACCESS_GRANT)
def load(request: HttpRequest) -> HttpResponse:
    """Take over the chains that come with the product, to change them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    for place in tops(roots(actor, P.ACCESS_GRANT)):
        operations.load_chains(place=place, by=actor, at=request.at)  # type: ignore[attr-defined]
    messages.success(request, _("已载入四级、五级两条组织链，四级的先用着；可以逐条更改。"))
    return redirect("desk:organisation")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.ACCESS_GRANT)
def chain(request: HttpRequest, chain_id: UUID) -> HttpResponse:
    """One chain: change its posts, or put it in force."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found, posts = queries.chain_for(actor, chain_id)
    problem = None
    if request.method == "POST":
        posts = _sent(request)
        try:
            return _done(request, found, posts)
        except DomainError as error:
            problem = error
    blank = PostRule(level="", name="")
    context = {
        "chain": found,
        "name": named(found),
        "rows": [{"number": number, "post": post} for number, post in enumerate([*posts, *[blank] * SPARE])],
        "levels": [(level.value, level.label) for level in Level if level not in (Level.PROVINCE, Level.HOUSEHOLD)],
        "offices": [(role.code, role.label) for role in ROLES.values() if role.code != "resident"],
        "kinds": AppointmentKind.choices,
        "problem": problem,
    }
    return render(request, "desk/organisation_chain.html", context, status=problem.status if problem else 200)


def _done(request: HttpRequest, chain: "Chain", posts: list[PostRule]) -> HttpResponse:
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    if request.POST.get("act") == "in_force":
        operations.put_in_force(chain=chain, by=actor, at=at)
        messages.success(request, _("“%(name)s”已启用，覆盖从现在起按它计算。") % {"name": named(chain)})
        return redirect("desk:organisation")
    seen = request.POST.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 9 else -1
    operations.change_chain(chain=chain, posts=posts, version=version, by=actor, at=at)
    messages.success(request, _("“%(name)s”已保存。") % {"name": named(chain)})
    return redirect("desk:organisation")


def _sent(request: HttpRequest) -> list[PostRule]:
    """The rows of the form that have a name; a row whose name was emptied goes."""
    posts = (_post(request, number) for number in range(MOST))
    return [post for post in posts if post.name]


def _post(request: HttpRequest, number: int) -> PostRule:
    def said(field: str) -> str:
        return request.POST.get(f"{field}-{number}", "").replace("\x00", "").strip()

    return PostRule(
        level=said("level"),
        name=said("name"),
        name_en=said("name_en"),
        body=said("body"),
        role=said("role"),
        kind=said("kind"),
        required=bool(said("required")),
        sole=bool(said("sole")),
        head=bool(said("head")),
    )
