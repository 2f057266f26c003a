"""A district's plan as a street or community has adapted it: only what differs is written down.

A change names an item of a section by its code: fields to be put in the place of the plan's, a whole item that the
plan has not, or null to leave the plan's out. When the plan changes, what nobody adapted flows down by itself; where
both changed the same field there is a conflict, which is shown, and the adaptation holds until somebody settles it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pingzhan.response.rules.document import SECTIONS
from pingzhan.response.rules.schema import item_validator


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of one item: the plan's value and the adaptation's; None where there is none."""

    section: str
    code: str
    field: str
    above: Any
    here: Any


@dataclass(frozen=True, slots=True)
class Conflict:
    """The plan changed a field after the adaptation had been written that changed it too."""

    section: str
    code: str
    field: str
    before: Any
    above: Any
    here: Any


def effective(plan: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The plan with the changes laid over it; items that are new come last, by code.

    Of an item that the plan no longer has, a change of some fields is not enough to make one: it is left out, so that
    what a community wrote once never stands in the way of a plan that has changed since. It shows as a conflict.
    """
    found = dict(plan)
    for section in SECTIONS:
        differing = changes.get(section)
        if not differing:
            continue
        items = []
        for item in plan.get(section, []):
            code = item["code"]
            if code not in differing:
                items.append(item)
            elif differing[code] is not None:
                items.append(item | differing[code])
        known = {item["code"] for item in plan.get(section, [])}
        new = ({"code": code} | differing[code] for code in sorted(differing) if code not in known and differing[code])
        whole = item_validator(section, "whole")
        items += [item for item in new if whole.is_valid(item)]
        found[section] = items
    return found


def differences(plan: Mapping[str, Any], changes: Mapping[str, Any]) -> list[Difference]:
    """What the adaptation says otherwise, by section, code and field."""
    found = []
    for section in SECTIONS:
        above = {item["code"]: item for item in plan.get(section, [])}
        for code, said in sorted(changes.get(section, {}).items()):
            item = above.get(code, {})
            if said is None:
                found.append(Difference(section, code, "", item, None))
                continue
            found += [
                Difference(section, code, field, item.get(field), value)
                for field, value in sorted(said.items())
                if item.get(field) != value
            ]
    return found


def conflicts(seen: Mapping[str, Any], now: Mapping[str, Any], changes: Mapping[str, Any]) -> list[Conflict]:
    """Where the plan is no longer what the adaptation's author saw (`seen`), and the adaptation says otherwise."""
    found = []
    for section in SECTIONS:
        then = {item["code"]: item for item in seen.get(section, [])}
        today = {item["code"]: item for item in now.get(section, [])}
        for code, said in sorted(changes.get(section, {}).items()):
            before, above = then.get(code, {}), today.get(code, {})
            if said is None:
                if before != above:
                    found.append(Conflict(section, code, "", before, above, None))
                continue
            found += [
                Conflict(section, code, field, before.get(field), above.get(field), value)
                for field, value in sorted(said.items())
                if before.get(field) != above.get(field) and above.get(field) != value
            ]
    return found
