"""Who may begin, change and end responses: the right to switch, and one of the roles that the plan names."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.roles import ROLES
from pingzhan.core.errors import NotAllowed
from pingzhan.modes.queries import paths_of
from pingzhan.response.queries.plans import data_of
from pingzhan.response.queries.responses import activations_of
from pingzhan.response.rules.levels import may_end

if TYPE_CHECKING:
    from pingzhan.modes.models import Response


def require_lead(response: "Response", by: Actor) -> None:
    """Raise NotAllowed unless `by` may change or end the response as it is now, at every place of it."""
    paths = paths_of([response]).get(response.pk, [])
    row = activations_of([response]).get(response.pk)
    if row is not None:
        require_roles(may_end(data_of(row.version), response.level), paths, by)
        return
    for path in paths:  # of no plan
        access.require(by, Permission.RESPONSE_ACTIVATE, path)


def may_lead(response: "Response", by: Actor) -> bool:
    """The same as an answer; two statements, three for a plan that was not read lately."""
    try:
        require_lead(response, by)
    except NotAllowed:
        return False
    return True


def require_roles(roles: Collection[str], paths: Collection[str], by: Actor) -> None:
    """The right to switch, and one of `roles` there, at each of `paths`; the system itself holds none."""
    for path in paths:
        access.require(by, Permission.RESPONSE_ACTIVATE, path)
        if by.kind == "system" or any(held.role in roles and path.startswith(held.path) for held in by.held):
            continue
        names = "、".join(str(ROLES[role].label) for role in roles if role in ROLES)  # untranslated: a list's comma
        raise NotAllowed(_("按预案，这一级由%(roles)s决定") % {"roles": names})
