"""The head of a plan as data, and putting a changed head into its source without touching the rest."""

from collections.abc import Mapping
from typing import Any

from pingzhan.response.rules.source import parts_of, with_parts

# In the order in which a new one is put into a document that lacks it.
HEAD = (
    "title", "title_en", "hazard", "purpose", "sunset_days", "review_months", "contact_days", "levels", "conditions",
)  # fmt: skip


def head_of(source: str) -> dict[str, Any]:
    """The parts of the head that a source has; {} for one that cannot be read."""
    return {name: part for name, part in parts_of(source).items() if name in HEAD}


def with_head(source: str, head: Mapping[str, Any]) -> str:
    """The source with these parts of the head; an empty one is taken out. Raises ValueError where it is unreadable."""
    return with_parts(source, HEAD, {name: part for name, part in head.items() if name in HEAD})


def kept(before: Any, typed: Any) -> Any:
    """What was typed into a form, but as it was before wherever that says the same.

    A form gives back lines with other ends, choices in its own order, and nothing at all for a "no".
    """
    if isinstance(typed, str):
        plain = _plain(typed)
        return before if isinstance(before, str) and _plain(before) == plain else plain
    if isinstance(typed, dict):
        before = before if isinstance(before, dict) else {}
        order = [name for name in before if name in typed or before[name] is False]
        order += [name for name in typed if name not in before]
        return {name: kept(before.get(name), typed[name]) if name in typed else False for name in order}
    if isinstance(typed, list) and isinstance(before, list):
        if any(isinstance(one, dict) for one in typed):
            known = {one["code"]: one for one in before if isinstance(one, dict) and "code" in one}
            return [kept(known.get(one["code"]), one) for one in typed]
        return [one for one in before if one in typed] + [one for one in typed if one not in before]
    return typed


def _plain(text: str) -> str:
    return "\n".join(text.splitlines()).strip()
