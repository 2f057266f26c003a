"""Whistles on pages, desk and phone alike: the track of each unit, and the one way in which a step is taken."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from pingzhan.access.actors import Actor
from pingzhan.core.errors import NotFound
from pingzhan.core.idempotency import once
from pingzhan.matters.operations import whistle as operations
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.whistles import (
    UnitTrack,
    WhistleSheet,
    clocks_of,
    summonses_of,
    units_to_call,
    whistle_sheet,
)
from pingzhan.matters.whistle_rules import Met
from pingzhan.matters.whistle_workflow import HERE, SummonsState, WhistleClock, WhistleStep
from pingzhan.places.names import named, place_lines
from pingzhan.web.portal.words import span
from pingzhan.web.uploads import pictures_of

if TYPE_CHECKING:
    from pingzhan.matters.models import Whistle

# What a summoned unit presses, and the step that is expected next in each state.
ANSWERS: dict[WhistleStep, tuple[str, Any]] = {
    WhistleStep.CHECK_IN: ("circle-check", gettext_lazy("报到")),
    WhistleStep.REPORT: ("message-plus", gettext_lazy("上报情况")),
    WhistleStep.ARRIVE: ("map-pin", gettext_lazy("已到现场")),
    WhistleStep.FEED_BACK: ("message-2", gettext_lazy("反馈进展")),
    WhistleStep.LEAVE: ("logout", gettext_lazy("处置完毕，离场")),
}
DONE: dict[WhistleStep, Any] = {
    WhistleStep.BLOW: gettext_lazy("哨已吹响，各单位的时限开始计算。"),
    WhistleStep.CALL: gettext_lazy("已加派，新叫的单位从现在起计时。"),
    WhistleStep.RELEASE: gettext_lazy("已解除，这个单位不用再来。"),
    WhistleStep.CLOSE: gettext_lazy("哨单已结束，事项继续按八步办理。"),
    WhistleStep.CHECK_IN: gettext_lazy("已报到。到现场后请按“已到现场”。"),
    WhistleStep.REPORT: gettext_lazy("情况已上报，吹哨的一方看得到。"),
    WhistleStep.FEED_BACK: gettext_lazy("进展已反馈，吹哨的一方看得到。"),
    WhistleStep.ARRIVE: gettext_lazy("已记下到场时间。"),
    WhistleStep.LEAVE: gettext_lazy("已离场，辛苦了。"),
    WhistleStep.HAND_OVER: gettext_lazy("已移交，接手的单位从现在起计时。"),
}

_CLOCK_OF = {
    WhistleStep.REPORT: WhistleClock.REPORT,
    WhistleStep.ARRIVE: WhistleClock.ARRIVE,
    WhistleStep.FEED_BACK: WhistleClock.FEED_BACK,
}
_STATE_TONES = {
    SummonsState.CALLED: ("bell-ringing", "warn"),
    SummonsState.CHECKED_IN: ("circle-check", "info"),
    SummonsState.ON_SPOT: ("map-pin", "good"),
    SummonsState.LEFT: ("logout", "quiet"),
    SummonsState.HANDED_OVER: ("arrow-forward-up", "quiet"),
    SummonsState.RELEASED: ("circle-x", "quiet"),
}


def expected(track: UnitTrack) -> WhistleStep:
    """What one expects the unit to do next: the first press of its form."""
    summons = track.summons
    if summons.state == SummonsState.CALLED:
        return WhistleStep.CHECK_IN
    if summons.reported_at is None:
        return WhistleStep.REPORT
    if summons.state == SummonsState.CHECKED_IN:
        return WhistleStep.ARRIVE
    return WhistleStep.FEED_BACK if summons.fed_back_at is None else WhistleStep.LEAVE


def shown(whistle: "Whistle", *, by: Actor, at: datetime) -> dict[str, Any]:
    """Everything that the tracks show: {found, units, called, arrived, late, own, runs}."""
    found = whistle_sheet(whistle, by=by, at=at)
    units = [unit_shown(track, at=at) for track in found.tracks]
    return {
        "whistle": whistle,
        "found": found,
        "units": units,
        "said": [said(entry) for entry in found.entries],
        "own": [unit for unit in units if unit["answers"] or unit["may_hand_over"]],
        "runs": whistle.ended_at is None,
        "whistler": named(reference().units.get(whistle.unit_id)),
    }


def unit_shown(track: UnitTrack, *, at: datetime) -> dict[str, Any]:
    """One summoned unit for a page."""
    summons = track.summons
    icon, tone = _STATE_TONES[SummonsState(summons.state)]
    first = expected(track)
    acts = [step for step in ANSWERS if step in track.acts]
    acts.sort(key=lambda step: step is not first)
    to = reference().units.get(summons.handed_to_id) if summons.handed_to_id else None
    return {
        "code": track.unit.code if track.unit else "",
        "name": named(track.unit),
        "state": SummonsState(summons.state).label,
        "icon": icon,
        "tone": tone,
        "late": track.is_late,
        "open": summons.state in HERE,
        "track": track_rows(track, at=at),
        "said": [said(entry) for entry in track.entries if entry.text or entry.pictures.all()],
        "answers": [
            {"step": step, "icon": ANSWERS[step][0], "label": ANSWERS[step][1], "primary": step is first}
            for step in acts
        ],
        "may_hand_over": WhistleStep.HAND_OVER in track.acts,
        "handed_to": named(to),
        "told": named(track.told[-1].told) if track.told else "",
        "due_at": next((clock.due_at for clock in track.clocks if clock.state in ("running", "overdue")), None),
    }


def summonses_shown(actor: Actor, *, at: datetime) -> list[dict[str, Any]]:
    """The running calls of the actor's units for a list; one statement, two where there are any."""
    rows = summonses_of(actor)
    names = place_lines([row.whistle.matter.path for row in rows]) if rows else {}
    known = reference().units
    found = []
    for row in rows:
        clocks = clocks_of(row, at=at)
        icon, tone = _STATE_TONES[SummonsState(row.state)]
        found.append(
            {
                "summons": row,
                "matter": row.whistle.matter,
                "place": names[row.whistle.matter.path],
                "unit": named(known.get(row.unit_id)),
                "state": SummonsState(row.state).label,
                "icon": icon,
                "tone": tone,
                "late": any(clock.state == "overdue" for clock in clocks),
                "due_at": min((clock.due_at for clock in clocks if clock.done_at is None), default=None),
            }
        )
    return found


def said(entry: Any) -> dict[str, Any]:
    """Words and pictures of one step."""
    return {
        "label": WhistleStep(entry.step).label,
        "at": entry.at,
        "who": entry.by_name,
        "text": entry.text,
        "pictures": list(entry.pictures.all()),
    }


def track_rows(track: UnitTrack, *, at: datetime) -> list[dict[str, Any]]:
    """The way of one unit like a parcel's track, with by how much each clock was missed."""
    summons = track.summons
    clocks = {clock.clock: clock for clock in track.clocks}
    ended = summons.ended_at
    who = {entry.step: entry.by_name for entry in reversed(track.entries)}
    rows: list[dict[str, Any]] = [
        {"label": pgettext_lazy("whistle", "被叫到"), "state": "done", "at": summons.called_at},
        {
            "label": WhistleStep.CHECK_IN.label,
            "state": "done" if summons.checked_in_at else "skipped" if ended else "now",
            "at": summons.checked_in_at,
            "who": next((entry.by_name for entry in track.entries), ""),
        },
    ]
    rows += [
        _clock_row(step, clocks[clock], ended=ended is not None, at=at) | {"who": who.get(step, "")}
        for step, clock in _CLOCK_OF.items()
    ]
    if ended is None:
        rows.append({"label": WhistleStep.LEAVE.label, "state": "todo", "at": None})
    else:
        rows.append({"label": SummonsState(summons.state).label, "state": "done", "at": ended})
    return rows


def _clock_row(step: WhistleStep, clock: Met, *, ended: bool, at: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {"label": step.label, "at": clock.done_at}
    if clock.done_at is not None:
        over = clock.over_by
        return row | {"state": "done", "note": _("逾期 %(span)s") % {"span": span(over)} if over else ""}
    if clock.state == "overdue":
        end = at if not ended else clock.due_at
        note = _("已超 %(span)s") % {"span": span(end - clock.due_at)} if end > clock.due_at else _("一直没有做到")
        return row | {"state": "late", "note": note}
    if ended:
        return row | {"state": "skipped"}
    left = clock.due_at - at
    return row | {"state": "todo", "note": _("还剩 %(span)s") % {"span": span(max(left, timedelta(minutes=1)))}}


# --- steps ----------------------------------------------------------------------------------------------------------


def text_of(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").replace("\x00", "").strip()


def _units_of(request: HttpRequest) -> list[str]:
    return [code.replace("\x00", "")[:60] for code in request.POST.getlist("units")[:50]]


Taken = Callable[[HttpRequest, dict[str, Any]], Any]


def _answer(operation: Callable[..., Any], *words: str) -> Taken:
    def taken(request: HttpRequest, common: dict[str, Any]) -> Any:
        said = {name: text_of(request, name) for name in ("unit", "note", *words)}
        return operation(**common, **said, pictures=pictures_of(request))

    return taken


STEPS: dict[str, Taken] = {
    WhistleStep.CHECK_IN: _answer(operations.check_in),
    WhistleStep.REPORT: _answer(operations.report_up),
    WhistleStep.FEED_BACK: _answer(operations.feed_back),
    WhistleStep.ARRIVE: _answer(operations.arrive),
    WhistleStep.LEAVE: _answer(operations.leave),
    WhistleStep.HAND_OVER: _answer(operations.hand_over, "to"),
    WhistleStep.CALL: lambda request, common: operations.call_more(
        **common, units=_units_of(request), note=text_of(request, "note")
    ),
    WhistleStep.RELEASE: lambda request, common: operations.release(
        **common, unit=text_of(request, "unit"), note=text_of(request, "note")
    ),
    WhistleStep.CLOSE: lambda request, common: operations.close(**common, note=text_of(request, "note")),
}


def take(request: HttpRequest, whistle: "Whistle", step: str) -> None:
    """The step, once for each form that was shown, however often it is sent. Raises NotFound for none."""
    work = STEPS.get(step)
    if work is None:
        raise NotFound
    common = {"whistle": whistle, "by": request.actor, "at": request.at}  # type: ignore[attr-defined]
    _once(request, f"whistle.{step}:{whistle.pk}", lambda: work(request, common))


def blow(request: HttpRequest, matter: Any) -> None:
    """Whistle for the matter, once for each form that was shown."""
    _once(
        request,
        f"whistle.blow:{matter.pk}",
        lambda: operations.blow(
            matter=matter, units=_units_of(request), note=text_of(request, "note"),
            by=request.actor, at=request.at,  # type: ignore[attr-defined]
        ),
    )  # fmt: skip


def _once(request: HttpRequest, route: str, act: Callable[[], Any]) -> None:
    actor: Actor = request.actor  # type: ignore[attr-defined]

    def work() -> tuple[int, Any]:
        return 200, str(act().pk)

    unsaid = {"csrfmiddlewaretoken", "key"}
    words = sorted((name, value) for name, values in request.POST.lists() if name not in unsaid for value in values)
    files = [(upload.name, upload.size) for upload in request.FILES.getlist("pictures")]
    once(
        key=text_of(request, "key")[:64], owner=str(actor.user_id), route=route,
        body=json.dumps([words, files]).encode(), at=request.at, work=work,  # type: ignore[attr-defined]
    )  # fmt: skip


def units_offered(matter: Any, *, but: set[Any], typed: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """The units that may be summoned, those of the rules ticked; after an error those that were ticked then."""
    ticked = set(typed.getlist("units")) if typed is not None and hasattr(typed, "getlist") else None
    return [
        {
            "code": unit.code,
            "name": named(unit),
            "proposed": proposed,
            "ticked": proposed if ticked is None else unit.code in ticked,
        }
        for unit, proposed in units_to_call(matter, but=but)
    ]


def here(found: WhistleSheet) -> set[Any]:
    """The ids of the units that are still in the whistle."""
    return {track.summons.unit_id for track in found.tracks if track.summons.state in HERE}
