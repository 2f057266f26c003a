"""Who may open a page at all. What they then see and do is settled by queries and operations."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.cache import add_never_cache_headers

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission

View = Callable[..., HttpResponseBase]


def needs(*permissions: Permission) -> Callable[[View], View]:
    """Signed in and holding one of `permissions` somewhere: otherwise the sign-in page, or a 404."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            actor: Actor = request.actor  # type: ignore[attr-defined]
            if actor.kind != "user":
                return HttpResponseRedirect(f"{settings.LOGIN_URL}?{urlencode({'next': request.get_full_path()})}")
            if not any(actor.holding(permission) for permission in permissions):
                raise Http404
            response = view(request, *args, **kwargs)
            add_never_cache_headers(response)  # pages of work must not lie in a shared computer after signing out
            return response

        return guarded

    return decorate
