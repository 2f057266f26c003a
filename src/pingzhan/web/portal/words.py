"""A matter in plain words, for those who raised it: where it is, what comes next, and by when."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from pingzhan.core.clock import now
from pingzhan.matters.choices import ClockKind, ClockState, Status, Step
from pingzhan.matters.queries.reference import reference
from pingzhan.places.names import named

# What residents call the eight steps, each with what happens in it.
EIGHT: dict[str, tuple[Any, Any]] = {
    Step.ACCEPT: (gettext_lazy("受理"), gettext_lazy("居委会或街镇确认收到，并为您负责到底")),
    Step.DISPATCH: (gettext_lazy("转办"), gettext_lazy("交给能解决问题的单位")),
    Step.PROGRESS: (gettext_lazy("跟踪"), gettext_lazy("承办单位签收、到场办理，进展写在这里")),
    Step.SUPERVISE: (gettext_lazy("督促"), gettext_lazy("快到期和已逾期的，工作人员一眼看到")),
    Step.FEED_BACK: (gettext_lazy("反馈"), gettext_lazy("核实结果后答复您")),
    Step.RATE: (gettext_lazy("评价"), gettext_lazy("办得好不好，由您来打分")),
    Step.PUBLISH: (gettext_lazy("公示"), gettext_lazy("去掉个人信息后，把结果公开")),
    Step.ARCHIVE: (gettext_lazy("归档"), gettext_lazy("编号关闭，全过程留存可查")),
}

# What is owed by a clock: running, and when it has stopped.
_OWED: dict[str, tuple[Any, Any]] = {
    ClockKind.ACCEPT: (pgettext_lazy("deadline", "受理"), pgettext_lazy("deadline", "已受理")),
    ClockKind.DISPATCH: (pgettext_lazy("deadline", "转给承办单位"), pgettext_lazy("deadline", "已转办")),
    ClockKind.SIGN: (pgettext_lazy("deadline", "由承办单位签收"), pgettext_lazy("deadline", "已签收")),
    ClockKind.FIRST_FEEDBACK: (pgettext_lazy("deadline", "给出第一次进展"), pgettext_lazy("deadline", "已有进展")),
    ClockKind.FINISH: (pgettext_lazy("deadline", "办结"), pgettext_lazy("deadline", "已办结")),
    ClockKind.FEED_BACK: (pgettext_lazy("deadline", "答复您"), pgettext_lazy("deadline", "已答复")),
    ClockKind.RATE: (pgettext_lazy("deadline", "请您评价"), pgettext_lazy("deadline", "已评价")),
    ClockKind.PUBLISH: (pgettext_lazy("deadline", "公示结果"), pgettext_lazy("deadline", "已公示")),
    ClockKind.ARCHIVE: (pgettext_lazy("deadline", "归档"), pgettext_lazy("deadline", "已归档")),
    ClockKind.SUPERVISION: (pgettext_lazy("deadline", "回复督办"), pgettext_lazy("deadline", "已回复督办")),
    ClockKind.REPORT_UP: (pgettext_lazy("deadline", "上报情况"), pgettext_lazy("deadline", "已上报")),
    ClockKind.ON_SPOT: (pgettext_lazy("deadline", "到场"), pgettext_lazy("deadline", "已到场")),
}


@dataclass(frozen=True, slots=True)
class ShownClock:
    """`tone`: ok, soon (less than a quarter of the time is left), late, paused, done."""

    kind: str
    tone: str
    words: str
    due_at: datetime
    running: bool


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Where the matter is and what comes next."""

    headline: str
    next: str


def moment(at: datetime) -> str:
    """A time as people say it, in the installation's zone: 11月25日 17:00; with the year where it is another."""
    local = timezone.localtime(at)
    same_year = local.year == timezone.localtime(now()).year
    # Translators: a date format of Django, see its template filter "date".
    return date_format(local, _("n月j日 H:i") if same_year else _("Y年n月j日 H:i"))


def span(length: timedelta) -> str:
    """A length of time in its largest one or two units, rounded down; at least a minute."""
    minutes = max(1, int(length.total_seconds() // 60))
    days, hours = minutes // 1440, minutes % 1440 // 60
    if days:
        said = ngettext("%(n)s 天", "%(n)s 天", days) % {"n": days}
        return (
            said if days > 2 or not hours else said + " " + ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours}
        )
    if hours:
        return ngettext("%(n)s 小时", "%(n)s 小时", hours) % {"n": hours}
    return ngettext("%(n)s 分钟", "%(n)s 分钟", minutes) % {"n": minutes}


def shown_clock(clock: Any, *, at: datetime) -> ShownClock:
    """A deadline in words, lateness said as it is."""
    owed, done = _OWED[clock.kind]
    due = {"when": moment(clock.due_at), "what": owed}
    match clock.state:
        case ClockState.RUNNING if clock.due_at < at and clock.kind != ClockKind.RATE:
            words = _("应在 %(when)s 前%(what)s，已逾期 %(late)s") % {**due, "late": span(at - clock.due_at)}
            tone = "late"
        case ClockState.RUNNING if clock.kind == ClockKind.RATE:
            words, tone = _("请在 %(when)s 前评价，到期自动进入下一步") % due, "ok"
        case ClockState.RUNNING:
            words = _("预计 %(when)s 前%(what)s") % due
            left, whole = clock.due_at - at, clock.due_at - clock.started_at
            tone = "soon" if left * 4 < whole else "ok"
        case ClockState.PAUSED:
            words, tone = _("%(what)s的计时已暂停，恢复办理后继续") % due, "paused"
        case ClockState.MET:
            words, tone = _("%(when)s %(done)s，按时") % {"when": moment(clock.stopped_at), "done": done}, "done"
        case ClockState.LATE:
            words = _("%(when)s %(done)s，晚了 %(late)s") % {
                "when": moment(clock.stopped_at), "done": done, "late": span(clock.stopped_at - clock.due_at),
            }  # fmt: skip
            tone = "late"
        case _:
            words, tone = _("%(what)s的计时已终止") % due, "done"
    return ShownClock(clock.kind, tone, words, clock.due_at, clock.state in {ClockState.RUNNING, ClockState.PAUSED})


def shown_clocks(clocks: Iterable[Any], *, at: datetime) -> list[ShownClock]:
    """All clocks of a matter: what is owed now first, by its time, then what is past, the latest first."""
    shown = [shown_clock(clock, at=at) for clock in clocks if clock.state != ClockState.STOPPED]
    owed = sorted((clock for clock in shown if clock.running), key=lambda clock: clock.due_at)
    return owed + [clock for clock in reversed(shown) if not clock.running]


def follow_up(matter: Any) -> FollowUp:
    """The state of a matter as a sentence, and what comes next."""
    known = reference()
    receiver = named(known.units.get(matter.receiver_id)) or _("受理单位")
    handler = named(known.units.get(matter.handler_id)) or _("承办单位")
    who = {"receiver": receiver, "handler": handler}
    said: dict[str, tuple[str, str]] = {
        Status.SUBMITTED: (_("已收到，等待受理"), _("由%(receiver)s受理。受理后会转给能解决问题的单位。")),
        Status.ACCEPTED: (_("已受理，正在转办"), _("%(receiver)s正在把它交给承办单位。")),
        Status.DISPATCHED: (
            _("已转办，等待签收"),
            _("已转给%(handler)s，等待对方签收。签收之前仍由%(receiver)s负责。"),
        ),
        Status.IN_PROGRESS: (_("正在办理"), _("由%(handler)s办理，进展会写在下面。")),
        Status.ON_HOLD: (_("暂缓办理"), _("%(handler)s暂缓办理，条件具备后会继续。")),
        Status.COMPLETED: (_("已办结，正在核实"), _("%(receiver)s核实后会在这里答复您。")),
        Status.FED_BACK: (_("已有结果，请您评价"), _("请看看办理结果，打个分；没有解决，可以要求重新办理。")),
        Status.RATED: (_("已评价，准备公示"), _("去掉个人信息后，由专人审核公示。")),
        Status.PUBLISHED: (_("结果已公示"), _("接下来归档，编号关闭。")),
        Status.ARCHIVED: (_("已归档"), _("这件事项已经走完全部步骤。问题又出现时，可以要求重新办理或另报一件。")),
        Status.REJECTED: (pgettext("status", "不予受理"), _("不同意的，可以写明理由要求重新办理。")),
        Status.MERGED: (_("已并入同一问题的事项"), _("这个问题已有人先反映，合并在一起办理。")),
        Status.WITHDRAWN: (_("已撤回"), _("您已撤回这件事项。需要时请重新上报。")),
    }
    headline, after = said[matter.status]
    return FollowUp(headline, after % who)


# Which steps on record tell when each of the eight was done.
_RECORDED: dict[str, tuple[str, ...]] = {
    Step.ACCEPT: (Step.ACCEPT,),
    Step.DISPATCH: (Step.DISPATCH, Step.REFER),
    Step.PROGRESS: (Step.SIGN,),
    Step.SUPERVISE: (Step.COMPLETE,),
    Step.FEED_BACK: (Step.FEED_BACK,),
    Step.RATE: (Step.RATE,),
    Step.PUBLISH: (Step.PUBLISH,),
    Step.ARCHIVE: (Step.ARCHIVE,),
}


def eight_steps(sheet: Any, *, at: datetime) -> list[dict[str, Any]]:
    """The track of a sheet for the page: each of the eight steps with its state, when it was done, what it means."""
    overdue = any(clock.state == ClockState.RUNNING and clock.due_at < at for clock in sheet.clocks)
    ended = not any(one.state == "now" for one in sheet.track)  # rejected, merged, withdrawn: what is left never comes
    rows = []
    for one in sheet.track:
        label, about = EIGHT[one.step]
        done = next((item for item in reversed(sheet.items) if item.step in _RECORDED[one.step]), None)
        state = one.state
        if state == "now" and overdue:
            state = "late"
        if (state == "done" and done is None and one.step == Step.PUBLISH) or (state == "todo" and ended):
            state = "skipped"
        note = about if state in {"now", "late"} else ""
        if one.step == Step.RATE and state == "done" and done is not None and done.lapsed:
            note = _("到期没有评价，自动进入下一步")
        rows.append(
            {
                "step": one.step,
                "label": label,
                "state": state,
                "at": done.at if done is not None and state == "done" else None,
                "who": done.unit if done is not None and state == "done" else "",
                "note": note,
            }
        )
    return rows


def reason_of(sheet: Any) -> str:
    """Why the matter was rejected or put on hold, while it is; "" otherwise."""
    because = {Status.REJECTED: Step.REJECT, Status.ON_HOLD: Step.HOLD}.get(sheet.matter.status)
    item = next((item for item in reversed(sheet.items) if item.step == because), None)
    return str(item.replies[-1]) if item is not None and item.replies else ""


def result_of(sheet: Any) -> str:
    """The answer that was given to the reporter, the latest one; "" while there is none or after reopening."""
    for item in reversed(sheet.items):
        if item.step == Step.REOPEN:
            return ""
        if item.step == Step.FEED_BACK and item.replies:
            return str(item.replies[-1])
    return ""
