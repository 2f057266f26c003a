"""What the system noticed by itself: the like of a report, suggestions, hot spots, the four firsts."""

# untranslated throughout: examples for readers of the API document

from typing import Annotated

from pydantic import Field, model_validator

from pingzhan.api.schemas.common import In, Moment, Note, Out, Point, PointOut, StrictBool, Words
from pingzhan.matters.choices import Status


class LikeIn(In):
    """What somebody is about to report, and where."""

    text: Words = Field(examples=["3号楼楼道漏水，地上都是水"])
    category: str | None = Field(None, max_length=60)
    location: Point | None = None
    place: str | None = Field(None, max_length=60, description="Code of a place.", examples=["310107005001-G001"])

    @model_validator(mode="after")
    def _somewhere(self) -> "LikeIn":
        if self.location is None and not (self.place or "").strip():
            raise ValueError("want location or place")
        return self


class LikeOut(Out):
    """An open matter of the same trouble; neither words nor number nor persons."""

    category: str
    category_name: str
    at: Moment
    status: Status
    same_grid: bool
    token: str = Field(description="For POST /matters/follow; good for an hour.")


class FollowIn(In):
    token: Annotated[str, Field(max_length=400)]
    phone: str = Field("", max_length=24, description="Where the result is told; without it in the caller's inbox.")
    anonymous: StrictBool = Field(default=False, description="Keep neither account nor phone.")


class FollowOut(Out):
    following: bool = Field(description="false: this phone or account followed it already.")


class LikeRow(Out):
    """A matter like this one, for those who see both."""

    number: str
    title: str
    status: Status
    at: Moment
    likeness: float = Field(description="0 to 1.3: likeness of the words, more for the same kind and place.")
    same_grid: bool
    metres: float | None = Field(description="Distance in metres, where both have a point.")


class SuggestedOut(Out):
    """A suggestion and the words that spoke for it."""

    code: str
    name: str
    words: list[str]
    learned: bool = Field(description="false: found by keywords.")
    probability: float = Field(description="0 to 1 of what was learned; 0 of keywords.")


class SuggestionsOut(Out):
    """null where it is not sure."""

    category: SuggestedOut | None
    unit: SuggestedOut | None


class RedactIn(In):
    text: Words = Field(description="What everybody sees from now on.")
    reason: Words


class OriginalIn(In):
    purpose: Note


class OriginalOut(Out):
    text: str


class HotSpotOut(Out):
    """The same trouble told by several."""

    category: str
    category_name: str
    place_name: str
    size: int
    last_at: Moment
    days: list[int] = Field(description="Reports a day over the last 14, the oldest first.")
    growing: bool = Field(description="Three within three days: a whistle may be due.")
    point: PointOut | None
    matters: list[str] = Field(description="Numbers, newest first.")


class FirstOut(Out):
    reached: int
    median_seconds: int | None
    within: int = Field(description="How many within the target.")
    target_seconds: int


class FirstsOut(Out):
    """The four firsts of one community."""

    community: str = Field(description="Code; empty for matters above communities.")
    name: str
    matters: int
    found_by_staff: int
    firsts: dict[str, FirstOut] = Field(description="first_calmed, first_accepted, first_settled.")
