"""Whistle and check-in (吹哨报到) as a table: what a summoned unit does, from where to where, and its three clocks.

The whistle runs beside the eight steps and changes none of them. Pure: no database, no clock, no request.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from pingzhan.matters.choices import ClockKind
from pingzhan.matters.workflow import IN_HAND

# The states in which a matter may be whistled for; its whistle ends by itself when it is closed.
WHISTLED_IN = frozenset(IN_HAND)
MOST_UNITS = 20  # summoned by one whistle


class SummonsState(models.TextChoices):
    CALLED = "called", _("待报到")
    CHECKED_IN = "checked_in", _("已报到")
    ON_SPOT = "on_spot", _("在现场")
    LEFT = "left", _("已离场")
    HANDED_OVER = "handed_over", _("已移交")
    RELEASED = "released", _("已解除")


class WhistleStep(models.TextChoices):
    """What is done in a whistle: the first three by who whistles, the others by a summoned unit."""

    BLOW = "blow", _("吹哨")
    CALL = "call", _("加派单位")
    CLOSE = "close", _("结束哨单")
    RELEASE = "release", _("解除")
    CHECK_IN = "check_in", _("报到")
    REPORT = "report", _("上报情况")
    FEED_BACK = "feed_back", _("反馈进展")
    ARRIVE = "arrive", _("到场")
    LEAVE = "leave", _("离场")
    HAND_OVER = "hand_over", _("移交")


class WhistleClock(models.TextChoices):
    """The three deadlines of a summoned unit; `TimeRule` may set them by category and urgency."""

    REPORT = "whistle_report", _("上报时限")
    FEED_BACK = "whistle_feed_back", _("首次反馈时限")
    ARRIVE = "whistle_arrive", _("到场时限")


# What a time rule may be about: the clocks of a matter, and those of a summoned unit.
TIMED = [*ClockKind.choices, *WhistleClock.choices]


class Ending(models.TextChoices):
    ALL_LEFT = "all_left", _("各单位均已离场")
    CLOSED = "closed", _("吹哨单位结束")
    MATTER_CLOSED = "matter_closed", _("事项已经了结")


@dataclass(frozen=True, slots=True)
class Act:
    """`target` None: the state stays, but whoever does anything has checked in by it."""

    step: WhistleStep
    sources: frozenset[SummonsState]
    target: SummonsState | None
    stops: WhistleClock | None = None
    by_whistler: bool = False


_S, _W = SummonsState, WhistleStep
HERE = frozenset({_S.CALLED, _S.CHECKED_IN, _S.ON_SPOT})  # of these the whistler still expects something
ENDED = frozenset({_S.LEFT, _S.HANDED_OVER, _S.RELEASED})

ACTS: dict[WhistleStep, Act] = {
    act.step: act
    for act in (
        Act(_W.CHECK_IN, frozenset({_S.CALLED}), _S.CHECKED_IN),
        Act(_W.REPORT, HERE, None, WhistleClock.REPORT),
        Act(_W.FEED_BACK, HERE, None, WhistleClock.FEED_BACK),
        Act(_W.ARRIVE, frozenset({_S.CALLED, _S.CHECKED_IN}), _S.ON_SPOT, WhistleClock.ARRIVE),
        Act(_W.LEAVE, frozenset({_S.ON_SPOT}), _S.LEFT),
        Act(_W.HAND_OVER, frozenset({_S.ON_SPOT}), _S.HANDED_OVER),
        Act(_W.RELEASE, HERE, _S.RELEASED, by_whistler=True),
    )
}
# Who is expected to move a summons on; every state has one.
SUMMONS_OWNER: dict[SummonsState, str] = {
    _S.CALLED: "unit",
    _S.CHECKED_IN: "unit",
    _S.ON_SPOT: "unit",
    _S.LEFT: "nobody",
    _S.HANDED_OVER: "nobody",
    _S.RELEASED: "nobody",
}

# By which of its columns a summons shows that a clock was met, and until when it runs.
DONE_AT: dict[WhistleClock, str] = {
    WhistleClock.REPORT: "reported_at",
    WhistleClock.FEED_BACK: "fed_back_at",
    WhistleClock.ARRIVE: "arrived_at",
}
DUE_AT: dict[WhistleClock, str] = {
    WhistleClock.REPORT: "report_due_at",
    WhistleClock.FEED_BACK: "feed_back_due_at",
    WhistleClock.ARRIVE: "arrive_due_at",
}


def after(state: str, act: Act) -> SummonsState:
    """The state after `act`: whoever reports or feeds back without having checked in has done so by it."""
    if act.target is not None:
        return act.target
    return SummonsState.CHECKED_IN if state == SummonsState.CALLED else SummonsState(state)


def acts_from(state: str, *, by_whistler: bool) -> list[WhistleStep]:
    """What may be done from `state`, in the table's order."""
    return [step for step, act in ACTS.items() if state in act.sources and act.by_whistler == by_whistler]
