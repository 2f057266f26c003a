"""What the unit in charge does: sign, return, progress, hold, resume, complete."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import Invalid
from pingzhan.matters.choices import ClockKind, ClockState, Step
from pingzhan.matters.models import Clock, Matter
from pingzhan.matters.operations.advance import Move, Words, advance, needed
from pingzhan.matters.operations.pictures import StoredPicture
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.rules import HOLD_MOST, moved_on


def sign(*, matter: Matter, by: Actor, at: datetime, note: str = "", version: int | None = None) -> Matter:
    """The unit takes the matter over; until now the receiver stayed responsible."""
    return advance(Move(matter, Step.SIGN, by, at, Words(note=note.strip()), version=version))


def return_matter(*, matter: Matter, by: Actor, at: datetime, reason: str, version: int | None = None) -> Matter:
    """Not ours: back to who dispatched it, with the reason. The finish clock runs on."""
    reason = needed(reason, "reason", _("请写明退回的理由"))
    return advance(
        Move(
            matter, Step.RETURN, by, at, Words(note=reason), {"handler": None, "returns": F("returns") + 1},
            version=version, data={"unit_id": str(matter.handler_id)},
        )
    )  # fmt: skip


def progress(
    *,
    matter: Matter,
    by: Actor,
    at: datetime,
    note: str = "",
    reply: str = "",
    pictures: tuple[StoredPicture, ...] = (),
    version: int | None = None,
) -> Matter:
    """How far it is; `reply` is shown to the reporter, `note` only among staff."""
    if not (note.strip() or reply.strip() or pictures):
        needed("", "note", _("请写下进展或上传照片"))
    return advance(
        Move(
            matter, Step.PROGRESS, by, at, Words(note.strip(), reply.strip()), version=version, pictures=pictures,
            data={"pictures": len(pictures)} if pictures else {},
        )
    )  # fmt: skip


@transaction.atomic
def hold(
    *, matter: Matter, by: Actor, at: datetime, reason: str, until: datetime, version: int | None = None
) -> Matter:
    """Waiting for something outside; the finish clock stands still, at most 30 days."""
    reason = needed(reason, "reason", _("请写明暂缓的理由，居民会看到"))
    if not at < until <= at + HOLD_MOST:
        message = _("暂缓须在 30 天以内，且晚于现在")
        raise Invalid(message, errors=[{"loc": ["until"], "msg": message}])
    matter = advance(
        Move(
            matter, Step.HOLD, by, at, Words(reply=reason), {"next_due_at": until}, version=version,
            data={"until": until.isoformat()},
        )
    )  # fmt: skip
    Clock.objects.filter(matter=matter, kind=ClockKind.FINISH, state=ClockState.RUNNING).update(
        state=ClockState.PAUSED, paused_at=at
    )
    return matter


@transaction.atomic
def resume(*, matter: Matter, by: Actor, at: datetime, note: str = "", version: int | None = None) -> Matter:
    """On again: the finish clock goes on with the time that it stood still added."""
    clocks = list(matter.clocks.filter(state__in=[ClockState.RUNNING, ClockState.PAUSED]).order_by("id"))
    calendar = reference().calendar
    for clock in clocks:
        if clock.state == ClockState.PAUSED and clock.paused_at is not None:
            clock.due_at = moved_on(
                clock.due_at, basis=clock.basis, paused_at=clock.paused_at, at=at, calendar=calendar
            )
            clock.state, clock.paused_at = ClockState.RUNNING, None
    due = min((clock.due_at for clock in clocks), default=None)
    matter = advance(Move(matter, Step.RESUME, by, at, Words(note=note.strip()), {"next_due_at": due}, version=version))
    Clock.objects.bulk_update(clocks, ["due_at", "state", "paused_at"])
    return matter


def complete(
    *,
    matter: Matter,
    by: Actor,
    at: datetime,
    result: str,
    pictures: tuple[StoredPicture, ...] = (),
    version: int | None = None,
) -> Matter:
    """Done: what was done goes to the receiver, who tells the reporter."""
    result = needed(result, "result", _("请写明办理结果"))
    return advance(
        Move(
            matter, Step.COMPLETE, by, at, Words(note=result), {"completed_at": at}, version=version, pictures=pictures,
            data={"pictures": len(pictures)} if pictures else {},
        )
    )  # fmt: skip
