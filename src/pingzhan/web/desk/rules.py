"""The rules in force: how long each step may take, who is told when it takes longer, limits, powers."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from pingzhan.access.permissions import Permission as P
from pingzhan.core.paths import code_of
from pingzhan.matters.choices import Basis, ClockKind, LimitKind, Tier, Urgency
from pingzhan.matters.queries.reference import Reference, reference
from pingzhan.matters.rules import DEFAULT_LIMITS, Allowance
from pingzhan.matters.whistle_workflow import TIMED, WhistleClock
from pingzhan.places.names import named
from pingzhan.places.queries import names_along
from pingzhan.web.guards import needs
from pingzhan.web.portal.words import span


@require_safe
@needs(P.MATTER_VIEW)
def rules(request: HttpRequest) -> HttpResponse:
    known = reference()
    context = {
        "times": _times(known, of_categories=False),
        "category_times": _times(known, of_categories=True),
        "ladders": _ladders(known),
        "limits": _limits(known),
        "powers": _powers(known),
        "may_edit": bool(request.actor.holding(P.LIST_KEEP)),  # type: ignore[attr-defined]
    }
    return render(request, "desk/rules.html", context)


def _times(known: Reference, *, of_categories: bool) -> list[dict[str, Any]]:
    """By kind of clock: those of single categories, or the general ones."""
    labels = timed()
    order = list(labels)
    rows = sorted(known.allowances, key=lambda one: (order.index(one.kind), one.category, one.urgency))
    return [
        {"kind": labels[row.kind], "holds": holds(known, row.category, row.urgency), "time": length_of(row)}
        for row in rows
        if bool(row.category) == of_categories
    ]


def timed() -> dict[str, str]:
    """What rules set the time of, in words: the clocks of a matter, then those of a whistle."""
    whistles = set(WhistleClock.values)
    return {kind: f"{_('吹哨')} · {label}" if kind in whistles else str(label) for kind, label in TIMED}


def length_of(row: Allowance) -> str:
    """How long a rule allows, in words."""
    if row.basis == Basis.WORKING and not row.minutes:
        return ngettext("%(n)s 个工作日", "%(n)s 个工作日", row.days) % {"n": row.days}
    length = span(timedelta(minutes=row.minutes) if row.minutes else timedelta(days=row.days))
    return _("%(length)s（工作时间）") % {"length": length} if row.basis == Basis.WORKING else length


def holds(known: Reference, category: str, urgency: str) -> str:
    """For what a rule holds, in words."""
    parts = [named(known.categories.get(category)) or category if category else ""]
    parts.append(str(Urgency(urgency).label) if urgency else "")
    return " · ".join(part for part in parts if part) or _("全部")


def _ladders(known: Reference) -> list[dict[str, Any]]:
    return [
        {
            "kind": str(ClockKind(ladder.kind).label) if ladder.kind else _("全部时限"),
            "holds": str(Urgency(ladder.urgency).label) if ladder.urgency else _("全部"),
            "rungs": [
                {
                    "tier": Tier(rung.tier).label,
                    "wait": span(timedelta(minutes=rung.minutes)) if rung.minutes else "",
                    "working": rung.basis == Basis.WORKING,
                }
                for rung in ladder.rungs
            ],
        }
        for ladder in known.ladders
    ]


def bounds_shown(known: Reference) -> list[dict[str, Any]]:
    """The caps that are set, in words."""
    return [
        {"label": LimitKind(one.kind).label, "holds": holds(known, one.category, one.urgency), "amount": one.amount}
        for one in known.bounds
    ]


def _limits(known: Reference) -> list[dict[str, Any]]:
    """What is set, and the default where nothing is."""
    rows = bounds_shown(known)
    general = {one.kind for one in known.bounds if not one.category and not one.urgency}
    rows += [
        {"label": LimitKind(kind).label, "holds": _("全部"), "amount": amount}
        for kind, amount in DEFAULT_LIMITS.items()
        if kind not in general
    ]
    return rows


def _powers(known: Reference) -> list[dict[str, Any]]:
    names = names_along({path for path, _code in known.powers})
    return [
        {
            "category": named(known.categories.get(category)) or category,
            "place": names.get(code_of(path), ""),
            "tier": tier.label,
        }
        for (path, category), tier in sorted(known.powers.items())
    ]
