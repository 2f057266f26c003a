"""As whom the caller comes to a matter: by the query code that they show, or by who they are."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.api.callers import ApiRequest, limit_guesses
from pingzhan.api.problems import NotSignedIn
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.sheet import matter_by_code, reporter_actor

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter


def matter_of(request: ApiRequest, number: str, query_code: str | None) -> "tuple[Matter, Actor]":
    """The matter and the actor for whom it is opened.

    Raises NotFound for a wrong number, a wrong code or one outside of the scope, TooMany for many codes tried,
    NotSignedIn for neither code nor token.
    """
    if query_code:
        limit_guesses(request)
        matter = matter_by_code(number, query_code)
        return matter, reporter_actor(matter)
    if request.actor.kind != "user":
        raise NotSignedIn(_("请登录，或提供查询码"))
    return matter_for(request.actor, number), request.actor
