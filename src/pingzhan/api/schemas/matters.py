"""Matters as the API shows them, and the report that starts one."""

# untranslated throughout: examples for readers of the API document

from typing import Literal
from uuid import UUID

from django.conf import settings
from pydantic import Field, model_validator

from pingzhan.api.schemas.common import In, Moment, Out, Point, PointOut, StrictBool, Words
from pingzhan.matters.choices import ClockKind, ClockState, PauseCause, PauseState, Source, Status, Step, Tier, Urgency


class ContactIn(In):
    """How the reporter can be reached; sealed when stored, masked when shown."""

    name: str = Field("", max_length=40, examples=["李女士"])
    phone: str = Field("", max_length=24, examples=["100 0000 0001"])


class PictureIn(In):
    """A picture in the JSON. Larger ones go more cheaply as files of a form."""

    content: str = Field(min_length=1, description="base64 of a JPEG, PNG or WebP, at most 20 MB")
    filename: str = Field("", max_length=200, description="Not kept.")


class ReportIn(In):
    """A new matter. Where it is: `location` (a point), or `place` (a code or an address in words), or `address`."""

    text: Words = Field(examples=["3号楼楼道漏水，地上都是水，老人走路危险"])
    category: str | None = Field(
        None, max_length=60, description="Code from GET /categories; found from the words when left out."
    )
    location: Point | None = None
    place: str | None = Field(
        None, max_length=200, description="Code of a place, or an address in words.", examples=["310107005001-G001"]
    )
    address: str = Field("", max_length=200, description="Where exactly, in words; alone, or beside the others.")
    urgency: Urgency | None = Field(None, description="At least this; the category or danger to life may raise it.")
    anonymous: StrictBool = Field(False, description="Keep nothing that could tell who it was: no account, no contact.")
    contact: ContactIn | None = None
    attachments: list[PictureIn] = Field([], max_length=settings.UPLOAD_MAX_FILES)
    source: Literal["desk", "field"] | None = Field(
        None, description="Of staff who enter it for somebody else: by phone or visit (desk), or on a round (field)."
    )

    @model_validator(mode="after")
    def _somewhere(self) -> "ReportIn":
        if self.location is None and not (self.place or "").strip() and not self.address.strip():
            raise ValueError("want location, place or address")
        return self


class ClockOut(Out):
    """A deadline."""

    kind: ClockKind
    due_at: Moment
    state: ClockState
    unit: str | None = Field(description="Code of the unit that owes it, where it is one of several (a whistle).")
    overdue: bool = Field(description="Still running, and its time is up.")


class MatterOut(Out):
    """A matter in short: the answer to a report and to every step."""

    number: str = Field(examples=["310107005001-20260310-0001"])
    query_code: str | None = Field(description="For whoever reported it only: with the number it opens the matter.")
    title: str
    status: Status
    category: str
    category_name: str
    urgency: Urgency
    place: str = Field(description="Code of the place, a grid as a rule.")
    place_name: str = Field(description="Names from the street down.")
    handler: str | None = Field(
        description="Code of the unit in charge; before dispatch that of the unit which the rules name."
    )
    handler_name: str | None
    assigned: bool = Field(description="Whether the matter has been handed to `handler`.")
    receiver: str | None = Field(
        description="Code of the unit that was asked first and answers for it until handed over."
    )
    receiver_name: str | None
    clocks: list[ClockOut]
    mode: str = Field(description="peacetime, emergency or exercise: the mode in force at the place.")
    reported_at: Moment
    status_at: Moment
    supervised: bool
    waiting: bool = Field(description="A pause is asked for or in force.")
    awaits: str | None = Field(description="Code of the unit whose decision the matter waits for, if it does.")
    escalated: int = Field(description="How many times the overdue clock was told to somebody; 0: not overdue.")
    version: int = Field(description="Goes up with every change; stands in the ETag.")
    next_steps: list[Step] = Field(description="The steps that the caller may take now.")
    parts: list[str] = Field([], description="Numbers of the matters made by a split.")


class EmergencyNumber(Out):
    """A number to call at once."""

    number: str
    name: str


class ReportedOut(MatterOut):
    """The answer to a report."""

    call_first: list[EmergencyNumber] = Field(description="Where the words or the category speak of danger to life.")


class MatterRow(Out):
    """A matter in a list."""

    number: str
    title: str
    status: Status
    category: str
    category_name: str
    urgency: Urgency
    place: str
    place_name: str
    handler: str | None
    handler_name: str | None
    assigned: bool
    receiver: str | None
    receiver_name: str | None
    supervised: bool
    waiting: bool
    awaits: str | None
    escalated: int
    overdue: bool
    next_due_at: Moment | None
    reported_at: Moment
    status_at: Moment
    version: int


class CountsOut(Out):
    """Numbers of open matters."""

    open: int
    overdue: int
    states: dict[Status, int] = Field(description="By state; closed states are 0.")


class AttachmentOut(Out):
    """A picture; `url` and `thumbnail` want the same right (or query code) as the matter."""

    id: UUID
    step: Step
    url: str
    thumbnail: str
    content_type: str
    size: int = Field(description="Bytes.")
    width: int = Field(description="Pixels.")
    height: int = Field(description="Pixels.")
    at: Moment


class RatingOut(Out):
    """What the reporter said of the handling."""

    stars: int | None = Field(description="1 to 5; null when not rated in time.")
    comment: str
    reasons: list[str] = Field(description="Codes from GET /rating_reasons.")
    at: Moment
    reply: str = Field(description="The answer to it, once there is one.")
    replied_at: Moment | None


class TrackOut(Out):
    """One of the eight steps, as on a parcel's track."""

    step: Step
    label: str
    state: str = Field(description="done, now or todo.")


class TimelineOut(Out):
    """One step on record."""

    step: Step | Literal["undo", "relocate"] = Field(
        description="undo: an act on many was taken back; relocate: it moved with its area."
    )
    label: str
    at: Moment
    who: str = Field(description="Empty for residents.")
    unit: str = Field(description="To whom it was handed, if it was.")
    from_status: Status | None
    to_status: Status | None
    notes: list[str] = Field(description="Said among staff; empty for residents.")
    replies: list[str] = Field(description="Said to the reporter.")
    attachments: list[UUID]
    lapsed: bool = Field(description="Taken by the system because the time was up.")
    entry: UUID | None = Field(
        description="The journal entry, for GET /journal/entries/{uid}/proof; null for residents."
    )


class MaskedContact(Out):
    """The reporter, masked; POST /matters/{number}/contact shows it in the clear, on record."""

    name: str = Field(examples=["李**"])
    phone: str = Field(examples=["100****0001"])


class LevelOut(Out):
    """One level that the matter passed on its way up."""

    unit: str | None = Field(description="Code of the unit that passed it on.")
    to_unit: str | None
    referred_at: Moment
    confirmed_at: Moment | None = Field(description="When it confirmed the result on its way back.")


class EscalationOut(Out):
    """An overdue clock that was told to somebody."""

    clock: ClockKind
    tier: Tier = Field(description="unit: whoever owes it was urged; then level by level.")
    unit: str | None = Field(description="Code of the unit that was told.")
    owed_by: str | None
    late_minutes: int
    at: Moment


class PauseOut(Out):
    """A pause that is asked for or in force."""

    cause: PauseCause
    state: PauseState
    until: Moment


class SupervisionOut(Out):
    """What is demanded of a supervised case, and the answer."""

    unit: str | None = Field(description="Code of the unit that is asked.")
    requirement: str
    due_at: Moment
    answer: str
    answered_at: Moment | None


class SheetOut(MatterOut):
    """Everything about one matter that the caller may see, but for its timeline."""

    text: str
    source: Source
    anonymous: bool
    address: str
    location: PointOut | None
    contact: MaskedContact | None
    returns: int
    reopens: int
    split_from: str | None = Field(description="Number of the matter that it was split from.")
    merged_into: str | None
    merged: list[str] = Field(description="Numbers of the matters merged into this one; empty for residents.")
    responsible: str | None = Field(description="Code of the unit that answers for it now (首问负责).")
    binding: bool = Field(description="A superior has decided who handles it: it cannot be returned.")
    levels: list[LevelOut]
    escalations: list[EscalationOut] = Field(description="Empty for residents.")
    pause: PauseOut | None
    supervision: SupervisionOut | None = Field(description="Null for residents.")
    attachments: list[AttachmentOut]
    rating: RatingOut | None
    track: list[TrackOut]


class PublicSheetOut(SheetOut):
    """A matter as its reporter sees it, with its timeline."""

    timeline: list[TimelineOut]


class ContactPurpose(In):
    """Why the contact is opened."""

    purpose: Words = Field(max_length=200, examples=["上门前电话联系报修人"])


class ContactOut(Out):
    """The reporter in the clear."""

    name: str
    phone: str


class NoticeOut(Out):
    """A public notice of a result."""

    id: UUID
    number: str
    title: str
    text: str
    result: str
    category: str
    category_name: str
    place: str
    place_name: str
    published_at: Moment


class NoticeDraft(Out):
    """A proposal for the notice, personal data replaced; a person reads and approves it."""

    title: str
    text: str
    result: str
    hidden: list[str] = Field(description="Kinds of personal data that were found and replaced.")
    doubtful: list[str] = Field(description="Words that may be personal and were left standing: a person decides.")
    publishable: bool = Field(description="False: matters of this category are not usually published.")


class CategoryOut(Out):
    """A kind of matter. `parent` is null for groups; only kinds below a group can be reported."""

    code: str
    parent: str | None
    name: str
    name_en: str
    urgency: Urgency
    danger: bool = Field(description="Life may be at stake: show the emergency numbers first.")
    publishable: bool
    position: int = Field(description="Order in which people see it.")


class RatingReasonOut(Out):
    """A reason of a rating."""

    code: str
    name: str
    name_en: str
    good: bool = Field(description="Goes with four and five stars; otherwise with one to three.")


class UnitOut(Out):
    """A unit that can be made responsible."""

    code: str
    name: str
    kind: str
    section: str
    place: str
    phone: str = Field(description="The office's public number.")
