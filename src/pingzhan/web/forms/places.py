"""Choosing a place from lists: street, community, then a grid or building of it.

All lists have the same field name; the finest that was chosen is the place meant.
"""

from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from pingzhan.places.choices import Level
from pingzhan.places.queries import at_level, chain, children, get_places, names_along, places
from pingzhan.web.templatetags.fields import option_groups

# A list of places to choose from: pairs, or groups {label, kinds: pairs}.
Options = list[Any]


def levels(code: str) -> list[dict[str, Any]]:
    """The lists to show when `code` is chosen, the last one for what may be chosen next; at most five statements.

    Each is {groups, label, parent, depth, more}; `more` tells whether something below can be chosen.
    """
    place = get_places([code]).get(code) if code else None
    above = [one for one in chain(place) if one.level in _BELOW or one.level in _LAST] if place else []
    street = next((one for one in above if one.level == Level.STREET), None)
    community = next((one for one in above if one.level == Level.COMMUNITY), None)
    shown = [_level(_streets(), depth=1, value=street.code if street else "", parent="", more=True)]
    if street is not None:
        shown.append(below(street, value=community.code if community else ""))
    if community is not None:
        spot = above[-1].code if above[-1].level in _LAST else ""
        shown.append(below(community, value=spot))
    return [one for one in shown if one["groups"]]


def full_place(path: str) -> str:
    """The names of a place and of its superiors, from the street down; one statement."""
    names = names_along([path])
    codes = path.rstrip("/").split("/")
    street = next((index for index, code in enumerate(codes) if len(code) == STREET_DIGITS), len(codes) - 1)
    return " ".join(names.get(code, "") for code in codes[street:])


STREET_DIGITS = 9
_BELOW = {Level.STREET: 2, Level.COMMUNITY: 3}
_LAST = {Level.GRID, Level.BUILDING}


def level_below(code: str) -> dict[str, Any] | None:
    """The list that follows after choosing the street or community `code`; None when nothing does."""
    place = get_places([code]).get(code) if code else None
    found = below(place) if place is not None and place.level in _BELOW else None
    return found if found and found["groups"] else None


def below(place: Any, *, value: str = "") -> dict[str, Any]:
    """The list of what lies in a street or community."""
    street = place.level == Level.STREET
    options: Options = [(one.code, one.name) for one in children(place)] if street else _spots(place.path)
    return _level(options, depth=_BELOW[place.level], value=value, parent=place.code, more=street)


def _level(options: Options, *, depth: int, value: str, parent: str, more: bool) -> dict[str, Any]:
    labels = {1: _("街镇"), 2: _("居村"), 3: _("网格或楼栋")}
    groups = option_groups(options, value)
    return {"groups": groups, "label": labels[depth], "parent": parent, "depth": depth, "more": more}


def _streets() -> Options:
    """All streets; under the names of their districts where there are several."""
    rows = list(at_level(Level.STREET).select_related("parent"))
    if len({row.parent_id for row in rows}) <= 1:
        return [(row.code, row.name) for row in rows]
    return [
        {"label": name, "kinds": [(row.code, row.name) for row in under]}
        for name, under in groupby(rows, key=lambda row: row.parent.name if row.parent else "")
    ]


def _spots(path: str) -> Options:
    """The grids of a community, each followed by its buildings."""
    rows = places([path]).filter(level__in=(Level.GRID, Level.BUILDING)).order_by("path")
    groups: list[dict[str, Any]] = []
    for row in rows:
        if row.level == Level.GRID:
            groups.append({"label": row.name, "kinds": [(row.code, _("%(grid)s（不清楚楼栋）") % {"grid": row.name})]})
        else:
            if not groups:
                groups.append({"label": _("楼栋"), "kinds": []})
            groups[-1]["kinds"].append((row.code, row.name))
    return groups
