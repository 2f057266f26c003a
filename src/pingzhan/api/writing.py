"""Writes: once for each Idempotency-Key, and only on the version that the caller saw."""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from pingzhan.api.callers import ApiRequest
from pingzhan.api.schemas.common import Out
from pingzhan.core.errors import Stale
from pingzhan.core.idempotency import once

_TAG = re.compile(r'(W/)?"([^"\x00-\x20]*)"')
PUBLIC_OWNER = "public"


def etag(version: int) -> str:
    """The entity tag of a thing in this version."""
    return f'"v{version}"'


def version_wanted(request: ApiRequest, present: int) -> int | None:
    """The version that the caller's If-Match asks for: `present` when it is among them, None without If-Match or for *.

    Raises Stale when the header names others only. A weak tag never matches (RFC 9110, 13.1.1).
    """
    header = request.headers.get("If-Match", "").strip()
    if not header or header == "*":
        return None
    if any(not weak and f'"{tag}"' == etag(present) for weak, tag in _TAG.findall(header)):
        return present
    raise Stale(_("内容刚刚被他人更新，请重新读取后再操作；您填写的没有提交。"))


def owner_of(request: ApiRequest, *, anonymous: bool = False) -> str:
    """Under whose name a key is kept; nothing that could tell who for those who want to stay unknown."""
    if anonymous or request.actor.user_id is None:
        return PUBLIC_OWNER
    return str(request.actor.user_id)


def write(
    request: ApiRequest,
    *,
    route: str,
    owner: str | None = None,
    work: Callable[[], tuple[int, Out]],
    before: Callable[[], None] | None = None,
) -> HttpResponse:
    """Do `work`, which answers (status, body), once for the caller's key, and make the answer.

    `owner`: under whose name the key is kept, the caller's by default. `before` runs first, outside of the transaction,
    and not at all when the answer is known already.
    """

    def plain() -> tuple[int, Any]:
        status, body = work()
        return status, body.model_dump(mode="json")

    answer = once(
        key=request.headers.get("Idempotency-Key"),
        owner=owner or owner_of(request),
        route=route,
        body=getattr(request, "content", b""),  # which json_body leaves; a call without a body has none
        at=request.at,
        work=plain,
        before=before,
    )
    response = JsonResponse(answer.body, status=answer.status, json_dumps_params={"ensure_ascii": False})
    if answer.repeated:
        response["Idempotency-Replayed"] = "true"
    if isinstance(answer.body, dict) and "version" in answer.body:
        response["ETag"] = etag(answer.body["version"])
    return response
