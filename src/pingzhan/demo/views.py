"""Doors of the demo. None of them exists in a real installation."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from pingzhan.access.models import User
from pingzhan.access.roles import ROLES
from pingzhan.core.outbox import recent
from pingzhan.demo.accounts import ACCOUNTS, demo_accounts, enter_token, entering

View = Callable[..., HttpResponse]


def demo_only(view: View) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@demo_only
def index(request: HttpRequest) -> HttpResponse:
    """One sign-in link a role."""
    rows = [
        {"account": row, "label": ROLES[row.role].label, "who": ACCOUNTS[row.username][1], "token": enter_token(row.username)}
        for row in demo_accounts()
    ]
    return render(request, "demo/index.html", {"rows": rows})


@require_safe
@demo_only
def enter(request: HttpRequest, token: str) -> HttpResponse:
    """Sign in as a demo account."""
    username = entering(token)
    user = User.objects.filter(username=username, is_active=True).first() if username else None
    if user is None:
        raise Http404
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")
    if Authenticator.objects.filter(user=user).exists():
        # The demo's link stands in for password and code of roles that need a second factor.
        request.session["account_authentication_methods"] = [{"method": "mfa", "at": request.at.timestamp()}]  # type: ignore[attr-defined]
    return redirect("home")


@require_safe
@demo_only
def messages(request: HttpRequest) -> HttpResponse:
    """The last messages that a gateway would have sent: the one-time codes are read here."""
    return render(request, "demo/messages.html", {"rows": recent(limit=30, channel="sms")})
