"""Who may open the field pages."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from pingzhan.access.permissions import Permission
from pingzhan.core.errors import NotFound

View = Callable[..., HttpResponse]


def field_worker(view: View) -> View:
    """Signed in and with matters to see; others are asked to sign in, or told that there is nothing here."""

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = request.actor  # type: ignore[attr-defined]
        if actor.user_id is None:
            return redirect_to_login(request.get_full_path())
        if not actor.holding(Permission.MATTER_VIEW):
            raise NotFound
        return view(request, *args, **kwargs)

    return checked
