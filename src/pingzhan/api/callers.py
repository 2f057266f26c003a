"""Who calls: by bearer token, by the session of a signed-in browser, or nobody in particular.

Whoever it is, the operation finds the actor in `request.actor` and the moment in `request.at`.
"""

from datetime import datetime
from typing import Any, ClassVar, NoReturn

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer, SessionAuth
from ninja.utils import check_csrf

from pingzhan.access.actors import Actor
from pingzhan.access.queries import actor_for, user_of_token
from pingzhan.api.problems import NotSignedIn
from pingzhan.core.client_address import client_address
from pingzhan.core.errors import NotAllowed
from pingzhan.core.flood import check


class ApiRequest(HttpRequest):
    """A request as the middleware and the callers below leave it."""

    actor: Actor
    at: datetime
    by_token: bool


class Bearer(HttpBearer):
    """`Authorization: Bearer TOKEN`; a token that is not valid is refused even where none is needed."""

    def __call__(self, request: HttpRequest) -> Any:
        if request.headers.get("Authorization"):
            return super().__call__(request) or self._refuse()
        return None

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        assert isinstance(request, HttpRequest)
        user = user_of_token(token, at=request.at) if token else None  # type: ignore[attr-defined]
        if user is None:
            self._refuse()
        request.actor = actor_for(user, at=request.at)  # type: ignore[attr-defined]
        request.by_token = True  # type: ignore[attr-defined]
        return request.actor  # type: ignore[attr-defined]

    def _refuse(self) -> NoReturn:
        raise NotSignedIn(_("令牌无效或已过期，请换一个有效的令牌"))


class Session(SessionAuth):
    """The session of a signed-in browser; writes need its CSRF token. The actor was resolved by the middleware."""

    def __init__(self) -> None:
        super().__init__(csrf=False)  # checked below, and only for those who are signed in

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        if key is None or not request.user.is_authenticated:
            return None
        check_csrf_of(request)
        request.by_token = False  # type: ignore[attr-defined]
        return actor if (actor := request.actor).kind == "user" else None  # type: ignore[attr-defined]


class Anyone:
    """Nobody in particular: public operations."""

    openapi_security_schema: ClassVar[dict[str, str]] = {}  # stands for none; see openapi.complete

    def __call__(self, request: HttpRequest) -> Any:
        return request.actor  # type: ignore[attr-defined]


def check_csrf_of(request: HttpRequest) -> None:
    """Raise NotAllowed for a write of a session that does not carry its CSRF token."""
    if check_csrf(request) is not None:
        raise NotAllowed(_("缺少跨站请求校验码，请刷新页面后再提交"))


SIGNED_IN = [Bearer(), Session()]
PUBLIC = [Bearer(), Session(), Anyone()]


def limit_reports(request: ApiRequest) -> None:
    """Count a public report; staff enter what others tell them and are not limited. Raises TooMany."""
    if not request.actor.is_staff:
        check("report", client_address(request), limit=settings.FLOOD_REPORTS_PER_MINUTE)


def limit_guesses(request: ApiRequest) -> None:
    """Count a use of a query code, so that nobody tries out many. Raises TooMany."""
    check("query", client_address(request), limit=settings.FLOOD_QUERIES_PER_MINUTE)


def limit_hints(request: ApiRequest) -> None:
    """Count a question for the like of a report, which reads many; twice as often as a code. Raises TooMany."""
    check("similar", client_address(request), limit=settings.FLOOD_QUERIES_PER_MINUTE * 2)
