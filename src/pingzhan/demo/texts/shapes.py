"""The shapes of the reference data and of the demo's texts.

Plain frozen dataclasses without a database: whoever loads a category tree or fills a demo city turns them into rows.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["community", "street", "district"]
Urgency = Literal["routine", "urgent", "critical"]
ClockBasis = Literal["working", "calendar"]
Tone = Literal["complaint", "help", "advice"]
Source = Literal["resident", "worker"]


@dataclass(frozen=True, slots=True)
class Group:
    """First level of the category tree. `code` is the part of a kind's code before the dot."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """Second level of the category tree: one kind of matter and how it is treated unless a place says otherwise."""

    code: str
    name: str
    name_en: str
    keywords: tuple[str, ...]
    # Codes of `departments.UNITS`: the first takes the matter, the next ones are where it is referred up to.
    handlers: tuple[str, ...]
    urgency: Urgency = "routine"
    clock: ClockBasis = "working"
    # Exactly one of the two is set: minutes for what is critical, otherwise days (working or calendar, by `clock`).
    finish_minutes: int | None = None
    finish_days: int | None = None
    # Codes of `categories.EMERGENCY` that the page shows before anything is typed further; empty: no danger to life.
    danger: tuple[str, ...] = ()
    # Whether a result of this kind is offered for publication. Disputes and personal help are not.
    publishable: bool = True

    @property
    def group(self) -> str:
        """Code of the group."""
        return self.code.partition(".")[0]


@dataclass(frozen=True, slots=True)
class EmergencyContact:
    """Whom to call before anything else."""

    code: str
    number: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepTime:
    """How long one step may take; minutes, or days, on the given clock."""

    step: str
    urgency: Urgency
    clock: ClockBasis
    minutes: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class UnitTemplate:
    """A unit that each district, street or community has one of. `code` is unique among templates.

    `kind` is what sort of body it is: committee, owners, property, section, centre, team, station, department, utility.
    """

    code: str
    level: Level
    kind: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class PropertyCompany:
    """An invented property manager."""

    code: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class DispatchRule:
    """Matters of `category` go to the unit made from template `unit` at `level`; the smallest `order` goes first."""

    category: str
    level: Level
    unit: str
    order: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way in which matters of a kind end. `result` names no person and no flat, so that it can be published.

    `reply` is the body of the answer to the resident; greeting and closing are added when it is filled.
    """

    progress: tuple[str, ...]
    result: str
    reply: str


@dataclass(frozen=True, slots=True)
class Text:
    """What somebody reported. `title` names no person and no flat; `text` is as people write, slots in braces."""

    title: str
    text: str
    outcomes: tuple[Outcome, ...] = ()  # its own endings instead of the kind's, where those would not fit
    source: Source = "resident"
    hours: tuple[int, int] | None = None  # local hours between which such a text is written; may pass midnight
    reject: str = ""  # set: this report is not accepted, for this reason
    named: bool = False  # the writer says who they are, so that the report cannot be anonymous
    trade: str = "any"  # what sort of shop `{shop}` is: a key of `names.SHOPS`
    endings: tuple[int, ...] = ()  # which of the kind's outcomes fit, by position; empty: all of them


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """All texts and endings of one kind. `weight`: how often each text comes up, 1 (rare) to 4 (every day)."""

    texts: tuple[Text, ...]
    outcomes: tuple[Outcome, ...]
    weight: int = 2
    # The endings speak with the reporter (a visit, a form, a mediation): never an anonymous report.
    contact: bool = False


@dataclass(frozen=True, slots=True)
class WrongTurn:
    """A dispatch to the wrong unit and why it came back. `{right}` is the unit it should have gone to."""

    unit: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How a group of kinds is talked about by those who handle it."""

    tone: Tone
    accept: tuple[str, ...]
    dispatch: tuple[str, ...]
    returns: tuple[WrongTurn, ...]
    rejects: tuple[str, ...]
    holds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Template:
    """A text together with its kind."""

    kind: str
    text: Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One filled report and everything that is said on its way; no slot is left open.

    Every later step has its words here, whether or not the matter gets there.
    """

    kind: str
    title: str
    text: str
    source: Source
    hours: tuple[int, int] | None
    can_be_anonymous: bool
    publishable: bool
    unit: str  # code of the unit template that handles it
    accept: str
    dispatch: str
    progress: tuple[str, ...]
    result: str
    reply: str
    return_unit: str  # where it was sent wrongly
    return_reason: str
    reject: bool  # this report is one that is not accepted
    reject_reason: str
    hold_reason: str
    reopen_reason: str
    withdraw_reason: str
    refer_reason: str
    urge: str
    comments: Mapping[int, str]  # stars 1..5 → what the resident writes
    slots: Mapping[str, str] = field(default_factory=dict)
