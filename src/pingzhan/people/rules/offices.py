"""Which kinds of holders a role has, and at what level of the tree it is held."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from pingzhan.core.errors import Invalid
from pingzhan.people.choices import AppointmentKind as Kind
from pingzhan.places.choices import Level

# The kinds of a role; the first one is meant when none is said. "" is the plain holder beside a deputy.
KINDS: Mapping[str, tuple[str, ...]] = {
    "building_leader": (Kind.OFFLINE, Kind.ONLINE),
    "grid_worker": (Kind.FULL_TIME, Kind.PROFESSIONAL, Kind.PART_TIME),
    "grid_head": ("", Kind.DEPUTY),
    "community_secretary": ("", Kind.DEPUTY),
    "street_secretary": ("", Kind.DEPUTY),
}
# Roles that belong to one level; all others are held wherever somebody needs them.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "building_leader": (Level.BUILDING,),
    "member_household": (Level.BUILDING, Level.HOUSEHOLD),
    "grid_worker": (Level.GRID,),
    "community_staff": (Level.COMMUNITY,),
    "community_secretary": (Level.COMMUNITY,),
    "street_staff": (Level.STREET,),
    "street_secretary": (Level.STREET,),
    "team_captain": (Level.COMMUNITY,),
}


def kind_for(role: str, kind: str) -> str:
    """The kind in which a role is held. Raises Invalid for one that the role does not have."""
    kinds = KINDS.get(role, ("",))
    if not kind:
        return str(kinds[0])
    if kind not in kinds:
        raise Invalid(_("该职务没有这一类别"), errors=[{"loc": ["kind"], "msg": _("该职务没有这一类别")}])
    return kind


def check_level(role: str, level: str) -> None:
    """Raises Invalid when the role is not held at places of this level."""
    levels = LEVELS.get(role)
    if levels is not None and level not in levels:
        where = "、".join(str(Level(one).label) for one in levels)
        message = _("该职务只能任在：%(levels)s") % {"levels": where}
        raise Invalid(message, errors=[{"loc": ["place"], "msg": message}])
