"""Giving and ending rights. Everything else that writes checks its right by `require`."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.models import ApiToken, Grant, Invitation, User
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can, grants_of, invitation, token_digest
from pingzhan.access.roles import ROLES, may_be_lent
from pingzhan.core.db import insert_many
from pingzhan.core.errors import Invalid, NotAllowed, NotFound
from pingzhan.core.ids import random_code, uuid7
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


@transaction.atomic
def account_for_phone(*, phone: str, name: str, by: Actor, at: datetime, path: str) -> User:
    """The account that signs in by codes to `phone`, made if there is none; no rights come with it.

    Part of the caller's operation, which has checked its right. `phone` as normalise_phone gives it.
    """
    index = blind_index(phone, purpose="user.phone")
    found = User.objects.filter(phone_index=index).first()
    if found is not None:
        return found
    user = User(username=f"member-{random_code(10).lower()}", name=name, created_at=at)
    user.phone, user.phone_index = phone, index
    user.set_unusable_password()
    user.save(force_insert=True)
    record(verb="user.create", by=by, at=at, subject_type="user", subject_id=user.pk, place_path=path)
    return user


def belongs_to(*, user: User, subject_id: UUID) -> None:
    """Say whose account it is: the person, system or device with this id. Part of the caller's operation."""
    User.objects.filter(pk=user.pk).update(subject_id=subject_id)


def belongs_to_person(*, user_id: UUID, person_id: UUID) -> None:
    """An account goes over to another entry of the same person. Part of the caller's operation."""
    User.objects.filter(pk=user_id).update(subject_id=person_id)


def shut(*, user_id: UUID, at: datetime) -> None:
    """Let an account in no longer, its owner having another one. Part of the caller's operation."""
    User.objects.filter(pk=user_id).update(is_active=False)
    Invitation.objects.filter(user=user_id, used_at__isnull=True).update(used_at=at)


def reopen(*, user_id: UUID) -> None:
    """Undo `shut`. Part of the caller's operation."""
    User.objects.filter(pk=user_id).update(is_active=True)


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
        _may_give(by, role, path)
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


# --- rights that an emergency widens ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EmergencyGrant:
    """A role that a response gives to a user under a path, until the response ends."""

    user_id: UUID
    role: str
    path: str
    unit_id: UUID | None = None


_GRANT_FIELDS = ("id", "user_id", "role", "path", "unit_id", "response_id", "since", "until", "reason")


@transaction.atomic
def grant_for_response(
    grants: Iterable[EmergencyGrant], *, response_id: UUID, until: datetime, by: Actor, at: datetime
) -> int:
    """Widen rights for one response, in bulk; returns how many.

    Whoever starts a response need not hold these rights: the plan, which others reviewed, says who gets which. They
    end at `until` by themselves, whatever else happens, since the resolver asks for the date at every request.
    """
    rows = []
    wanted = dict.fromkeys(grants)
    for path in {one.path for one in wanted}:
        require(by, Permission.RESPONSE_ACTIVATE, path)
    for one in wanted:
        if one.role not in ROLES:
            raise Invalid(_("没有这个角色"), errors=[{"loc": ["role"], "msg": _("没有这个角色")}])
        if not may_be_lent(one.role):
            message = _("这个角色能任命他人或授予权限，不能随响应临时授予")
            raise Invalid(message, errors=[{"loc": ["role"], "msg": message}])
        if ROLES[one.role].by_unit and one.unit_id is None:
            raise Invalid(_("该角色须指明所属单位"), errors=[{"loc": ["unit_id"], "msg": _("请选择单位")}])
        rows.append((uuid7(), one.user_id, one.role, one.path, one.unit_id, response_id, at, until, "response"))
    insert_many(Grant, _GRANT_FIELDS, rows)
    if rows:
        record(
            verb="access.grant_for_response", by=by, at=at, subject_type="response", subject_id=response_id,
            place_path=min(row[3] for row in rows), count=len(rows),
        )  # fmt: skip
    return len(rows)


@transaction.atomic
def replace_for_response(
    grants: Iterable[EmergencyGrant], *, response_id: UUID, until: datetime, by: Actor, at: datetime
) -> None:
    """Let exactly `grants` be what the response gives from `at` on; those that it gave already go on."""
    wanted = dict.fromkeys(grants)
    over = []
    for grant in Grant.objects.filter(response_id=response_id, until__gt=at).order_by("id"):
        key = EmergencyGrant(grant.user_id, grant.role, grant.path, grant.unit_id)
        if key in wanted:
            del wanted[key]
        else:
            over.append(grant.pk)
    for start in range(0, len(over), 500):
        Grant.objects.filter(pk__in=over[start : start + 500]).update(until=at)
    grant_for_response(wanted, response_id=response_id, until=until, by=by, at=at)


def widen_also(*, user_id: UUID, like: UUID, at: datetime) -> list[str]:
    """Give a user what responses in force give to another account of the same person; ids of the new grants.

    Part of the caller's operation. What the user is given already is not given twice.
    """
    rights = ("role", "path", "unit_id", "response_id")
    given = Grant.objects.filter(response_id__isnull=False, until__gt=at)
    held = set(given.filter(user=user_id).order_by().values_list(*rights))
    made = [
        Grant(
            id=uuid7(at), user_id=user_id, role=row.role, path=row.path, unit_id=row.unit_id,
            response_id=row.response_id, since=at, until=row.until, reason=row.reason,
        )
        for row in given.filter(user=like).order_by("id")
        if (row.role, row.path, row.unit_id, row.response_id) not in held
    ]  # fmt: skip
    Grant.objects.bulk_create(made)
    return [str(row.pk) for row in made]


def narrow_again(*, grants: Iterable[str], at: datetime) -> None:
    """End what `widen_also` gave. Part of the caller's operation."""
    Grant.objects.filter(pk__in=list(grants), until__gt=at).update(until=Greatest(F("since"), at))


def extend_for_response(*, response_id: UUID, before: datetime, until: datetime) -> None:
    """Let what the response gives last until `until` instead of `before`; part of the operation that renews it."""
    Grant.objects.filter(response_id=response_id, until=before).update(until=until)


def end_for_response(*, response_id: UUID, at: datetime) -> None:
    """End every right that the response gave; part of the operation that ends it."""
    Grant.objects.filter(response_id=response_id, until__gt=at).update(until=at)


def _may_give(by: Actor, role: str, path: str) -> None:
    """Raise NotAllowed unless `by` may give this role there: by the right to grant, or by holding all that it has."""
    if can(by, Permission.ACCESS_GRANT, path):
        return
    require(by, Permission.APPOINT, path)
    for permission in ROLES[role].permissions:
        require(by, permission, path)


# --- the first sign-in ----------------------------------------------------------------------------------------------

INVITED_FOR = timedelta(days=3)


@transaction.atomic
def invite(*, user: User, path: str, by: Actor, at: datetime) -> str:
    """A new one-time link of `user` to choose a password, valid for three days; the one before ends. Returns its token.

    `path` is where their file is kept. Whoever hands out the way into an account must be entitled to give everything
    that the account holds: otherwise a new link would be a way to rights that are not one's own.
    """
    if user.subject_kind != User.Subject.PERSON or user.subject_id is None:
        raise NotAllowed(_("只有工作人员的账号可以发登录链接"))
    if by.kind != "system":
        _may_look_after(user, path, by, at)
    token = secrets.token_urlsafe(24)
    Invitation.objects.filter(user=user, used_at__isnull=True).update(used_at=at)
    Invitation.objects.create(digest=token_digest(token), user=user, created_at=at, until=at + INVITED_FOR)
    record(verb="user.invite", by=by, at=at, subject_type="user", subject_id=user.pk, place_path=path)
    return token


@transaction.atomic
def join(*, token: str, password: str, at: datetime) -> User:
    """Choose the first password by a one-time link. Raises NotFound when it is unknown, used or too old."""
    found = invitation(token, at=at)
    if found is None or not Invitation.objects.filter(pk=found.pk, used_at__isnull=True).update(used_at=at):
        raise NotFound(_("链接已失效，请向发链接的人再要一个。"))
    user = found.user
    user.set_password(password)
    user.save(update_fields=["password"])
    record(verb="user.join", by=Actor("user", user.pk, user.name), at=at, subject_type="user", subject_id=user.pk)
    return user


@transaction.atomic
def set_active(*, user: User, active: bool, path: str, by: Actor, at: datetime) -> None:
    """Let an account in, or no longer; what it holds stays as it is. Open links of a closed one end."""
    if by.kind != "system":
        _may_look_after(user, path, by, at)
    if User.objects.filter(pk=user.pk).exclude(is_active=active).update(is_active=active):
        if not active:
            Invitation.objects.filter(user=user, used_at__isnull=True).update(used_at=at)
        record(
            verb="user.open" if active else "user.close", by=by, at=at, subject_type="user", subject_id=user.pk,
            place_path=path,
        )  # fmt: skip


def _may_look_after(user: User, path: str, by: Actor, at: datetime) -> None:
    """Raise NotAllowed unless `by` appoints where the file is kept and could give every role that the user holds."""
    require(by, Permission.APPOINT, path)
    if by.user_id == user.pk:
        raise NotAllowed(_("不能处理自己的账号，请找上级管理员"))
    for role, at_path in grants_of(user, at=at):
        _may_give(by, role, at_path)
