"""Pure rules of matters: no database, no clock, no request."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from pingzhan.core.worktime import Calendar
from pingzhan.matters.choices import Basis, ClockKind, LimitKind, Step, Tier, Urgency
from pingzhan.matters.workflow import EIGHT_STEPS, TABLE

# --- words ----------------------------------------------------------------------------------------------------------

_CLAUSE = re.compile(r"[。！？!?；;\n]")


def title_of(text: str, *, most: int = 30) -> str:
    """The first clause of a report, at most `most` characters."""
    first = next((part.strip() for part in _CLAUSE.split(text) if part.strip()), text.strip())
    return first if len(first) <= most else first[: most - 1] + "…"


@dataclass(frozen=True, slots=True)
class Guess:
    """A category found by its keywords; `words` are those that counted."""

    category: str
    words: tuple[str, ...]


def classify(text: str, keywords: Mapping[str, Sequence[str]]) -> Guess | None:
    """The category whose keywords weigh most in `text`, or None when no word is found.

    A word counts by its length, so that 燃气泄漏 outweighs 气. Ties go to the category named first.
    """
    best: Guess | None = None
    best_weight = 0
    for category, words in keywords.items():
        found = tuple(word for word in words if word in text)
        weight = sum(len(word) ** 2 for word in found)
        if weight > best_weight:
            best, best_weight = Guess(category, found), weight
    return best


DANGER_WORDS = (  # untranslated: residents write Chinese
    "着火", "起火", "火灾", "冒烟", "爆炸", "燃气泄漏", "煤气泄漏", "煤气味", "燃气味", "触电", "坠楼", "跳楼", "自杀",
    "昏迷", "晕倒", "中毒", "溺水", "坍塌", "倒塌", "被困", "持刀", "打人", "出血", "没有呼吸",
    "on fire", "gas leak", "smell of gas", "smell gas", "unconscious", "not breathing", "bleeding", "suicide",
    "drowning",
    "explosion", "electrocuted", "collapsed",
)  # fmt: skip


def endangers_life(text: str) -> bool:
    """Whether the words speak of danger to life: then the emergency numbers are shown before anything else."""
    plain = text.lower()
    return any(word in plain for word in DANGER_WORDS)


# --- deadlines ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Allowance:
    """How long a step may take. `minutes` counts when above 0, else `days`."""

    kind: str
    basis: str
    minutes: int = 0
    days: int = 0
    category: str = ""
    urgency: str = ""


def allowance(rules: Iterable[Allowance], *, kind: str, category: str, group: str, urgency: str) -> Allowance | None:
    """The most specific rule of `kind`: by category, then its group, then urgency, then the default."""
    best: Allowance | None = None
    best_rank = -1
    for rule in rules:
        if rule.kind != kind or rule.urgency not in ("", urgency) or rule.category not in ("", group, category):
            continue
        rank = (4 if rule.category == category else 2) * bool(rule.category) + bool(rule.urgency)
        if rank > best_rank:
            best, best_rank = rule, rank
    return best


def due_at(allowed: Allowance, *, start: datetime, calendar: Calendar) -> datetime:
    """When the time is up; working time by the national calendar, or round the clock."""
    if allowed.basis == Basis.CALENDAR:
        return start + (timedelta(minutes=allowed.minutes) if allowed.minutes else timedelta(days=allowed.days))
    if allowed.minutes:
        return calendar.add_working_minutes(start, allowed.minutes)
    return calendar.working_days_later(start, allowed.days)


def moved_on(due: datetime, *, basis: str, paused_at: datetime, at: datetime, calendar: Calendar) -> datetime:
    """When a clock that stood still from `paused_at` until `at` is due: as much time is left as was left then.

    What was overdue when it stopped stays due when it was.
    """
    if due <= paused_at:
        return due
    if basis == Basis.CALENDAR:
        return due + (at - paused_at)
    return calendar.add_working_time(at, calendar.working_time_between(paused_at, due))


@dataclass(frozen=True, slots=True)
class Rung:
    """Whom an overdue clock is told to, and how long (minutes) after the rung before, or after it was due."""

    tier: Tier
    basis: Basis
    minutes: int


@dataclass(frozen=True, slots=True)
class Rungs:
    """A ladder as it stands in memory; `kind` and `urgency` empty: any."""

    id: int
    kind: str
    urgency: str
    rungs: tuple[Rung, ...]


def ladder_for(ladders: Iterable[Rungs], *, kind: str, urgency: str) -> Rungs | None:
    """The most specific ladder: of the kind, then of the urgency, then the default."""
    fitting = [one for one in ladders if one.kind in ("", kind) and one.urgency in ("", urgency)]
    return max(fitting, key=lambda one: (bool(one.kind), bool(one.urgency)), default=None)


def acts_at(rungs: Sequence[Rung], *, climbed: int, since: datetime, calendar: Calendar) -> datetime | None:
    """When the rung after `climbed` ones is due; `since`: the rung before, or the clock's due time. None: no more."""
    if climbed >= len(rungs):
        return None
    rung = rungs[climbed]
    if rung.basis == Basis.CALENDAR or not rung.minutes:
        return since + timedelta(minutes=rung.minutes)
    return calendar.add_working_minutes(since, rung.minutes)


# Where an installation sets nothing else.
DEFAULT_LIMITS: dict[str, int] = {
    LimitKind.PAUSE_DAYS: 30,
    LimitKind.ASK_DAYS: 3,
    LimitKind.RETURNS: 2,
    LimitKind.UNMERGE_DAYS: 7,
    LimitKind.SUPERVISION_DAYS: 3,
}


@dataclass(frozen=True, slots=True)
class Bound:
    """A limit set by an installation."""

    kind: str
    amount: int
    category: str = ""
    urgency: str = ""


def limit(bounds: Iterable[Bound], *, kind: str, category: str, group: str, urgency: str) -> int:
    """The most specific limit of `kind`; the default where there is none."""
    fitting = [
        one
        for one in bounds
        if one.kind == kind and one.urgency in ("", urgency) and one.category in ("", group, category)
    ]
    best = max(
        fitting,
        key=lambda one: (4 if one.category == category else 2) * bool(one.category) + bool(one.urgency),
        default=None,
    )
    return DEFAULT_LIMITS[kind] if best is None else best.amount


@dataclass(frozen=True, slots=True)
class ClockChange:
    """What a step does to the clocks. `stops`: met, or late; `stops_all`: the others end without being met.

    `revives`: the last one of the kind runs on with the time that was left. `stands`: the clocks of PAUSABLE stand
    still. `goes_on`: what stood still runs on, and the pause is over.
    """

    stops: frozenset[ClockKind] = frozenset()
    starts: frozenset[ClockKind] = frozenset()
    stops_all: bool = False
    revives: frozenset[ClockKind] = frozenset()
    stands: bool = False
    goes_on: bool = False


_C = ClockKind
# What stands still while a pause is in force, of what runs then.
PAUSABLE = frozenset({_C.ACCEPT, _C.DISPATCH, _C.SIGN, _C.FINISH})

CLOCKS: dict[Step, ClockChange] = {
    Step.REPORT: ClockChange(starts=frozenset({_C.ACCEPT})),
    # Who takes it on, or hands it on, waits no longer for an answer.
    Step.ACCEPT: ClockChange(stops=frozenset({_C.ACCEPT}), starts=frozenset({_C.DISPATCH}), goes_on=True),
    # The finish clock starts at the first dispatch and is never set back: starting one that runs changes nothing.
    Step.DISPATCH: ClockChange(
        stops=frozenset({_C.ACCEPT, _C.DISPATCH}),
        starts=frozenset({_C.SIGN, _C.FIRST_FEEDBACK, _C.FINISH}),
        goes_on=True,
    ),
    Step.REFER: ClockChange(
        stops=frozenset({_C.ACCEPT, _C.DISPATCH, _C.SIGN}),
        starts=frozenset({_C.SIGN, _C.FIRST_FEEDBACK, _C.FINISH}),
        goes_on=True,
    ),
    # The unit that signs may go on waiting for the answer to its question.
    Step.SIGN: ClockChange(stops=frozenset({_C.SIGN})),
    # Nothing that ran is set back by a return, nor when it is handed on again.
    Step.RETURN: ClockChange(stops=frozenset({_C.SIGN}), starts=frozenset({_C.DISPATCH}), goes_on=True),
    Step.PROGRESS: ClockChange(stops=frozenset({_C.FIRST_FEEDBACK})),
    Step.RESUME: ClockChange(goes_on=True),
    Step.COMPLETE: ClockChange(
        stops=frozenset({_C.FIRST_FEEDBACK, _C.FINISH, _C.SUPERVISION}),
        starts=frozenset({_C.FEED_BACK}),
        goes_on=True,
    ),
    Step.FEED_BACK: ClockChange(stops=frozenset({_C.FEED_BACK}), starts=frozenset({_C.RATE})),
    Step.RATE: ClockChange(stops=frozenset({_C.RATE}), starts=frozenset({_C.PUBLISH})),
    Step.PUBLISH: ClockChange(stops=frozenset({_C.PUBLISH}), starts=frozenset({_C.ARCHIVE})),
    Step.ARCHIVE: ClockChange(stops=frozenset({_C.ARCHIVE}), stops_all=True),
    Step.REJECT: ClockChange(stops=frozenset({_C.ACCEPT}), stops_all=True),
    Step.WITHDRAW: ClockChange(stops_all=True),
    Step.MERGE: ClockChange(stops_all=True),
    Step.REOPEN: ClockChange(stops_all=True, starts=frozenset({_C.DISPATCH})),
    Step.SUPERVISE: ClockChange(stops=frozenset({_C.SUPERVISION})),
    Step.REPORT_BACK: ClockChange(stops=frozenset({_C.SUPERVISION})),
    Step.RELEASE: ClockChange(stops=frozenset({_C.SUPERVISION})),
}
# A matter sent back by the one who verifies goes on being handled: its finish clock runs on from where it stood.
SENT_BACK = ClockChange(stops=frozenset({_C.FEED_BACK}), revives=frozenset({_C.FINISH}))
# Who owes which deadline: the one that was asked first, or the one that handles it.
_BY_RECEIVER = frozenset({_C.ACCEPT, _C.DISPATCH, _C.FEED_BACK, _C.PUBLISH, _C.ARCHIVE})
_BY_AWAITED = frozenset({_C.DISPATCH, _C.FEED_BACK})


def owed_by(kind: str, *, handler: UUID | None, receiver: UUID, awaits: UUID | None) -> UUID:
    """The unit that a clock of `kind` runs for; a unit that the matter awaits answers for the decision it owes."""
    if kind in _BY_AWAITED and awaits is not None:
        return awaits
    return receiver if kind in _BY_RECEIVER or handler is None else handler


# Deadlines that only the reporter could miss: nobody is urged, the loop goes on by itself.
UNPRESSED = frozenset({_C.RATE})

REOPEN_WITHIN = timedelta(days=90)
URGE_EVERY = timedelta(hours=24)


def urgency_of(text: str, category_urgency: str, asked: str | None) -> str:
    """The highest of what the category says, what was asked for, and danger to life in the words."""
    order = [Urgency.ROUTINE.value, Urgency.URGENT.value, Urgency.CRITICAL.value]
    found = [category_urgency, asked or order[0], order[2] if endangers_life(text) else order[0]]
    return max(found, key=order.index)


# --- the track ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TrackStep:
    step: Step
    state: str  # done, now, todo


def track(status: str, *, came_from: str = "") -> list[TrackStep]:
    """The eight steps with how far the matter is, like a parcel's track.

    `came_from` is the state before a rejection, withdrawal or merger: what was done until then stays done.
    """
    order = list(EIGHT_STEPS)
    here = next((index for index, (_, states) in enumerate(order) if status in states), None)
    if here is None and status == "archived" and not came_from:
        here = len(order)
    ended = here is None
    if here is None:
        here = next((index for index, (_, states) in enumerate(order) if came_from in states), 0)
    return [
        TrackStep(step, "done" if index < here else "now" if index == here and not ended else "todo")
        for index, (step, _) in enumerate(order)
    ]


def allowed_sources(step: Step) -> list[str]:
    """The states from which `step` may be taken, in reading order."""
    return sorted(TABLE[step].sources)
