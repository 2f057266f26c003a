"""Having shown a query code, remembered by the visitor's own browser.

A signed cookie names the matters whose code was shown (or that were reported) here. Nothing of it is kept on the
server, not even in a session: that would tie an anonymous report to whoever is signed in. It ends with the browser's
session, after twelve hours at the latest, or when the visitor says so.
"""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from pingzhan.matters.queries.reporter import matter_shown

COOKIE = "shown"
_SALT = "pingzhan.web.portal.proof"
MOST = 20  # matters remembered; the oldest go first
MAX_AGE_SECONDS = 12 * 3600


def shown(request: HttpRequest) -> list[UUID]:
    """The matters whose code was shown in this browser, the latest last; a forged or old cookie counts for nothing."""
    value = request.COOKIES.get(COOKIE, "")
    if not value:
        return []
    try:
        ids = signing.loads(value, salt=_SALT, max_age=MAX_AGE_SECONDS)
        return [UUID(hex=str(one)) for one in ids]
    except (signing.BadSignature, ValueError, TypeError):
        return []


def remember(request: HttpRequest, response: HttpResponse, matter_id: UUID) -> None:
    """Put `matter_id` among those shown."""
    ids = [one for one in shown(request) if one != matter_id] + [matter_id]
    response.set_cookie(
        COOKIE,
        signing.dumps([one.hex for one in ids[-MOST:]], salt=_SALT, compress=True),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def forget(response: HttpResponse) -> None:
    """Nothing was shown here."""
    response.delete_cookie(COOKIE, samesite="Lax")


def proven(request: HttpRequest, number: str) -> Any:
    """The matter with this number if its code was shown in this browser, or None."""
    return matter_shown(shown(request), number)
