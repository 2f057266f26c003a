"""What every request is given: a language, an actor, and errors in words."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation

from pingzhan.access.actors import ANONYMOUS, Actor
from pingzhan.access.queries import actor_for
from pingzhan.access.second_factor import signed_in_twice
from pingzhan.core.clock import now
from pingzhan.core.errors import DomainError, TooMany

Handler = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """The cookie decides; without one Chinese, or English where the browser asks for it and not for Chinese."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in dict(settings.LANGUAGES):
            wanted = request.headers.get("Accept-Language", "").lower()
            language = "en" if wanted.startswith("en") and "zh" not in wanted else "zh-hans"
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", "zh-Hans" if language == "zh-hans" else "en")
        return response


class ActorMiddleware:
    """request.actor: who is asking, with the roles in force now. Resolved on first use, one statement."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.at = now()  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        request.actor = current_actor(request)  # type: ignore[attr-defined]


def current_actor(request: HttpRequest) -> Actor:
    if not request.user.is_authenticated:
        return ANONYMOUS
    return actor_for(request.user, at=request.at)  # type: ignore[attr-defined]


class SecondFactorMiddleware:
    """Roles that need a second factor get no further than setting it up; a session without it is not theirs."""

    OPEN = ("/accounts/", "/static/", "/healthz", "/readyz", "/prefs/", "/demo/")

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        actor: Actor = request.actor  # type: ignore[attr-defined]
        if not actor.mfa_required or request.path.startswith(self.OPEN) or signed_in_twice(request.session):
            return None
        if request.path.startswith("/api/"):
            request.actor = ANONYMOUS  # type: ignore[attr-defined]
            return None
        return HttpResponseRedirect(reverse("mfa_activate_totp"))


class DomainErrorMiddleware:
    """A domain error on a page becomes a page that says what happened and what to do."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError) or request.path.startswith("/api/"):
            return None
        response = render(request, "problem.html", {"problem": exception}, status=exception.status)
        if isinstance(exception, TooMany):
            response["Retry-After"] = str(exception.retry_after)
        return response
