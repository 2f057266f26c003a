"""What the unit in charge does: sign, return, progress, complete."""

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.matters.choices import Step
from pingzhan.matters.models import Matter
from pingzhan.matters.operations.advance import Move, Words, advance, needed
from pingzhan.matters.operations.pictures import StoredPicture


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
