"""Names of categories, units and places in the reader's language."""

from collections.abc import Collection

from django.utils.translation import get_language

from pingzhan.matters.models import Category
from pingzhan.matters.queries.reference import UnitRef
from pingzhan.places.queries import names_along


def in_english() -> bool:
    return (get_language() or "").startswith("en")


def category_name(category: Category | None) -> str:
    if category is None:
        return ""
    return category.name_en if in_english() else category.name


def unit_name(unit: UnitRef | None) -> str:
    """A unit's English name has no place in it: the Chinese one stays beside it where several have the same."""
    if unit is None:
        return ""
    return unit.name_en if in_english() and unit.name_en else unit.name


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
