"""The eight-step loop as a table: which step leads from where to where, and who may take it.

The state diagram in docs/ is printed from this table, the pages' buttons and the operations' checks read it.
"""

from dataclasses import dataclass, replace
from typing import Any

from pingzhan.access.permissions import Permission as P
from pingzhan.matters.choices import Status as S
from pingzhan.matters.choices import Step


@dataclass(frozen=True, slots=True)
class Transition:
    """`target` None: the state stays. `otherwise`: where a decision leads that goes the other way.

    `by_handler`: only the unit in charge (`or_receiver`: before there is one, who was asked first). `by_reporter`: also
    who reported it. `by_awaited`: only the unit that the matter awaits, while it awaits one. `only_if`: a field of the
    matter that must be set; `unless`: one that must not. `uncharged`: before a unit is in charge the step belongs to
    whoever holds this at the place, or to the unit that the matter awaits. `stays`: where the state does not change.
    """

    step: Step
    sources: frozenset[S]
    target: S | None
    permission: P
    otherwise: S | None = None
    by_handler: bool = False
    or_receiver: bool = False
    by_reporter: bool = False
    by_awaited: bool = False
    only_if: str = ""
    unless: str = ""
    uncharged: P | None = None
    stays: frozenset[S] = frozenset()

    def in_state(self, status: str) -> "Transition":
        """The step as it is in this state: whose it is, and where it leads."""
        target = None if status in self.stays else self.target
        if self.uncharged is None or status not in UNCHARGED:
            return self if target == self.target else replace(self, target=target)
        return replace(self, target=target, permission=self.uncharged, by_handler=False, by_awaited=True)


def _transition(step: Step, sources: set[S], target: S | None, permission: P, **more: Any) -> Transition:
    return Transition(step, frozenset(sources), target, permission, **more)


# No unit is in charge yet: who was asked first has the matter.
UNCHARGED = frozenset({S.SUBMITTED, S.ACCEPTED})
# Whoever has the matter may need to know more from who reported it.
ASKABLE = {*UNCHARGED, S.DISPATCHED, S.IN_PROGRESS}
IN_HAND = {S.SUBMITTED, S.ACCEPTED, S.DISPATCHED, S.IN_PROGRESS, S.ON_HOLD, S.COMPLETED}

TABLE: dict[Step, Transition] = {
    row.step: row
    for row in (
        _transition(Step.ACCEPT, {S.SUBMITTED}, S.ACCEPTED, P.MATTER_ACCEPT),
        # While a superior is to decide, nobody below puts an end to it.
        _transition(Step.REJECT, {S.SUBMITTED, S.ACCEPTED}, S.REJECTED, P.MATTER_ACCEPT, by_awaited=True),
        _transition(Step.DISPATCH, {S.ACCEPTED}, S.DISPATCHED, P.MATTER_DISPATCH, by_awaited=True),
        _transition(Step.SIGN, {S.DISPATCHED}, S.IN_PROGRESS, P.MATTER_HANDLE, by_handler=True),
        _transition(
            Step.RETURN, {S.DISPATCHED, S.IN_PROGRESS}, S.ACCEPTED, P.MATTER_HANDLE, by_handler=True, unless="binding"
        ),
        _transition(Step.PROGRESS, {S.IN_PROGRESS}, None, P.MATTER_HANDLE, by_handler=True),
        _transition(
            Step.REFER, {S.ACCEPTED, S.DISPATCHED, S.IN_PROGRESS}, S.DISPATCHED, P.MATTER_DISPATCH, by_awaited=True
        ),
        _transition(Step.HOLD, {S.IN_PROGRESS}, S.ON_HOLD, P.MATTER_HANDLE, by_handler=True),
        _transition(
            Step.DECIDE_PAUSE, {S.ON_HOLD}, None, P.MATTER_DISPATCH, otherwise=S.IN_PROGRESS, by_awaited=True,
            only_if="awaits_id",
        ),
        _transition(
            Step.RESUME, ASKABLE | {S.ON_HOLD}, S.IN_PROGRESS, P.MATTER_HANDLE, by_handler=True, only_if="waiting",
            uncharged=P.MATTER_ACCEPT, stays=frozenset(ASKABLE),
        ),
        _transition(Step.ASK, ASKABLE, None, P.MATTER_HANDLE, by_handler=True, uncharged=P.MATTER_ACCEPT),
        _transition(
            Step.ANSWER, ASKABLE, None, P.MATTER_HANDLE, by_handler=True, by_reporter=True, only_if="asked",
            uncharged=P.MATTER_ACCEPT,
        ),
        _transition(Step.COMPLETE, {S.IN_PROGRESS}, S.COMPLETED, P.MATTER_HANDLE, by_handler=True),
        _transition(
            Step.VERIFY, {S.COMPLETED}, None, P.MATTER_VERIFY, otherwise=S.IN_PROGRESS, by_awaited=True
        ),
        _transition(Step.FEED_BACK, {S.COMPLETED}, S.FED_BACK, P.MATTER_VERIFY, by_awaited=True),
        _transition(Step.RATE, {S.FED_BACK}, S.RATED, P.MATTER_RATE, by_reporter=True),
        _transition(Step.PUBLISH, {S.RATED}, S.PUBLISHED, P.MATTER_PUBLISH),
        _transition(
            Step.ARCHIVE, {S.RATED, S.PUBLISHED, S.REJECTED, S.WITHDRAWN, S.MERGED}, S.ARCHIVED, P.MATTER_ARCHIVE
        ),
        _transition(
            Step.REOPEN,
            {S.FED_BACK, S.RATED, S.PUBLISHED, S.ARCHIVED, S.REJECTED},
            S.ACCEPTED,
            P.MATTER_REOPEN,
            by_reporter=True,
        ),
        _transition(Step.URGE, IN_HAND, None, P.MATTER_SUPERVISE, by_reporter=True),
        _transition(Step.SUPERVISE, IN_HAND, None, P.MATTER_SUPERVISE),
        _transition(
            Step.REPORT_BACK, IN_HAND, None, P.MATTER_HANDLE, by_handler=True, or_receiver=True, only_if="supervised"
        ),
        _transition(
            Step.RELEASE, IN_HAND | {S.FED_BACK, S.RATED, S.PUBLISHED}, None, P.MATTER_SUPERVISE, only_if="supervised"
        ),
        # Of a sheet that was merged away nobody would answer what was demanded.
        _transition(
            Step.MERGE, {S.SUBMITTED, S.ACCEPTED}, S.MERGED, P.MATTER_ACCEPT, by_awaited=True, unless="supervised"
        ),
        _transition(Step.UNMERGE, {S.MERGED}, S.ACCEPTED, P.MATTER_ACCEPT, otherwise=S.SUBMITTED),
        _transition(Step.SPLIT, {S.SUBMITTED, S.ACCEPTED}, None, P.MATTER_ACCEPT),
        _transition(
            Step.WITHDRAW, {S.SUBMITTED, S.ACCEPTED, S.DISPATCHED}, S.WITHDRAWN, P.MATTER_ACCEPT, by_reporter=True,
            by_awaited=True,
        ),
    )
}  # fmt: skip

# Whoever handled it has said what was done.
HANDLED = frozenset({S.COMPLETED, S.FED_BACK, S.RATED, S.PUBLISHED, S.ARCHIVED})

# Nothing more is owed to anybody.
CLOSED = frozenset({S.ARCHIVED, S.REJECTED, S.MERGED, S.WITHDRAWN})

# Who is expected to move a matter on; every state has one.
OWNER: dict[S, str] = {
    S.SUBMITTED: "receiver",
    S.ACCEPTED: "receiver",
    S.DISPATCHED: "handler",
    S.IN_PROGRESS: "handler",
    S.ON_HOLD: "handler",
    S.COMPLETED: "receiver",
    S.FED_BACK: "reporter",
    S.RATED: "receiver",
    S.PUBLISHED: "receiver",
    S.ARCHIVED: "nobody",
    S.REJECTED: "receiver",
    S.MERGED: "receiver",
    S.WITHDRAWN: "receiver",
}

# The eight steps as residents see them, each with the states in which it is the present one.
EIGHT_STEPS: tuple[tuple[Step, frozenset[S]], ...] = (
    (Step.ACCEPT, frozenset({S.SUBMITTED})),
    (Step.DISPATCH, frozenset({S.ACCEPTED})),
    (Step.PROGRESS, frozenset({S.DISPATCHED, S.IN_PROGRESS, S.ON_HOLD})),
    (Step.SUPERVISE, frozenset()),  # done together with tracking: passed when the handler has finished
    (Step.FEED_BACK, frozenset({S.COMPLETED})),
    (Step.RATE, frozenset({S.FED_BACK})),
    (Step.PUBLISH, frozenset({S.RATED})),
    (Step.ARCHIVE, frozenset({S.PUBLISHED})),
)


def steps_from(status: str) -> list[Step]:
    """The steps that the state allows, in the table's order."""
    return [step for step, row in TABLE.items() if status in row.sources]
