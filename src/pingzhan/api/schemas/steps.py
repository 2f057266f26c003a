"""What goes with each step. Field names are those of the operations."""

from typing import Annotated

from django.conf import settings
from pydantic import Field

from pingzhan.api.schemas.common import NUMBER, QUERY_CODE, In, MomentIn, Note, StrictBool, StrictInt, Words
from pingzhan.api.schemas.matters import PictureIn
from pingzhan.matters.choices import CallResult, Urgency

UnitCode = Annotated[str, Field(max_length=60, examples=["310107005001.property"])]
Pictures = Annotated[list[PictureIn], Field(max_length=settings.UPLOAD_MAX_FILES)]
_Said = Annotated[Words, Field(max_length=2000)]


class ByReporter(In):
    """Who reported it without an account shows the query code, here or as `?query_code=`."""

    query_code: str | None = Field(None, pattern=QUERY_CODE)


class NoteIn(In):
    note: Note = Field("", description="Among staff.")


class ReasonIn(In):
    reason: _Said


class AcceptIn(NoteIn):
    """Category, urgency and place may be set right on this occasion."""

    category: str = Field("", max_length=60)
    urgency: Urgency | None = None
    place: str = Field("", max_length=60, description="Code of the right place.")


class RejectIn(In):
    reason: _Said = Field(description="Goes to the reporter.")


class DispatchIn(NoteIn):
    unit: UnitCode = Field("", description="Code from GET /units?matter=; the one that the rules name when left out.")


class ReferIn(ReasonIn):
    unit: UnitCode = Field("", description="By default the superior of the unit in charge.")


class ProgressIn(NoteIn):
    """At least one of the three."""

    reply: Note = Field("", description="Shown to the reporter.")
    attachments: Pictures = []


class AskIn(In):
    text: _Said = Field(description="The question, in words for the reporter.")
    days: StrictInt = Field(0, ge=0, le=15, description="How many days they have; 0: as the installation sets.")


class AnswerIn(ByReporter):
    text: _Said


class HoldIn(ReasonIn):
    until: MomentIn = Field(description="A matter's pauses last 30 days in all, where nothing else is set.")


class DecidePauseIn(NoteIn):
    ok: StrictBool = Field(True, description="False refuses it; then a note is needed.")
    until: MomentIn | None = Field(None, description="Shorter than was asked for.")


class CompleteIn(In):
    result: _Said = Field(description="What was done.")
    attachments: Pictures = []


class VerifyIn(NoteIn):
    ok: StrictBool = Field(True, description="False sends it back to the unit in charge; then a note is needed.")


class FeedBackIn(In):
    reply: _Said = Field(description="To the reporter.")


class RateIn(ByReporter):
    stars: StrictInt = Field(ge=1, le=5)
    comment: str = Field("", max_length=500)
    reasons: list[Annotated[str, Field(max_length=40)]] = Field(
        [], max_length=8, description="Codes from GET /rating_reasons."
    )


class PublishIn(In):
    """The notice in the words that a person has read and approved; GET …/notice_draft proposes them."""

    title: Words = Field(max_length=80)
    text: Words
    result: Words


class ReplyRatingIn(In):
    reply: Annotated[Words, Field(max_length=500)] = Field(description="The reporter reads it beside the rating.")


class CallBackIn(In):
    result: CallResult = Field(
        description="settled, partly, unsettled (needs `note`), not_reached: what the reporter said."
    )
    note: Annotated[str, Field(max_length=500)] = ""
    reopens: StrictBool = Field(False, description="With unsettled: it is reopened at once.")


class ArchiveIn(In):
    reason: Note = Field("", description="Needed when no notice was published.")


class ReopenIn(ByReporter):
    reason: _Said = Field(description="What is not settled.")


class UrgeIn(ByReporter):
    note: Note = ""


class SuperviseIn(In):
    note: _Said = Field(description="What is demanded.")
    due: MomentIn | None = Field(None, description="To be answered until then; some working days when left out.")


class ReportBackIn(In):
    reply: _Said = Field(description="What was done about the demand.")


class MergeIn(NoteIn):
    into: str = Field(pattern=NUMBER, description="Number of the matter that goes on.")


class SplitIn(NoteIn):
    parts: list[Annotated[str, Field(min_length=1, max_length=5000)]] = Field(
        min_length=1, max_length=10, description="The words of each further matter."
    )


class WithdrawIn(ByReporter):
    reason: Note = ""
