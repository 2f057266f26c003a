"""Acts that have an address each: what the tables of steps, takings, whistles and responses have in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from ninja import Router

from pingzhan.api.bodies import PICTURES, json_body, pictures_of
from pingzhan.api.callers import ApiRequest
from pingzhan.api.parameters import IdempotencyKey, MatterNumber
from pingzhan.api.responses import STAFF, WRITE, answers
from pingzhan.api.schemas.common import In, Out
from pingzhan.api.writing import write
from pingzhan.matters.operations.pictures import StoredPicture, store_pictures
from pingzhan.matters.queries.lists import matter_for

if TYPE_CHECKING:
    from pingzhan.matters.models import Matter


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


def open_on_matter(
    router: Router, door: Door, *, out: type[Out], show: "Callable[[ApiRequest, Matter, Any], Out]", family: str
) -> None:
    """Register `POST /{number}/<name>` for those who may see the matter: `show` tells what `take` came to.

    `family` goes before the name of the address in the table of routes.
    """

    def take(
        request: ApiRequest,
        number: MatterNumber,
        idempotency_key: IdempotencyKey,
        data: door.body = door.default,  # type: ignore[name-defined]
    ) -> HttpResponse:
        matter = matter_for(request.actor, number)

        def work(given: dict[str, Any]) -> tuple[int, Out]:
            return 200, show(request, matter, door.take(matter=matter, by=request.actor, at=request.at, **given))

        return through(request, door, data, thing=number, work=work)

    router.post(
        f"/{{number}}/{door.name}",
        response=answers({200: out}, *STAFF, *WRITE),
        operation_id=f"{door.name}_matter",
        summary=door.summary,
        description=door.description,
        url_name=f"{family}-{door.name}",
    )(take)
