"""What depends on a level: who may begin, renew and end, and whether that takes a second factor."""

from collections.abc import Mapping
from typing import Any

_HIGH = (1, 2)


def needs_second_factor(level: int, *, exercise: bool) -> bool:
    """Whether a person at a page begins it, or rises to it, only in a session with a second factor."""
    return level in _HIGH and not exercise


def may_activate(data: Mapping[str, Any], level: int) -> list[str]:
    """The roles that the plan names for beginning at this level."""
    return list(_rule(data, level).get("activate", []))


def may_renew(data: Mapping[str, Any], level: int) -> list[str]:
    """The roles that the plan names for renewing; those that may begin, where it names none."""
    return list(_rule(data, level).get("renew", [])) or may_activate(data, level)


def may_end(data: Mapping[str, Any], level: int) -> list[str]:
    """The roles that may end or change a response of this level: whoever may begin it or renew it.

    Otherwise a community could end what its district has put in force there.
    """
    return list(dict.fromkeys([*may_activate(data, level), *may_renew(data, level)]))


def _rule(data: Mapping[str, Any], level: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = data.get("levels", {}).get(str(level), {})
    return found
