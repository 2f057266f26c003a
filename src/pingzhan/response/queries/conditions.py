"""The live figures that conditions of plans are about, and whether the conditions hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from pingzhan.core.db import under
from pingzhan.core.paths import paths_above
from pingzhan.matters.queries.figures import NAMES, figures_under
from pingzhan.response.models import Signal
from pingzhan.response.rules.expressions import ExpressionError, parse

# What comes from outside, by the first word of its name. Of several places: alarms are added up, of warnings the
# highest counts, of stocks the one that is used up first.
OUTSIDE = ("alarm", "warning", "stock")
Known = dict[str, dict[str, float]]
# What conditions may name; the figures of matters also by group of categories.
FIGURES = (*NAMES, *OUTSIDE)


@dataclass(frozen=True, slots=True)
class Standing:
    """One condition of a plan, and how it stands now.

    `over`: it no longer holds, by its own `until` where it has one; between the two it is neither. `unknown` are stocks
    that nobody has told of: a condition over them does not hold, as if it were not there.
    """

    code: str
    title: str
    level: int
    when: str
    start: bool
    holds: bool
    over: bool
    figures: dict[str, float]
    unknown: tuple[str, ...]


def signals_at(path: str, *, at: datetime) -> dict[str, float]:
    """The figures from outside that count at `path` now: of places on the way to it and below; one statement."""
    rows = Signal.objects.filter(Q(path__in=paths_above(path)) | under("path", path), at__lte=at, until__gt=at)
    found: dict[str, float] = {}
    for name, value in rows.order_by("name", "path").values_list("name", "value"):
        kind = name.partition(".")[0]
        if kind == "alarm":
            found[name] = found.get(name, 0.0) + value
            found[kind] = found.get(kind, 0.0) + value
        elif kind == "stock":
            found[name] = min(found.get(name, value), value)
        else:
            found[name] = max(found.get(name, 0.0), value)
    return found


def standings(data: Mapping[str, Any], path: str, *, at: datetime, known: Known | None = None) -> list[Standing]:
    """How the conditions of a plan stand under `path` now; three statements when there are any.

    `known`: the figures by path that whoever asks for several plans at one moment keeps meanwhile.
    """
    conditions = data.get("conditions", [])
    if not conditions:
        return []
    known = {} if known is None else known
    if path not in known:
        known[path] = figures_under(path, at=at) | signals_at(path, at=at)
    return [one for item in conditions if (one := _standing(item, known[path])) is not None]


def _standing(item: Mapping[str, Any], figures: Mapping[str, float]) -> Standing | None:
    """None for a condition that cannot be read, which only a draft has."""
    try:
        when = parse(item["when"])
        until = parse(item["until"]) if "until" in item else None
    except ExpressionError:
        return None
    names = sorted(when.names | (until.names if until else frozenset()))
    unknown = tuple(name for name in names if name.startswith("stock.") and name not in figures)
    holds = not unknown and when.holds(figures)
    over = not holds and (until is None or bool(unknown) or until.holds(figures))
    return Standing(
        item["code"], item["title"], item["level"], item["when"], bool(item.get("start")), holds, over,
        {name: figures.get(name, 0.0) for name in names if name not in unknown}, unknown,
    )  # fmt: skip
