"""Offices in words: role, kind, whether acting, where, since when."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import can
from pingzhan.access.roles import ROLES
from pingzhan.people.choices import AppointmentKind
from pingzhan.people.labels import office_label
from pingzhan.people.rules.offices import KINDS
from pingzhan.places.names import named, place_lines

if TYPE_CHECKING:
    from pingzhan.people.models import Appointment


def office_rows(offices: "Iterable[Appointment]", actor: Actor) -> list[dict[str, Any]]:
    """Offices for a page; one statement for the names of all places."""
    offices = list(offices)
    lines = place_lines([office.path for office in offices])
    return [
        {
            "office": office,
            "label": office_label(office.role, office.kind, acting=office.acting),
            "place": lines[office.path],
            "unit": named(office.unit),
            "can_change": office.until is None and can(actor, P.APPOINT, office.path),
        }
        for office in offices
    ]


def role_options(actor: Actor) -> list[tuple[str, str]]:
    """The offices that the actor may give somewhere: those whose rights they hold, or all for who grants rights."""
    own = {permission for held in actor.held for permission in held.definition.permissions}
    return [
        (role.code, str(role.label))
        for role in ROLES.values()
        if role.code != "resident" and (P.ACCESS_GRANT in own or role.permissions <= own)
    ]


def kind_options() -> list[dict[str, Any]]:
    """All kinds of holders, grouped by the role that has them."""
    return [
        {
            "label": str(ROLES[role].label),
            "kinds": [(kind, str(AppointmentKind(kind).label)) for kind in kinds if kind],
        }
        for role, kinds in KINDS.items()
    ]
