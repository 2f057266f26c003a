"""Tracing responsibility: who knew, decided, did what on a matter and when, with proof; who should have and did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from pingzhan.journal.operations import digest_of
from pingzhan.journal.queries import InclusionProof, is_as_sealed, latest_head, proofs_of, timeline, with_openings
from pingzhan.matters.choices import ClockKind, ClockState, Step
from pingzhan.matters.models import Clock, Matter, Remark
from pingzhan.matters.queries.reference import Reference, UnitRef, reference
from pingzhan.matters.queries.sheet import UNDONE
from pingzhan.places.names import named

if TYPE_CHECKING:
    from pingzhan.journal.models import Entry

# What kind of part somebody took by a step. Everything else on record was done.
KNEW = {Step.REPORT, Step.ACCEPT, Step.SIGN, Step.URGE, Step.ESCALATE, Step.ANSWER}
DECIDED = {
    Step.REJECT, Step.DISPATCH, Step.RETURN, Step.REFER, Step.HOLD, Step.VERIFY, Step.PUBLISH, Step.ARCHIVE,
    Step.REOPEN, Step.SUPERVISE, Step.MERGE, Step.SPLIT, Step.WITHDRAW, Step.DECIDE_PAUSE,
}  # fmt: skip
# Whose a deadline is: of the unit that was asked first, or of the one in charge. That of the rating is the reporter's.
OF_RECEIVER = {ClockKind.ACCEPT, ClockKind.DISPATCH, ClockKind.FEED_BACK, ClockKind.PUBLISH, ClockKind.ARCHIVE}
OF_REPORTER = {ClockKind.RATE}

REDACTED = "matter.redact"
_OF_WORDS = ("note_digest", "reply_digest", "purpose_digest")  # of words that stand with a step or an opening


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the chain. `part`: knew, decided, did. `proof`: holds, unsealed, broken."""

    at: datetime
    part: str
    step: str  # "" for what is no step: an opening, an undo
    label: str
    who: str
    kind: str  # of the actor: user, reporter, anonymous, system
    unit: str  # to whom it was handed
    from_status: str
    to_status: str
    words: tuple[str, ...]
    words_hold: bool  # the words that stand here are those of then
    entry: UUID
    position: int | None
    proof: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A deadline that was missed: who should have acted, until when, and when they did (None: not yet)."""

    label: str
    unit: str
    due_at: datetime
    acted_at: datetime | None
    basis: str


@dataclass(frozen=True, slots=True)
class Chain:
    links: tuple[Link, ...]
    gaps: tuple[Gap, ...]
    root: str  # of the journal's tree that the proofs are against, in hexadecimal
    size: int
    whole: bool  # every sealed entry is proved, and every word is the one of then


def chain_of(matter: Matter, *, at: datetime) -> Chain:
    """The whole chain, each sealed entry proved anew against the present tree; as many statements for a long one."""
    entries = list(timeline("matter", matter.pk))
    purposes = with_openings(entries)
    words: dict[UUID, list[str]] = {}
    for uid, text in Remark.objects.filter(matter=matter).order_by("at", "id").values_list("entry_uid", "text"):
        words.setdefault(uid, []).append(text)
    known = reference()
    texts = {digest_of(matter.text)} | {str(one.data.get("before_digest")) for one in entries if one.verb == REDACTED}
    head = latest_head()
    proofs = proofs_of(entries, head=head)
    links = tuple(
        _link(entry, words.get(entry.uid, []), purposes, known, texts, _proof(entry, proofs)) for entry in entries
    )
    return Chain(
        links=links,
        gaps=tuple(gaps_of(matter, entries, known, at=at)),
        root=head.root.hex() if head else "",
        size=head.size if head else 0,
        whole=all(link.proof != "broken" and link.words_hold for link in links),
    )


def _link(
    entry: "Entry", words: Sequence[str], purposes: dict[int, str], known: Reference, texts: set[str], proof: str
) -> Link:
    step = entry.verb.removeprefix("matter.")
    is_step = step in Step.values
    part = "knew" if step in KNEW or entry.pk in purposes else "decided" if step in DECIDED else "did"
    said = [*words, *([purposes[entry.pk]] if entry.pk in purposes else [])]
    return Link(
        at=entry.at,
        part=part,
        step=step if is_step else "",
        label=_label(entry.verb, step),
        who=entry.actor_name,
        kind=entry.actor_kind,
        unit=next((named(unit) for unit in known.units.values() if unit.code == entry.data.get("unit")), ""),
        from_status=entry.from_state,
        to_status=entry.to_state,
        words=tuple(said),
        words_hold=_hold(entry, said, texts),
        entry=entry.uid,
        position=entry.position,
        proof=proof,
    )


def _label(verb: str, step: str) -> str:
    if step in Step.values:
        return str(Step(step).label)
    others = {
        UNDONE: _("撤销"),
        "sealed.open": _("查看加密信息"),
        "matter.take_down": _("撤下公示"),
        "matter.call_back": _("回访"),
        "matter.reply_rating": _("回复评价"),
        REDACTED: _("隐去反映内容"),
    }
    return str(others.get(verb, verb))


def _hold(entry: "Entry", said: Sequence[str], texts: set[str]) -> bool:
    """Whether each digest of words said with a step is that of words which still stand.

    `texts`: the digests of the report as it stands, and of what it was before it was hidden on record.
    """
    digests = {str(entry.data[name]) for name in _OF_WORDS if name in entry.data}
    standing = {digest_of(text) for text in said}
    if entry.verb == "matter.report":
        digests, standing = {str(entry.data.get("text_digest"))}, texts
    return digests <= standing


def _proof(entry: "Entry", proofs: dict[int, InclusionProof | None]) -> str:
    if entry.position is None or entry.position not in proofs:
        return "unsealed"
    proof = proofs[entry.position]
    return "holds" if proof is not None and is_as_sealed(entry, proof) else "broken"


def gaps_of(matter: Matter, entries: "Sequence[Entry]", known: Reference, *, at: datetime) -> list[Gap]:
    """The deadlines that were missed, in the order in which they fell due, with whose they were."""
    found = []
    for clock in Clock.objects.filter(matter=matter).order_by("due_at", "id"):
        late = clock.state == ClockState.LATE
        overdue = clock.state == ClockState.RUNNING and clock.due_at < at
        if clock.kind in OF_REPORTER or not (late or overdue):
            continue
        unit = known.units.get(matter.receiver_id)
        if clock.unit_id is not None:
            unit = known.units.get(clock.unit_id)
        elif clock.kind not in OF_RECEIVER:
            unit = _in_charge(entries, known, clock.due_at) or unit
        found.append(
            Gap(
                label=str(clock.get_kind_display()),
                unit=named(unit),
                due_at=clock.due_at,
                acted_at=clock.stopped_at,
                basis=str(clock.get_basis_display()),
            )
        )
    return found


def _in_charge(entries: "Sequence[Entry]", known: Reference, moment: datetime) -> UnitRef | None:
    """The unit in whose hands the matter was at `moment`, by the last handing over before it."""
    codes = [entry.data.get("unit") for entry in entries if entry.at <= moment and entry.data.get("unit")]
    by_code = {unit.code: unit for unit in known.units.values()}
    return by_code.get(codes[-1]) if codes else None
