"""Giving and ending rights. Everything else that writes checks its right by `require`."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.models import ApiToken, Grant, User
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can, token_digest
from pingzhan.access.roles import ROLES
from pingzhan.core.errors import Invalid, NotAllowed
from pingzhan.core.sealed import blind_index, normalise_phone
from pingzhan.journal.operations import record


def require(by: Actor, permission: Permission, path: str, *, unit_id: UUID | None = None) -> None:
    """Raise NotAllowed unless `by` has `permission` there."""
    if not can(by, permission, path, unit_id=unit_id):
        raise NotAllowed(_("您在这里没有进行此操作的权限；如有需要，请联系所在单位的管理员。"))


@transaction.atomic
def create_user(
    *, username: str, name: str, by: Actor, at: datetime, path: str = "", phone: str = "", password: str | None = None
) -> User:
    """A new user; `path` is where the creator must hold the right to appoint ("" only for the system itself)."""
    if by.kind != "system":
        require(by, Permission.APPOINT, path)
    if User.objects.filter(username=username).exists():
        raise Invalid(_("该账号已存在"), errors=[{"loc": ["username"], "msg": _("该账号已存在")}])
    user = User(username=username, name=name, created_at=at)
    if phone:
        user.phone = normalise_phone(phone)
        user.phone_index = blind_index(normalise_phone(phone), purpose="user.phone")
    user.set_password(password) if password else user.set_unusable_password()
    user.save(force_insert=True)
    record(verb="user.create", by=by, at=at, subject_type="user", subject_id=user.pk, place_path=path)
    return user


def belongs_to(*, user: User, subject_id: UUID) -> None:
    """Say whose account it is: the person, system or device with this id. Part of the caller's operation."""
    User.objects.filter(pk=user.pk).update(subject_id=subject_id)


@transaction.atomic
def grant(
    *,
    user: User,
    role: str,
    path: str,
    by: Actor,
    at: datetime,
    unit_id: UUID | None = None,
    until: datetime | None = None,
    reason: str = "",
) -> Grant:
    """Give `user` a role under `path` from `at`. Nobody gives away a right that they do not hold there themselves."""
    if role not in ROLES:
        raise Invalid(_("没有这个角色"), errors=[{"loc": ["role"], "msg": _("没有这个角色")}])
    definition = ROLES[role]
    if definition.by_unit and unit_id is None:
        raise Invalid(_("该角色须指明所属单位"), errors=[{"loc": ["unit_id"], "msg": _("请选择单位")}])
    if by.kind != "system":
        if not can(by, Permission.ACCESS_GRANT, path):
            require(by, Permission.APPOINT, path)
            for permission in definition.permissions:
                require(by, permission, path)
        if by.user_id == user.pk:
            raise NotAllowed(_("不能给自己授权"))
    given = Grant.objects.create(user=user, role=role, path=path, unit_id=unit_id, since=at, until=until, reason=reason)
    record(
        verb="access.grant", by=by, at=at, subject_type="user", subject_id=user.pk, place_path=path, to_state=role,
        grant=str(given.pk), unit=str(unit_id or ""),
    )  # fmt: skip
    return given


@transaction.atomic
def revoke(*, grant: Grant, by: Actor, at: datetime, reason: str) -> None:
    """End a grant now; sessions and tokens feel it at their next request."""
    if by.kind != "system" and not can(by, Permission.ACCESS_GRANT, grant.path):
        require(by, Permission.APPOINT, grant.path)
    ended = Grant.objects.filter(pk=grant.pk, since__lte=at).exclude(until__lte=at).update(until=at, reason=reason)
    if ended:
        record(
            verb="access.revoke", by=by, at=at, subject_type="user", subject_id=grant.user_id, place_path=grant.path,
            from_state=grant.role, grant=str(grant.pk),
        )  # fmt: skip


@transaction.atomic
def issue_token(*, user: User, label: str, by: Actor, at: datetime, days: int = 365) -> str:
    """A new bearer token of `user`, shown once; only its digest is kept."""
    if by.kind != "system" and by.user_id != user.pk:
        raise NotAllowed(_("只能为自己的账号生成令牌"))
    token = "pz_" + secrets.token_urlsafe(32)
    ApiToken.objects.create(
        digest=token_digest(token), user=user, label=label, created_at=at, until=at + timedelta(days=days)
    )
    record(verb="access.token", by=by, at=at, subject_type="user", subject_id=user.pk)
    return token
