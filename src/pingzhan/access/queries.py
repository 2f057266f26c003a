"""The one resolver of rights: pages, API, search, export and operations all ask here."""

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q

from pingzhan.access.actors import ANONYMOUS, Actor, Held
from pingzhan.access.models import ApiToken, Grant, Invitation, User
from pingzhan.access.permissions import Permission
from pingzhan.access.roles import ROLES
from pingzhan.core.db import under
from pingzhan.core.errors import NotFound
from pingzhan.core.sealed import blind_index, normalise_phone


def actor_for(user: User, *, at: datetime) -> Actor:
    """The actor of a signed-in user with the roles in force at `at`; one statement."""
    if not user.is_active:
        return ANONYMOUS
    grants = Grant.objects.filter(Q(until__isnull=True) | Q(until__gt=at), user=user, since__lte=at)
    rows = grants.order_by("path", "role").values_list("role", "path", "unit_id", "response_id")
    held = tuple(
        Held(role, path, unit_id, lent=response is not None) for role, path, unit_id, response in rows if role in ROLES
    )
    return Actor("user", user.pk, user.name, held)


def get_user(user_id: UUID) -> User:
    """The user with this id; raises NotFound."""
    found = User.objects.filter(pk=user_id).first()
    if found is None:
        raise NotFound
    return found


def user_named(username: str) -> User | None:
    """The active user with this name to sign in; None if there is none."""
    return User.objects.filter(username=username, is_active=True).first()


def get_grant(grant_id: UUID) -> Grant:
    """The grant with this id; raises NotFound."""
    found = Grant.objects.filter(pk=grant_id).first()
    if found is None:
        raise NotFound
    return found


def user_of_token(token: str, *, at: datetime) -> User | None:
    """The active user of a bearer token, or None; one statement."""
    row = (
        ApiToken.objects.select_related("user")
        .filter(digest=token_digest(token), until__gt=at, user__is_active=True)
        .first()
    )
    return row.user if row else None


def grants_of(user: User, *, at: datetime) -> list[tuple[str, str]]:
    """(role, path) of what a user holds or is going to hold after `at`."""
    rows = Grant.objects.filter(Q(until__isnull=True) | Q(until__gt=at), user=user).order_by("path", "role")
    return [(role, path) for role, path in rows.values_list("role", "path") if role in ROLES]


def invitation(token: str, *, at: datetime) -> Invitation | None:
    """The open invitation of this token with its user; None when it is unknown, used or too old."""
    return (
        Invitation.objects.select_related("user")
        .filter(digest=token_digest(token), used_at__isnull=True, until__gt=at, user__is_active=True)
        .first()
    )


def phone_is_taken(phone: str) -> bool:
    """Whether some account signs in by this phone."""
    return User.objects.filter(phone_index=blind_index(normalise_phone(phone), purpose="user.phone")).exists()


def users(ids: Iterable[UUID]) -> dict[UUID, User]:
    """Users by their ids; one statement."""
    return {user.pk: user for user in User.objects.filter(pk__in=list(ids)).order_by("pk")}


def token_digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def can(actor: Actor, permission: Permission, path: str, *, unit_id: UUID | None = None) -> bool:
    """Whether `actor` has `permission` on something at `path` that `unit_id` handles. Asks no database."""
    if actor.kind == "system":
        return True
    return any(_reaches(held, path, unit_id) for held in actor.holding(permission))


def _reaches(held: Held, path: str, unit_id: UUID | None) -> bool:
    if not path.startswith(held.path):
        return False
    if held.definition.by_unit:
        return held.unit_id is not None and held.unit_id == unit_id
    return True


def scope(
    actor: Actor,
    permission: Permission,
    *,
    path: str = "path",
    unit: str = "handler_id",
    within: Callable[[str, str], Q] = under,
) -> Q:
    """The filter that keeps only rows that `actor` has `permission` on; matches nothing when there are none.

    `path` and `unit` name the row's fields. `within` makes the condition that a row lies under a path, for tables that
    have more to tell it by. System sees all.
    """
    if actor.kind == "system":
        return Q(pk__isnull=False)  # not Q(): joined by "or" with another condition that would shrink to it
    reach = Q(pk__in=[])
    for held in actor.holding(permission):
        if held.definition.by_unit:
            reach |= within(path, held.path) & Q(**{unit: held.unit_id})
        else:
            reach |= within(path, held.path)
    return reach


def roots(actor: Actor, permission: Permission) -> list[str]:
    """The highest paths under which `actor` has `permission`, none inside another."""
    found: list[str] = []
    for held in sorted(actor.holding(permission), key=lambda held: held.path):
        if not any(held.path.startswith(above) for above in found):
            found.append(held.path)
    return found


def users_of_units(
    units: Iterable[UUID], *, permission: Permission, at: datetime
) -> dict[UUID, dict[UUID, tuple[str, ...]]]:
    """Who acts on behalf of each unit now with `permission`, and under which paths; one statement.

    Paths by user id by unit id, in a fixed order.
    """
    found: dict[UUID, dict[UUID, tuple[str, ...]]] = {}
    wanted = list(units)
    if not wanted:
        return found
    roles = [role.code for role in ROLES.values() if permission in role.permissions]
    grants = Grant.objects.filter(
        Q(until__isnull=True) | Q(until__gt=at), unit_id__in=wanted, role__in=roles, since__lte=at
    )
    rows = grants.order_by("unit_id", "user_id", "path").values_list("unit_id", "user_id", "path").distinct()
    for unit, user, path in rows:
        if unit is not None:
            of_unit = found.setdefault(unit, {})
            of_unit[user] = (*of_unit.get(user, ()), path)
    return found
