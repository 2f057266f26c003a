"""The four firsts as figures: per community the median and how much was within its target."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from pingzhan.access.permissions import Permission as P
from pingzhan.matters.firsts import First, targets
from pingzhan.matters.queries.firsts import CommunityFirsts, FirstTime, firsts_by_community
from pingzhan.matters.queries.reference import reference
from pingzhan.web.guards import needs
from pingzhan.web.portal.words import span

PERIODS = (7, 30, 90)  # days


@require_safe
@needs(P.MATTER_ACCEPT, P.MATTER_SUPERVISE)
def firsts(request: HttpRequest) -> HttpResponse:
    """Of the matters raised in the last days, by ?days=."""
    at: datetime = request.at  # type: ignore[attr-defined]
    asked = request.GET.get("days", "")
    days = next((one for one in PERIODS if asked == str(one)), PERIODS[1])
    rows = firsts_by_community(request.actor, since=at - timedelta(days=days), until=at)  # type: ignore[attr-defined]
    aims = targets(reference().allowances)
    context = {
        "rows": [_row(row) for row in rows],
        "days": days,
        "periods": [(one, _("近 %(n)s 天") % {"n": one}) for one in PERIODS],
        "columns": [
            {"label": first.label, "aim": _("目标 %(span)s 内") % {"span": span(timedelta(seconds=aims[first]))}}
            for first in (First.CALMED, First.ACCEPTED, First.SETTLED)
        ],
        "found_label": First.FOUND.label,
    }
    return render(request, "desk/firsts.html", context)


def _row(row: CommunityFirsts) -> dict[str, Any]:
    return {
        "name": row.name or _("居村以上"),
        "community": row.community,
        "matters": row.matters,
        "found": _percent(row.by_staff, row.matters),
        "cells": [
            {
                "median": span(timedelta(seconds=figure.median)) if figure.median is not None else "",
                "share": _percent(figure.within, row.matters),
                "low": figure.within * 2 < row.matters,
            }
            for figure in row.figures.values()
        ],
    }


def _percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole)}%" if whole else ""


def firsts_shown(times: list[FirstTime]) -> list[dict[str, Any]]:
    """The four firsts of one matter for its sheet."""
    return [
        {
            "label": one.first.label,
            "words": _said(one),
            "within": one.within,
            "aim": span(timedelta(seconds=one.target)) if one.target else "",
        }
        for one in times
    ]


def _said(one: FirstTime) -> str:
    if one.first is First.FOUND:
        return _("巡查发现") if one.by_staff else _("居民反映")
    if one.seconds is None:
        return _("还没有")
    return _("当场") if one.seconds < 60 else span(timedelta(seconds=one.seconds))
