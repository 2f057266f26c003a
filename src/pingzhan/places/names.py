"""Names in the language of the page or answer."""

from collections.abc import Collection
from typing import Any

from django.utils.translation import get_language

from pingzhan.places.locate import chain_known
from pingzhan.places.queries import names_along


def named(thing: Any) -> str:
    """The name of a category or unit: the English one for English readers where there is one; "" for None."""
    if thing is None:
        return ""
    english: str = getattr(thing, "name_en", "")
    return english if english and (get_language() or "").startswith("en") else str(thing.name)


def place_lines(paths: Collection[str]) -> dict[str, str]:
    """Where something is, in words from the street down to the building; one statement for a whole page.

    What lies above the street is the same for everybody here and left out; a household is never named in a list.
    """
    names = names_along(paths)
    return {path: _line(path, names) for path in paths}


def place_line(path: str) -> str:
    """The same for one place; without a statement where it has just been located by its coordinates."""
    known = chain_known(path)
    if known is None:
        return place_lines([path])[path]
    return _line(path, {place.code: place.name for place in known})


def _line(path: str, names: dict[str, str]) -> str:
    codes = path.rstrip("/").split("/")
    shown = [names[code] for code in codes if code in names and len(code.partition("-")[0]) > 6 and "-H" not in code]
    return " · ".join(shown) or names.get(codes[-1], "")
