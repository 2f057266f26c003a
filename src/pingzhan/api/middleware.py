"""Answers of the framework under /api/ in the API's own form."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from pingzhan.api import problems

Handler = Callable[[HttpRequest], HttpResponse]


class ApiMiddleware:
    """What Django itself refuses (method, host, size) is a problem document too; answers are kept nowhere."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith("/api/"):
            return response
        response.headers.setdefault("Cache-Control", "no-store")
        if response.status_code < HTTPStatus.BAD_REQUEST or response.get("Content-Type", "").startswith(
            problems.MEDIA_TYPE
        ):
            return response
        converted = problems.of_status(response.status_code)
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in response:
                converted[name] = response[name]
        converted["Cache-Control"] = "no-store"
        converted.cookies = response.cookies
        return converted

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, problems.TOO_LARGE) and request.path.startswith("/api/"):
            return problems.of_domain_error(problems.TooLarge())
        return None
