"""The chain of responsibility as the API shows it."""

# untranslated throughout: for readers of the API document

from typing import Literal
from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import Moment, Out


class TracedLink(Out):
    """One entry: who knew, decided or did what."""

    at: Moment
    part: Literal["knew", "decided", "did"]
    subject: str = Field(description="matter, whistle, or taking: what the entry is about.")
    step: str = Field(description="Of a matter; empty for what is no step.")
    label: str = Field(description="What was done, in words.")
    who: str = Field(description="Staff by name; empty for others.")
    kind: str = Field(description="user, reporter, anonymous or system.")
    to: str = Field(description="To whom it was handed, or who was told, took it, or came.")
    from_status: str
    to_status: str
    words: list[str]
    words_hold: bool = Field(description="Whether these are the words of then.")
    entry: UUID = Field(description="For GET /journal/entries/{uid}/proof.")
    position: int | None
    proof: Literal["holds", "unsealed", "broken"]


class MissedOut(Out):
    """A deadline that was missed, and whose it was."""

    clock: str
    unit: str
    due_at: Moment
    acted_at: Moment | None


class TracedOut(Out):
    """The whole chain against the present tree of the journal."""

    number: str
    links: list[TracedLink]
    gaps: list[MissedOut]
    root: str = Field(description="Of the journal's tree, in hexadecimal.")
    size: int
    whole: bool = Field(description="Every sealed entry is proved, and every word is the one of then.")
