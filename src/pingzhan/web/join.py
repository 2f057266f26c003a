"""The first sign-in of a new colleague: a one-time link, a password of their own choice."""

from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from pingzhan.access.operations import join as join_by
from pingzhan.access.queries import invitation
from pingzhan.core import flood
from pingzhan.core.client_address import client_address
from pingzhan.core.errors import Invalid, NotFound


@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Choose a password and be signed in; a link that was used or is too old says whom to ask."""
    flood.check("join", client_address(request), limit=settings.FLOOD_QUERIES_PER_MINUTE)
    found = invitation(token, at=request.at)  # type: ignore[attr-defined]
    if found is None:
        raise NotFound(_("链接已失效或已用过。请向给您链接的人再要一个；已设过密码的，直接登录即可。"))
    problem = None
    if request.method == "POST":
        password = request.POST.get("password", "")
        problem = _wrong(password, request.POST.get("again", ""), found.user)
        if problem is None:
            user = join_by(token=token, password=password, at=request.at)  # type: ignore[attr-defined]
            login(request, user, backend="django.contrib.auth.backends.ModelBackend")
            return redirect("home")
    context: dict[str, Any] = {
        "username": found.user.username,
        "name": found.user.name,
        "problem": problem,
        "typed": {},
    }
    return render(request, "account/join.html", context, status=422 if problem else 200)


def _wrong(password: str, again: str, user: object) -> Invalid | None:
    try:
        validate_password(password, user)  # type: ignore[arg-type]
    except ValidationError as error:
        return Invalid(errors=[{"loc": ["password"], "msg": message} for message in error.messages])
    if password != again:
        return Invalid(errors=[{"loc": ["again"], "msg": _("两次输入的密码不一样")}])
    return None
