"""The check-in loop as a table: which step leads from where to where, and who may take it."""

from dataclasses import dataclass

from pingzhan.access.permissions import Permission as P
from pingzhan.people.choices import CheckInState as S
from pingzhan.people.choices import CheckInStep as Step


@dataclass(frozen=True, slots=True)
class Transition:
    """`target` None: the state stays. `by_member`: also who checked in, for themselves."""

    step: Step
    sources: frozenset[S]
    target: S | None
    permission: P
    by_member: bool = False


# Who may be called upon; of one person there is one such check-in at most.
ACTIVE = frozenset({S.APPROVED, S.CONTACTED, S.JOINED, S.PAUSED})
# Nothing more follows.
ENDED = frozenset({S.REJECTED, S.MOVED, S.MERGED, S.LEFT})

TABLE: dict[Step, Transition] = {
    row.step: row
    for row in (
        Transition(Step.APPROVE, frozenset({S.SUBMITTED}), S.APPROVED, P.MEMBER_VET),
        Transition(Step.REJECT, frozenset({S.SUBMITTED}), S.REJECTED, P.MEMBER_VET),
        Transition(Step.CONTACT, frozenset({S.APPROVED}), S.CONTACTED, P.MEMBER_CONTACT),
        Transition(Step.JOIN, frozenset({S.CONTACTED}), S.JOINED, P.MEMBER_CONTACT),
        Transition(Step.PAUSE, frozenset({S.JOINED}), S.PAUSED, P.MEMBER_VET, by_member=True),
        Transition(Step.RESUME, frozenset({S.PAUSED}), S.JOINED, P.MEMBER_VET, by_member=True),
        Transition(Step.MOVE, frozenset({S.SUBMITTED, *ACTIVE}), S.MOVED, P.MEMBER_VET),
        Transition(Step.LEAVE, frozenset({S.SUBMITTED, *ACTIVE}), S.LEFT, P.MEMBER_VET, by_member=True),
        Transition(Step.CORRECT, frozenset({S.SUBMITTED, *ACTIVE}), None, P.MEMBER_VET, by_member=True),
    )
}

# Who is expected to move a check-in on; every state has one.
OWNER: dict[S, str] = {
    S.SUBMITTED: "community",
    S.APPROVED: "captain",
    S.CONTACTED: "captain",
    S.JOINED: "member",
    S.PAUSED: "member",
    S.REJECTED: "nobody",
    S.MOVED: "nobody",
    S.MERGED: "nobody",
    S.LEFT: "nobody",
}


def steps_from(state: str) -> list[Step]:
    """The steps that the state allows, in the table's order."""
    return [step for step, row in TABLE.items() if state in row.sources]
