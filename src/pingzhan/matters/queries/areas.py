"""The matters of an area, asked so that one index walks them in the order of the lists at any number of matters."""

from django.db.models import Q

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import scope
from pingzhan.core.db import under, under_wide
from pingzhan.core.paths import COMMUNITY, STREET, code_of


def in_area(path: str) -> Q:
    """Matters at or below `path`: a street and a community by their columns, a grid by its path, a district whole."""
    code = code_of(path)
    if code.isdigit() and len(code) == COMMUNITY:
        return Q(community=code)
    if code.isdigit() and len(code) == STREET:
        return Q(street=code)
    return under_wide("path", path) if _is_wide(code) else under("path", path)


def everywhere(actor: Actor, permission: Permission) -> bool:
    """Whether `actor` has `permission` in whole districts, so that no index of an area leaves fewer."""
    holding = actor.holding(permission)
    return all(not held.definition.by_unit and _is_wide(code_of(held.path)) for held in holding)


def _is_wide(code: str) -> bool:
    """Whether this is the code of a district, a city, or of everything."""
    return not code or (code.isdigit() and len(code) < STREET)


def matters_in_scope(actor: Actor, permission: Permission, *, among_few: bool = False) -> Q:
    """The filter on matters that keeps those that `actor` has `permission` on.

    `among_few`: another condition, with an index of its own, leaves few; the area is then only tested.
    """
    return scope(actor, permission, within=under_wide if among_few else lambda _field, path: in_area(path))
