"""Names of things in the language of the page."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import get_language

from pingzhan.places.queries import names_along


def named(thing: Any) -> str:
    """The name of a category or unit: the English one on English pages where there is one; "" for None."""
    if thing is None:
        return ""
    if (get_language() or "").startswith("en") and getattr(thing, "name_en", None):
        return str(thing.name_en)
    return str(thing.name)


def place_lines(paths: Collection[str]) -> dict[str, str]:
    """Where something is, in words from the street down to the building; one statement for a whole page.

    What lies above the street is the same for everybody here and left out; a household is never named in a list.
    """
    names = names_along(paths)
    return {path: _line(path, names) for path in paths}


def _line(path: str, names: dict[str, str]) -> str:
    codes = path.rstrip("/").split("/")
    shown = [names[code] for code in codes if code in names and len(code.partition("-")[0]) > 6 and "-H" not in code]
    return " · ".join(shown) or names.get(codes[-1], "")
