"""What happened to a place, in words."""

from typing import TYPE_CHECKING, Any

from pingzhan.core.paths import codes_of
from pingzhan.journal.queries import timeline
from pingzhan.places.queries import names_of_codes
from pingzhan.web.desk.verbs import actor_label, verb_label

if TYPE_CHECKING:
    from pingzhan.places.models import Place

_MOST = 30
# What an entry's data names: its codes, each the last of a path where it is one.
_NAMED = ("made", "ended", "reshaped", "into", "before", "old", "new", "grid")


def history_of(place: "Place") -> list[dict[str, Any]]:
    """The newest entries about a place, newest first, with the places that they name; two statements."""
    entries = list(timeline("place", place.pk).reverse()[:_MOST])
    codes = {entry.uid: _codes(entry.data) for entry in entries}
    names = names_of_codes({code for found in codes.values() for code in found})
    return [
        {
            "label": verb_label(entry.verb),
            "at": entry.at,
            "who": actor_label(entry),
            "places": [{"code": code, "name": names[code]} for code in codes[entry.uid] if code in names],
        }
        for entry in entries
    ]


def _codes(data: dict[str, Any]) -> list[str]:
    found = []
    for name in _NAMED:
        value = data.get(name)
        for one in value if isinstance(value, list) else [value] if value else []:
            text = str(one)
            found.append(codes_of(text)[-2] if text.endswith("/") and len(codes_of(text)) > 1 else text)
    return list(dict.fromkeys(found))
