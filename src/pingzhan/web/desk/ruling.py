"""Changing the rules of handling: times, ladders, caps, powers; and what was changed by whom, when."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission as P
from pingzhan.access.queries import roots
from pingzhan.core.db import under
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.core.paths import code_of
from pingzhan.journal.queries import timelines
from pingzhan.matters.choices import Basis, ClockKind, LimitKind, Tier, Urgency
from pingzhan.matters.operations import ruling as operations
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.rules import DEFAULT_LIMITS, UNPRESSED, Allowance, Rung
from pingzhan.places.queries import names_along, to_narrow_by, tops
from pingzhan.web.desk.queue import category_choices
from pingzhan.web.desk.rules import bounds_shown, holds, length_of, timed
from pingzhan.web.desk.steps import text_of
from pingzhan.web.guards import needs
from pingzhan.web.portal.words import span

HISTORY = 50  # changes shown, newest first
ACTS = ("time", "ladder", "limit", "power")
# How a length of time is said on the form: days or minutes, of work or of the clock.
LENGTHS = {
    "working.days": gettext_lazy("个工作日"),
    "calendar.days": gettext_lazy("天（不分工作日）"),
    "working.minutes": gettext_lazy("分钟（工作时间）"),
    "calendar.minutes": gettext_lazy("分钟（不间断）"),
}


@require_http_methods(["GET", "HEAD", "POST"])
@needs(P.LIST_KEEP)
def rules_edit(request: HttpRequest) -> HttpResponse:
    """The forms with what is in force, and the history below."""
    actor, at = request.actor, request.at  # type: ignore[attr-defined]
    problem: DomainError | None = None
    act = text_of(request, "act") if request.method == "POST" else ""
    if request.method == "POST":
        try:
            _change(request, act, by=actor, at=at)
        except DomainError as error:
            problem = error
        else:
            messages.success(request, _("已保存，从现在起生效；正在走的和已经过去的不变。"))
            return redirect("desk:rules_edit")
    kind = _of(request.GET.get("kind", ""), ClockKind.values)
    urgency = _of(request.GET.get("urgency", ""), Urgency.values)
    present = next((one for one in reference().ladders if (one.kind, one.urgency) == (kind, urgency)), None)
    rungs = {rung.tier: rung for rung in present.rungs} if present else {}
    context = {
        "rules_all": operations.may_rule_all(actor),
        "kinds": [(value, label) for value, label in ClockKind.choices if value not in UNPRESSED],
        "urgencies": Urgency.choices,
        "kind": kind,
        "urgency": urgency,
        "rungs": [
            {"name": f"wait_{tier.value}", "label": tier.label, "value": rungs[tier].minutes if tier in rungs else ""}
            for tier in Tier
        ],
        "basis": next((rung.basis for rung in rungs.values() if rung.minutes), Basis.WORKING),
        "bases": Basis.choices,
        "timed": list(timed().items()),
        "lengths": list(LENGTHS.items()),
        "limits": LimitKind.choices,
        "limit_values": bounds_shown(reference()),
        "defaults": [(LimitKind(one).label, amount) for one, amount in DEFAULT_LIMITS.items()],
        "categories": category_choices(),
        "places": [(one.code, one.name) for one in to_narrow_by(roots(actor, P.LIST_KEEP))],
        "tiers": [(tier.value, tier.label) for tier in Tier if tier is not Tier.UNIT],
        "history": _history(actor),
        "forms": {
            name: {"problem": problem if act == name else None, "typed": request.POST.dict() if act == name else {}}
            for name in ACTS
        },
    }
    return render(request, "desk/rules_edit.html", context, status=problem.status if problem else 200)


def _of(text: str, values: Any) -> str:
    return text if text in values else ""


def _change(request: HttpRequest, act: str, *, by: Actor, at: Any) -> None:
    if act == "ladder":
        basis = _of(text_of(request, "basis"), Basis.values) or Basis.WORKING
        rungs = [
            Rung(tier, Basis(basis), _number(request, f"wait_{tier.value}"))
            for tier in Tier
            if text_of(request, f"wait_{tier.value}")
        ]
        operations.set_ladder(
            rungs=rungs, kind=text_of(request, "kind"), urgency=text_of(request, "urgency"), by=by, at=at
        )
    elif act == "time":
        basis, _dot, unit = _of(text_of(request, "unit"), LENGTHS).partition(".")
        if not unit:
            message = _("请选择怎样计时")
            raise Invalid(message, errors=[{"loc": ["unit"], "msg": message}])
        length = _number(request, "length") if text_of(request, "length") else 0
        operations.set_time(
            kind=text_of(request, "timed"), basis=basis, category=text_of(request, "category"),
            urgency=text_of(request, "urgency"), by=by, at=at, **{unit: length},
        )  # fmt: skip
    elif act == "limit":
        amount = _number(request, "amount") if text_of(request, "amount") else None
        operations.set_limit(
            kind=text_of(request, "limit"), amount=amount, category=text_of(request, "category"),
            urgency=text_of(request, "urgency"), by=by, at=at,
        )  # fmt: skip
    elif act == "power":
        operations.set_power(
            place=text_of(request, "place"), category=text_of(request, "category"), tier=text_of(request, "tier"),
            by=by, at=at,
        )  # fmt: skip
    else:
        raise Invalid(_("请选择要改的规则"))


def _number(request: HttpRequest, name: str) -> int:
    text = text_of(request, name)
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        message = _("请填写整数")
        raise Invalid(message, errors=[{"loc": [name], "msg": message}])
    return int(text)


# --- what was changed -----------------------------------------------------------------------------------------------


def _history(actor: Actor) -> list[dict[str, Any]]:
    """The latest changes in words: of the whole installation, and of powers within the actor's own area."""
    own = roots(actor, P.LIST_KEEP)
    here = Q(pk__in=[])
    for path in own:
        here |= under("place_path", path)
    entries = timelines("rule", list(tops().values_list("pk", flat=True))).filter(here | ~Q(verb="rule.power"))
    entries = entries.order_by("-id")[:HISTORY]
    names = names_along({entry.place_path for entry in entries})
    return [{"at": entry.at, "who": entry.actor_name, **_words(entry, names)} for entry in entries]


def _words(entry: Any, names: dict[str, str]) -> dict[str, Any]:
    data = entry.data
    where = holds(reference(), data.get("category", ""), data.get("urgency", ""))
    if entry.verb == "rule.ladder":
        what = str(ClockKind(data["kind"]).label) if data["kind"] else _("全部时限")
        return {
            "what": f"{_('逾期后报给谁')} · {what} · {where}",
            "before": _said(data["before"]),
            "after": _said(data["after"]),
        }
    if entry.verb == "rule.limit":
        unset = _("未设")
        before, after = (unset if data[name] is None else str(data[name]) for name in ("before", "after"))
        return {"what": f"{LimitKind(data['kind']).label} · {where}", "before": before, "after": after}
    if entry.verb == "rule.time":
        unset = _("未设")
        before, after = (
            length_of(Allowance(data["kind"], **data[name])) if data[name] else unset for name in ("before", "after")
        )
        return {"what": f"{timed().get(data['kind'], '')} · {where}", "before": before, "after": after}
    place = names.get(code_of(entry.place_path), "")
    every = _("各级都可以办理")
    before, after = (str(Tier(data[name]).label) if data[name] else every for name in ("before", "after"))
    return {"what": f"{_('办理权限')} · {where} · {place}", "before": before, "after": after}


def _said(rungs: list[dict[str, Any]]) -> str:
    """A ladder in one line."""
    parts = []
    for one in rungs:
        wait = span(timedelta(minutes=one["minutes"])) if one["minutes"] else _("即时")
        parts.append(f"{Tier(one['tier']).label} {wait}")
    return " → ".join(parts) or _("未设")
