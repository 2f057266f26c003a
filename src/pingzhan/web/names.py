"""Names of things in the language of the page."""

from typing import Any

from django.utils.translation import get_language


def named(thing: Any) -> str:
    """The name of a category or unit: the English one on English pages where there is one; "" for None."""
    if thing is None:
        return ""
    if (get_language() or "").startswith("en") and getattr(thing, "name_en", ""):
        return str(thing.name_en)
    return str(thing.name)
