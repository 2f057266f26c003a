"""Parameters that many operations take."""

from typing import Annotated

from ninja import Header, Path, Query

from pingzhan.api.schemas.common import NUMBER, PLACE_CODE, QUERY_CODE
from pingzhan.core.paging import MAX_LIMIT

Limit = Annotated[int, Query(20, ge=1, le=MAX_LIMIT, description="How many at most.")]
After = Annotated[str | None, Query(None, max_length=500, description="`next` of the page before.")]
PlaceCode = Annotated[str, Path(..., pattern=PLACE_CODE, description="Code of a place.", example="310107005001")]
MatterNumber = Annotated[
    str, Path(..., pattern=NUMBER, description="Number of a matter.", example="310107005001-20260310-0001")
]
QueryCode = Annotated[
    str | None,
    Query(None, pattern=QUERY_CODE, description="The code that was given with the number to whoever reported it."),
]
IdempotencyKey = Annotated[
    str | None,
    Header(
        None,
        alias="Idempotency-Key",
        max_length=200,
        description="Any text, new for each command: the same command sent again with it takes effect once.",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        None, alias="If-Match", max_length=400, description="ETag of the version that you saw; 412 when it changed."
    ),
]
