"""Tracing responsibility: who knew, decided, did what on a matter and when, with proof; who should have and did not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.errors import NotFound
from pingzhan.journal.operations import digest_of
from pingzhan.journal.queries import (
    InclusionProof,
    is_as_sealed,
    latest_head,
    proofs_of,
    timeline,
    timelines,
    with_openings,
)
from pingzhan.matters.choices import Basis, ClockKind, ClockState, Step
from pingzhan.matters.models import Clock, Matter, Remark, Summons, Taking, Whistle, WhistleEntry
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.reference import Reference, UnitRef, reference
from pingzhan.matters.queries.sheet import UNDONE
from pingzhan.matters.queries.whistles import clocks_of
from pingzhan.matters.whistle_workflow import WhistleStep
from pingzhan.places.names import named

if TYPE_CHECKING:
    from pingzhan.journal.models import Entry

# What kind of part somebody took by a step. Everything else on record was done.
KNEW = {Step.REPORT, Step.ACCEPT, Step.SIGN, Step.URGE, Step.ESCALATE, Step.ANSWER}
DECIDED = {
    Step.REJECT, Step.DISPATCH, Step.RETURN, Step.REFER, Step.HOLD, Step.VERIFY, Step.PUBLISH, Step.ARCHIVE,
    Step.REOPEN, Step.SUPERVISE, Step.MERGE, Step.SPLIT, Step.WITHDRAW, Step.DECIDE_PAUSE, Step.UNMERGE, Step.RELEASE,
}  # fmt: skip
# The same of what was done in its whistles, and by whom of a unit it was taken.
_PARTS = {
    **{f"matter.{step}": "knew" for step in KNEW},
    **{f"matter.{step}": "decided" for step in DECIDED},
    "matter.follow": "knew",
    "whistle.check_in": "knew",
    "whistle.late": "knew",
    "whistle.blow": "decided",
    "whistle.call": "decided",
    "whistle.release": "decided",
    "whistle.close": "decided",
    "taking.take": "decided",
}
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
    subject: str  # matter, whistle, taking
    step: str  # "" for what is no step: an opening, an undo
    label: str
    who: str
    kind: str  # of the actor: user, reporter, anonymous, system
    unit: str  # to whom it was handed, or who was told or took it; in a whistle who was summoned, or came
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
    whistles = list(Whistle.objects.filter(matter=matter).order_by("id").values_list("id", flat=True))
    takings = {row.pk: row.person.name for row in Taking.objects.filter(matter=matter).select_related("person")}
    own = list(timeline("matter", matter.pk))
    beside = [*timelines("whistle", whistles), *timelines("taking", list(takings))]
    entries = sorted([*own, *beside], key=lambda entry: entry.pk)
    purposes = with_openings(entries)
    words: dict[UUID, list[str]] = {}
    for said in (
        Remark.objects.filter(matter=matter).order_by("at", "id").values_list("entry_uid", "text"),
        WhistleEntry.objects.filter(whistle__in=whistles).exclude(text="").values_list("entry_uid", "text"),
    ):
        for uid, text in said:
            words.setdefault(uid, []).append(text)
    known = reference()
    texts = {digest_of(matter.text)} | {str(one.data.get("before_digest")) for one in own if one.verb == REDACTED}
    head = latest_head()
    proofs = proofs_of(entries, head=head)
    links = tuple(
        _link(
            entry, words.get(entry.uid, []), purposes, texts, to=takings.get(entry.subject_id) or _units(entry, known),
            proof=_proof(entry, proofs),
        )
        for entry in entries
    )  # fmt: skip
    return Chain(
        links=links,
        gaps=tuple(
            sorted(
                [*gaps_of(matter, own, known, at=at), *_gaps_of_whistles(whistles, known, at=at)],
                key=lambda gap: gap.due_at,
            )
        ),
        root=head.root.hex() if head else "",
        size=head.size if head else 0,
        whole=all(link.proof != "broken" and link.words_hold for link in links),
    )


def _link(
    entry: "Entry", words: Sequence[str], purposes: dict[int, str], texts: set[str], *, to: str, proof: str
) -> Link:
    step = entry.verb.removeprefix("matter.")
    is_step = entry.subject_type == "matter" and step in Step.values
    part = "knew" if entry.pk in purposes else _PARTS.get(entry.verb, "did")
    said = [*words, *([purposes[entry.pk]] if entry.pk in purposes else [])]
    return Link(
        at=entry.at,
        part=part,
        subject=entry.subject_type,
        step=step if is_step else "",
        label=_label(entry.verb, step),
        who=entry.actor_name,
        kind=entry.actor_kind,
        unit=to,
        from_status="" if entry.subject_type == "taking" else entry.from_state,
        to_status="" if entry.subject_type == "taking" else entry.to_state,
        words=tuple(said),
        words_hold=_hold(entry, said, texts),
        entry=entry.uid,
        position=entry.position,
        proof=proof,
    )


def _units(entry: "Entry", known: Reference) -> str:
    """The units that the entry names: by their codes, or of an escalation by its id."""
    data = entry.data
    codes = {data.get("unit"), *(data.get("units") or ())} - {None, ""} or {data.get("asks")}
    told = data.get("unit_id") if entry.verb == f"matter.{Step.ESCALATE.value}" else data.get("told")
    return "、".join(
        named(unit) for unit in known.units.values() if unit.code in codes or (told and str(unit.id) == told)
    )


def _label(verb: str, step: str) -> str:
    if verb.startswith("matter.") and step in Step.values:
        return str(Step(step).label)
    of_whistle = verb.removeprefix("whistle.")
    if verb.startswith("whistle.") and of_whistle in WhistleStep.values:
        return str(WhistleStep(of_whistle).label)
    others = {
        UNDONE: _("撤销"),
        "sealed.open": _("查看加密信息"),
        "matter.take_down": _("撤下公示"),
        "matter.call_back": _("回访"),
        "matter.reply_rating": _("回复评价"),
        REDACTED: _("隐去反映内容"),
        "matter.follow": _("关注"),
        "matter.relocate": _("随区域调整换了位置"),
        "whistle.late": _("哨单逾期告知上级"),
        "taking.take": _("接单或派单"),
        "taking.hand_back": _("交回"),
        "taking.no_show": _("接单未办"),
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
    undone = {uid for entry in entries if entry.verb == UNDONE for uid in entry.data.get("entries", ())}
    entries = [entry for entry in entries if str(entry.uid) not in undone]
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


def _gaps_of_whistles(whistles: Sequence[UUID], known: Reference, *, at: datetime) -> list[Gap]:
    """The clocks that units summoned to the spot missed; those let go before it was due owed nothing."""
    rows = Summons.objects.filter(whistle__in=whistles).order_by("id")
    return [
        Gap(
            label=str(clock.clock.label), unit=named(known.units.get(summons.unit_id)), due_at=clock.due_at,
            acted_at=clock.done_at, basis=str(Basis.CALENDAR.label),
        )
        for summons in rows
        for clock in clocks_of(summons, at=at)
        if clock.is_late
    ]  # fmt: skip


# By these a matter comes to the unit that the entry names, or back to who was asked first.
_HANDED = {f"matter.{step}" for step in (Step.DISPATCH, Step.REFER)}
_HANDED_BACK = {f"matter.{step}" for step in (Step.RETURN, Step.REOPEN)}


def _in_charge(entries: "Sequence[Entry]", known: Reference, moment: datetime) -> UnitRef | None:
    """The unit in whose hands the matter was at `moment`, by the last handing over before it; None: the receiver."""
    codes = [
        entry.data.get("asks") if entry.verb in _HANDED_BACK else entry.data.get("unit")
        for entry in entries
        if entry.at <= moment and (entry.verb in _HANDED or entry.verb in _HANDED_BACK)
    ]
    by_code = {unit.code: unit for unit in known.units.values()}
    return by_code.get(codes[-1] or "") if codes else None


def chain_for(actor: Actor, number: str, *, at: datetime) -> tuple[Matter, Chain]:
    """The chain of a matter, for those who answer for the record there; raises NotFound for others."""
    matter = matter_for(actor, number)
    if not all(can(actor, one, matter.path) for one in (Permission.MATTER_VIEW, Permission.JOURNAL_VIEW)):
        raise NotFound
    return matter, chain_of(matter, at=at)
