"""Errors of the domain: each says what happened and what to do, and carries its HTTP status (RFC 9457)."""

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


class DomainError(Exception):
    """Something that the caller can understand and act on."""

    status: ClassVar[int] = 400
    title: Any = _("请求无法完成")

    def __init__(self, detail: Any = "") -> None:
        super().__init__(detail)
        self.detail = detail or self.title

    def extra(self) -> dict[str, Any]:
        """Further members of the problem document."""
        return {}


class NotAllowed(DomainError):
    """The actor is known but may not do this here."""

    status = 403
    title = _("没有权限")


class NotFound(DomainError):
    """Not there, or outside the actor's scope: the two are not told apart."""

    status = 404
    title = _("未找到")


class StateConflict(DomainError):
    """The thing's state does not allow the step; `allowed` are the states that do."""

    status = 409
    title = _("当前状态不允许此操作")

    def __init__(self, detail: Any = "", *, allowed: list[str] | None = None, current: str = "") -> None:
        super().__init__(detail)
        self.allowed = allowed or []
        self.current = current

    def extra(self) -> dict[str, Any]:
        return {"allowed": self.allowed, "current": self.current}


class KeyReused(DomainError):
    """An idempotency key came again with another body."""

    status = 409
    title = _("同一个请求编号已用于不同的内容")


class Stale(DomainError):
    """Somebody else changed the thing meanwhile (If-Match did not match)."""

    status = 412
    title = _("内容已被他人更新")


class Invalid(DomainError):
    """Bad input; `errors` name the fields as [{"loc": [...], "msg": ...}]."""

    status = 422
    title = _("填写的内容有误")

    def __init__(self, detail: Any = "", *, errors: list[dict[str, Any]] | None = None) -> None:
        super().__init__(detail)
        self.errors = errors or []

    def extra(self) -> dict[str, Any]:
        return {"errors": self.errors}


class TooMany(DomainError):
    """Too often; try again after `retry_after` seconds."""

    status = 429
    title = _("操作太频繁，请稍后再试")

    def __init__(self, detail: Any = "", *, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after
