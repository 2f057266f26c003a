"""What the unit in charge does: sign, return, progress, complete."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import StateConflict
from pingzhan.core.wording import for_others
from pingzhan.matters.choices import LimitKind, Status, Step
from pingzhan.matters.models import Matter
from pingzhan.matters.operations.advance import Move, Words, advance, needed
from pingzhan.matters.operations.pictures import StoredPicture
from pingzhan.matters.operations.referring import send_back_down
from pingzhan.matters.operations.telling import Line, tell_units
from pingzhan.matters.queries.levels import awaited_after, open_parts
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.rules import ClockChange


def sign(*, matter: Matter, by: Actor, at: datetime, note: str = "", version: int | None = None) -> Matter:
    """The unit takes the matter over; until now the receiver stayed responsible."""
    return advance(Move(matter, Step.SIGN, by, at, Words(note=note.strip()), version=version))


@transaction.atomic
def return_matter(*, matter: Matter, by: Actor, at: datetime, reason: str, version: int | None = None) -> Matter:
    """Not ours: back to who handed it on, with the reason. No clock is set back.

    After as many returns as the limit says, a superior decides: it hands the matter on with binding force, or takes it.
    """
    reason = needed(reason, "reason", _("请写明退回的理由"))
    known = reference()
    handler = known.units.get(matter.handler_id) if matter.handler_id else None
    passed = send_back_down(matter, at=at)
    decides = passed or matter.receiver_id
    cap = known.limit(LimitKind.RETURNS, category=matter.category_id, urgency=matter.urgency)
    full = matter.returns + 1 >= cap
    if full:
        unit = known.units.get(decides)
        decides = unit.superior_id if unit and unit.superior_id in known.units else decides
    awaits = None if decides == matter.receiver_id else decides
    if awaits:
        text = (
            for_others("事项 %(number)s 已退回 %(n)s 次，请裁定由谁承办。")
            if full
            else for_others("事项 %(number)s 被退回，请重新转办。")
        )
        line = text % {"number": matter.number, "n": matter.returns + 1}
    matter = advance(
        Move(
            matter, Step.RETURN, by, at, Words(note=reason),
            {"handler": None, "returns": F("returns") + 1, "awaits_id": awaits}, version=version,
            data={"unit_id": str(matter.handler_id), "by_unit": handler.code if handler else ""}
            | ({"asks": known.units[awaits].code} if awaits else {}),
        )
    )  # fmt: skip
    matter.refresh_from_db(fields=["returns"])
    if awaits:
        tell_units({awaits: Line(line, matter.path)}, at=at, template="matter.return", cause=by.user_id)
    return matter


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
    """How far it is; `reply` is shown to the reporter, `note` only among staff.

    The first word to the reporter is the first feedback; what is said among staff is none.
    """
    if not (note.strip() or reply.strip() or pictures):
        needed("", "note", _("请写下进展或上传照片"))
    return advance(
        Move(
            matter, Step.PROGRESS, by, at, Words(note.strip(), reply.strip()), version=version, pictures=pictures,
            clocks=None if reply.strip() else ClockChange(),
            data={"pictures": len(pictures)} if pictures else {},
        )
    )  # fmt: skip


@transaction.atomic
def complete(
    *,
    matter: Matter,
    by: Actor,
    at: datetime,
    result: str,
    pictures: tuple[StoredPicture, ...] = (),
    version: int | None = None,
) -> Matter:
    """Done: what was done goes back down through every level that the matter passed, then to the receiver.

    Raises StateConflict while parts that were split from it are not done.
    """
    result = needed(result, "result", _("请写明办理结果"))
    waiting = open_parts(matter)
    if waiting and matter.status == Status.IN_PROGRESS:
        raise StateConflict(
            _("拆分出的事项还没有办好：%(numbers)s；它们办结后才能办结本件。") % {"numbers": "、".join(waiting)},
            allowed=[Status.IN_PROGRESS],
            current=matter.status,
        )
    awaits = awaited_after(matter)
    matter = advance(
        Move(
            matter, Step.COMPLETE, by, at, Words(note=result), {"completed_at": at, "awaits_id": awaits},
            version=version, pictures=pictures, data={"pictures": len(pictures)} if pictures else {},
        )
    )  # fmt: skip
    if awaits:
        line = for_others("事项 %(number)s 已有办理结果，请逐级确认。", number=matter.number)
        tell_units({awaits: Line(line, matter.path)}, at=at, template="matter.complete", cause=by.user_id)
    return matter
