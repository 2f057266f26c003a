"""Exports as the API shows them."""

from uuid import UUID

from pydantic import Field

from pingzhan.api.schemas.common import In, Moment, MomentIn, Out, StrictBool
from pingzhan.matters.choices import ExportFormat, ExportState, Status, Urgency


class ExportIn(In):
    """What to write into the file: the same filters as `GET /matters`."""

    format: ExportFormat
    place: str = Field("", max_length=60, description="Code of a place: it and all below.")
    status: Status | None = Field(None, description="Only those in this state.")
    category: str = Field("", max_length=60, description="Code of a category or of a group.")
    handler: str = Field("", max_length=60, description="Code of the unit in charge.")
    overdue: StrictBool = Field(False, description="Only those with a deadline that has passed.")
    q: str = Field("", max_length=100, description="Words of the report, a number, or the reporter's phone in full.")
    since: MomentIn | None = Field(None, description="Reported at this time or later.")
    open: StrictBool | None = Field(None, description="Only open, or only closed ones.")
    urgency: Urgency | None = Field(None, description="Only those as urgent as this.")
    supervised: StrictBool = Field(False, description="Only those under supervision.")


class ExportOut(Out):
    """How far an export is. `file` is there once it is ready, until `until`."""

    id: UUID
    format: ExportFormat
    state: ExportState
    done: int = Field(description="Rows written so far.")
    total: int | None = Field(description="Rows in all, once counted.")
    size: int = Field(description="Bytes of the file.")
    problem: str = Field(description="Why there is no file, in words.")
    created_at: Moment
    until: Moment | None
    file: str | None = Field(description="Where to fetch it.", examples=["/api/v1/exports/…/file"])
