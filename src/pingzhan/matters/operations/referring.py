"""Up level by level when it is beyond one's powers, and back down through every level that it passed (双向闭合)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid
from pingzhan.core.ids import uuid7
from pingzhan.core.wording import for_others
from pingzhan.matters.choices import Step
from pingzhan.matters.models import Matter, Referral
from pingzhan.matters.operations.advance import Move, Words, advance, needed
from pingzhan.matters.operations.telling import Line, tell_units
from pingzhan.matters.operations.units import unit_for, within_powers
from pingzhan.matters.queries.levels import chain
from pingzhan.matters.queries.pass_down import refusal
from pingzhan.matters.queries.reference import ORDER, Reference, UnitRef, reference


@transaction.atomic
def refer(
    *, matter: Matter, by: Actor, at: datetime, reason: str, unit: str = "", version: int | None = None
) -> Matter:
    """Beyond this level's powers: hand it up to `unit`, by default the superior of the unit that has it.

    Each level on the way is noted, also one that it only passes: the result comes back through all of them.
    """
    reason = needed(reason, "reason", _("请写明需要上级处理的原因"))
    known = reference()
    acting = _acting(by, matter, known)
    chosen = unit_for(matter, unit) if unit else _superior(matter, acting, known)
    if chosen.id == matter.handler_id:
        raise Invalid(_("该单位已在承办"), errors=[{"loc": ["unit"], "msg": _("请选择另一个单位")}])
    if acting is not None and ORDER.index(chosen.tier) <= ORDER.index(acting.tier):
        _check_down(by, matter, chosen)
    move = Move(
        matter, Step.REFER, by, at, Words(note=reason),
        # What a superior decided binds the unit that it named, not one above it.
        {"handler_id": chosen.id, "awaits_id": None, "binding": False}, version=version,
        data={"unit": chosen.code} | ({"by_unit": acting.code} if acting else {}),
    )  # fmt: skip
    matter = advance(move)
    if acting is not None and move.entry is not None:
        _pass(matter, acting, chosen, known, entry=move.entry, at=at)
    line = for_others(
        "事项 %(number)s 由%(unit)s上呈，请签收。", number=matter.number, unit=acting.name if acting else ""
    )
    tell_units({chosen.id: Line(line, matter.path)}, at=at, template="matter.refer", cause=by.user_id)
    return matter


def _check_down(by: Actor, matter: Matter, chosen: UnitRef) -> None:
    """Who stands above may hand it to a unit at or below their own level, by the rules of handing on."""
    if refused := refusal(by, matter, within_powers(matter, chosen)):
        raise Invalid(refused, errors=[{"loc": ["unit"], "msg": refused}])


def _acting(by: Actor, matter: Matter, known: Reference) -> UnitRef | None:
    """On whose behalf it is referred: the actor's unit, or the one that has it."""
    own = next(
        (
            held.unit_id
            for held in by.holding(Permission.MATTER_DISPATCH)
            if held.unit_id is not None and matter.path.startswith(held.path)
        ),
        None,
    )
    return known.units.get(own or matter.handler_id or matter.receiver_id)


def _superior(matter: Matter, acting: UnitRef | None, known: Reference) -> UnitRef:
    """The superior of the unit that has it, or of the one that refers it where that stands higher."""
    present = known.units.get(matter.handler_id or matter.receiver_id)
    bases = sorted((unit for unit in (acting, present) if unit), key=lambda unit: ORDER.index(unit.tier), reverse=True)
    above = (known.units.get(unit.superior_id) for unit in bases if unit.superior_id)
    superior = next((unit for unit in above if unit), None)
    if superior is None:
        raise Invalid(_("没有上级单位可以上呈"), errors=[{"loc": ["unit"], "msg": _("请选择上级单位")}])
    return superior


def _pass(matter: Matter, acting: UnitRef, chosen: UnitRef, known: Reference, *, entry: UUID, at: datetime) -> None:
    """Note the levels from the one that refers it to the one below `chosen`, each once a round."""
    if ORDER.index(acting.tier) > ORDER.index(chosen.tier):
        return  # the top hands it to a unit below itself: no level is passed
    passed = [acting]
    while (above := known.units.get(passed[-1].superior_id or acting.id)) is not None:
        if above.id == chosen.id or above in passed or ORDER.index(above.tier) >= ORDER.index(chosen.tier):
            break
        passed.append(above)
    before = list(Referral.objects.filter(matter=matter, round=matter.reopens).order_by("position"))
    known_levels = {row.unit_id for row in before if row.undone_at is None}
    new = [unit for unit in passed if unit.id not in known_levels and unit.id != chosen.id]
    onto = [*new[1:], chosen]
    Referral.objects.bulk_create(
        Referral(
            id=uuid7(at), matter=matter, round=matter.reopens, position=len(before) + index, unit_id=unit.id,
            to_unit_id=onto[index].id, referred_at=at, entry_uid=entry,
        )
        for index, unit in enumerate(new)
    )  # fmt: skip


def confirm(matter: Matter, *, unit_id: UUID | None, by: Actor, at: datetime) -> None:
    """Note that the level has confirmed the result, in the step's transaction; None: all that are left."""
    rows = chain(matter).filter(confirmed_at__isnull=True)
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    rows.update(confirmed_at=at, confirmed_by=by.user_id)


def unconfirm(matter: Matter) -> None:
    """The result was no result: every level will have to confirm the next one."""
    chain(matter).update(confirmed_at=None, confirmed_by=None)


def send_back_down(matter: Matter, *, at: datetime) -> UUID | None:
    """The unit to which it was referred returns it: whoever passed it up to there has it again. None: nobody did."""
    last = chain(matter).filter(to_unit_id=matter.handler_id).last()
    if last is None:
        return None
    last.undone_at = at
    last.save(update_fields=["undone_at"])
    return last.unit_id
