"""Types that many schemas share."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Generic, TypeVar

from django.utils import timezone
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

T = TypeVar("T")

# Date, time and offset, as RFC 3339 has them; a blank stands for a "+" that a query string has lost.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+\- ]\d\d:\d\d)")
_EARLIEST, _LATEST = datetime(1970, 1, 2, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def _read_moment(value: Any) -> datetime:
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("want an RFC 3339 date and time with offset, e.g. 2026-03-10T10:00:00+08:00")
    # Digits beyond microseconds are cut off: fromisoformat takes six.
    tidy = re.sub(r"(\.\d{6})\d+", r"\1", value.upper().replace(" ", "+"))
    moment = datetime.fromisoformat(tidy)
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError("want a time between 1970 and 2200")
    return moment


def _write_moment(moment: datetime) -> str:
    return timezone.localtime(moment).isoformat(timespec="seconds")


_MOMENT_SCHEMA = WithJsonSchema(
    {"type": "string", "format": "date-time", "examples": ["2026-03-10T10:00:00+08:00"]}, mode="validation"
)
MomentIn = Annotated[datetime, BeforeValidator(_read_moment), _MOMENT_SCHEMA]
Moment = Annotated[
    datetime,
    PlainSerializer(_write_moment, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]


def _no_blank(value: str) -> str:
    if not value.strip():
        raise ValueError("must not be blank")
    return value


# Words that must say something.
Words = Annotated[str, Field(min_length=1, max_length=5000), AfterValidator(_no_blank)]
Note = Annotated[str, Field(max_length=2000)]
StrictBool = Annotated[bool, Field(strict=True)]
StrictInt = Annotated[int, Field(strict=True)]
Degrees = Annotated[float, Field(strict=True, allow_inf_nan=False)]

PLACE_CODE = r"^[0-9A-Za-z][0-9A-Za-z\-]{0,59}$"
NUMBER = r"^[0-9A-Za-z][0-9A-Za-z\-]{0,39}$"
QUERY_CODE = r"^[0-9A-Za-z \-]{1,24}$"


class In(BaseModel):
    """What a caller sends: a name that is not known is an error and not overlooked."""

    model_config = ConfigDict(extra="forbid")

    def fields(self, *but: str) -> dict[str, Any]:
        """The values by field name, without those named."""
        return {name: getattr(self, name) for name in type(self).model_fields if name not in but}


class Out(BaseModel):
    """What the API answers."""


class PageOut(Out, Generic[T]):
    """One page of a list; `next` goes into `?after=` for the following one and is null on the last."""

    items: list[T]
    next: str | None = Field(description="Cursor of the next page, null on the last.")


class Point(In):
    """WGS-84 longitude and latitude in degrees."""

    lon: Degrees = Field(ge=-180, le=180, examples=[121.405])
    lat: Degrees = Field(ge=-90, le=90, examples=[31.245])


class PointOut(Out):
    """WGS-84 longitude and latitude in degrees."""

    lon: float
    lat: float


def point_out(lon: float | None, lat: float | None) -> PointOut | None:
    """A point, where both coordinates are known."""
    return None if lon is None or lat is None else PointOut(lon=lon, lat=lat)


class Named(Out):
    """Something with a code that stays and a name that people read."""

    code: str
    name: str
