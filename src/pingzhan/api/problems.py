"""Every error as problem details (RFC 9457), whoever raised it."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from pingzhan.core.errors import DomainError, KeyReused, NotAllowed, NotFound, Stale, StateConflict, TooMany

MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/v1/problems/"
# What Django raises while it reads more than settings allow.
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


class BadRequest(DomainError):
    """The request cannot be read at all."""

    status = 400
    title = gettext_lazy("请求无法读取")


class NotSignedIn(DomainError):
    """Nobody is signed in, or the token is not (or no longer) valid."""

    status = 401
    title = gettext_lazy("请先登录")


class UnknownMediaType(DomainError):
    """The body is of a type that is not taken here."""

    status = 415
    title = gettext_lazy("不支持的内容类型")


class TooLarge(DomainError):
    """The body is larger than what is taken."""

    status = 413
    title = gettext_lazy("提交的内容过大")


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of problem: its name in `type`, its status and what it means (English, for developers)."""

    name: str
    status: int
    meaning: str


KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "bad-request",
            400,
            "The request cannot be read: broken JSON, a broken form, or a header that makes no sense.",
        ),
        Kind("not-signed-in", 401, "Send `Authorization: Bearer TOKEN` with a valid token, or sign in."),
        Kind("not-allowed", 403, "You may see the thing but not do this with it."),
        Kind("not-found", 404, "It does not exist, or lies outside of what you may see; the two are not told apart."),
        Kind("method-not-allowed", 405, "The address exists; `Allow` names the methods it takes."),
        Kind("state-conflict", 409, "The thing's state does not allow the step; `allowed` are the states that do."),
        Kind("key-reused", 409, "The Idempotency-Key was used before with another body; take a new one."),
        Kind("stale", 412, "If-Match names a version that is no longer the present one; read the thing again."),
        Kind("too-large", 413, "The body is larger than the server takes."),
        Kind("unknown-media-type", 415, "The body must be JSON, or a form with files where the operation says so."),
        Kind("invalid", 422, "Fields are wrong; `errors` names them."),
        Kind("too-many", 429, "Too often; try again after `Retry-After` seconds."),
        Kind("internal", 500, "The server failed; the operation had no effect."),
    )
}
_SOURCES = (["body"], ["query"], ["path"], ["header"])
_BY_STATUS = {kind.status: kind for kind in reversed(list(KINDS.values()))}
_BY_ERROR: Mapping[type[DomainError], str] = {KeyReused: "key-reused", StateConflict: "state-conflict"}


def problem(
    status: int, *, kind: str = "", title: str = "", detail: str = "", extra: Mapping[str, Any] | None = None
) -> HttpResponse:
    """A problem document. Kind and title follow from the status where none is given."""
    named = KINDS.get(kind) or _BY_STATUS.get(status)
    phrase = HTTPStatus(status).phrase
    document = {
        "type": f"{PREFIX}{named.name}" if named else "about:blank",
        "title": title or phrase,
        "status": status,
        "detail": detail or title or phrase,
        **(extra or {}),
    }
    response = JsonResponse(document, status=status, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = MEDIA_TYPE
    return response


def of_domain_error(error: DomainError) -> HttpResponse:
    """The problem document of a domain error, with the headers that go with it."""
    response = problem(
        error.status,
        kind=_BY_ERROR.get(type(error), ""),
        title=str(error.title),
        detail=str(error.detail),
        extra=_in_body(error.extra()),
    )
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    if error.status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="pingzhan"'
    return response


def _in_body(extra: dict[str, Any]) -> dict[str, Any]:
    """Operations name fields without knowing where they came from: from the body, unless said otherwise."""
    errors = extra.get("errors")
    if errors is None:
        return extra
    placed = [
        {**found, "loc": found["loc"] if found["loc"][:1] in _SOURCES else ["body", *found["loc"]]} for found in errors
    ]
    return {**extra, "errors": placed}


def of_status(status: int) -> HttpResponse:
    """The problem document of an answer that came without one, from the framework."""
    titles = {
        400: BadRequest.title,
        403: NotAllowed.title,
        404: NotFound.title,
        405: _("不支持的请求方法"),
        412: Stale.title,
        413: TooLarge.title,
        500: _("系统出错，请稍后再试"),
    }
    return problem(status, title=str(titles.get(status, "")))


def add_handlers(api: NinjaAPI) -> None:
    """Let `api` answer every error of a caller as a problem document."""

    @api.exception_handler(DomainError)
    def _domain(request: HttpRequest, error: Any) -> HttpResponse:
        return of_domain_error(error)

    @api.exception_handler(ValidationError)
    def _validation(request: HttpRequest, error: Any) -> HttpResponse:
        return of_validation_error(error)

    @api.exception_handler(Http404)
    def _missing(request: HttpRequest, error: Any) -> HttpResponse:
        return of_domain_error(NotFound())

    for too_large in TOO_LARGE:

        @api.exception_handler(too_large)
        def _too_large(request: HttpRequest, error: Any) -> HttpResponse:
            return of_domain_error(TooLarge())

    for unreadable in (MultiPartParserError, SuspiciousOperation):

        @api.exception_handler(unreadable)
        def _unreadable(request: HttpRequest, error: Any) -> HttpResponse:
            return of_domain_error(BadRequest())

    @api.exception_handler(HttpError)
    def _http(request: HttpRequest, error: Any) -> HttpResponse:
        return of_domain_error(NotSignedIn()) if error.status_code == 401 else of_status(error.status_code)


def of_validation_error(error: ValidationError) -> HttpResponse:
    """What pydantic found wrong, field by field; the values themselves are not sent back."""
    errors = [{"loc": _location(found["loc"]), "msg": str(found["msg"])} for found in error.errors]
    return problem(422, title=str(_("填写的内容有误")), extra={"errors": errors})


def _location(loc: Any) -> list[str | int]:
    """["body", "data", "text"] → ["body", "text"]: the name of the Python parameter says nothing to a caller."""
    parts = [part if isinstance(part, int) else str(part) for part in loc]
    return [parts[0], *parts[2:]] if parts[:2] == ["body", "data"] else parts
