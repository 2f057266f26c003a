"""Acts that have an address each: what the tables of steps, takings, whistles and responses have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse

from pingzhan.api.bodies import PICTURES, json_body, pictures_of
from pingzhan.api.callers import ApiRequest
from pingzhan.api.schemas.common import In
from pingzhan.api.writing import write
from pingzhan.matters.operations.pictures import StoredPicture, store_pictures


@dataclass(frozen=True, slots=True)
class Door:
    """One act: the last part of its address, what goes with it, which operation takes it, and what it is for."""

    name: str
    body: type[In]
    take: Callable[..., Any]
    summary: str
    description: str

    @property
    def default(self) -> Any:
        """How the body is declared: needed where a field of it is, else as if `{}` had been sent."""
        needed = any(field.is_required() for field in self.body.model_fields.values())
        return json_body(... if needed else self.body())

    @property
    def takes_pictures(self) -> bool:
        return "attachments" in self.body.model_fields

    @property
    def extra(self) -> dict[str, Any] | None:
        """What the API document says beside: pictures may come as files of a form."""
        return PICTURES if self.takes_pictures else None


def through(
    request: ApiRequest,
    door: Door,
    data: In,
    *,
    thing: str,
    work: Callable[[dict[str, Any]], tuple[int, Any]],
    owner: str | None = None,
) -> HttpResponse:
    """Go through a door once, however often it is sent: `work` gets what goes into the operation, pictures stored.

    `thing`: what it is about, so that a key is of one act on one thing. `owner`: whose key; the caller's by default.
    """
    pictures: list[StoredPicture] = []

    def before() -> None:
        if door.takes_pictures:
            pictures.extend(store_pictures(pictures_of(request, data.attachments)))  # type: ignore[attr-defined]

    def taken() -> tuple[int, Any]:
        shown = {"pictures": tuple(pictures)} if door.takes_pictures else {}
        return work(data.fields("attachments") | shown)

    return write(request, route=f"{door.name}:{thing}", owner=owner, before=before, work=taken)
