"""Setting the rules of handling: how long, who is told of what is overdue, caps, which level settles what. On record.

What was begun under another rule stays as it was: a clock keeps its ladder, an approved pause its end, a matter its
unit. See docs/adr/0019.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.errors import Invalid
from pingzhan.journal.operations import record
from pingzhan.matters.choices import Basis, ClockKind, LimitKind, Tier, Urgency
from pingzhan.matters.models import Ladder, Limit, Power, TimeRule
from pingzhan.matters.queries import reference as kept
from pingzhan.matters.queries.reference import ORDER, reference
from pingzhan.matters.rules import UNPRESSED, Rung
from pingzhan.matters.whistle_workflow import TIMED
from pingzhan.places.queries import get_places, tops

LONGEST = 60 * 24 * 60  # minutes between two rungs: 60 days
MOST_AMOUNT = 365


@transaction.atomic
def set_ladder(*, rungs: Sequence[Rung], kind: str = "", urgency: str = "", by: Actor, at: datetime) -> Ladder | None:
    """Who is told, rung by rung, when a clock of `kind` ("" any) of a matter of `urgency` ("" any) is overdue.

    Holds for clocks that start from now on; those that run keep theirs. No rungs: the ladder ends, and the more general
    one holds; None then. For who keeps the rules of the whole installation. Raises Invalid, NotAllowed.
    """
    _for_all(by)
    if kind and (kind not in ClockKind.values or kind in UNPRESSED):
        raise _invalid("kind", _("请选择时限"))
    _known_urgency(urgency)
    _check(rungs)
    if not rungs and not kind and not urgency:
        raise _invalid("rungs", _("全部时限的升级规则不能取消，至少要报给一级"))
    said = [{"tier": str(one.tier), "basis": str(one.basis), "minutes": one.minutes} for one in rungs]
    present = Ladder.objects.select_for_update().filter(kind=kind, urgency=urgency, until__isnull=True).first()
    before = present.rungs if present else []
    if before == said:
        return present
    if present is not None:
        Ladder.objects.filter(pk=present.pk).update(until=at)
    made = Ladder.objects.create(kind=kind, urgency=urgency, rungs=said, since=at) if said else None
    _note("rule.ladder", by=by, at=at, kind=kind, urgency=urgency, before=before, after=said)
    return made


def _check(rungs: Sequence[Rung]) -> None:
    """Levels go upwards, each once, and none waits longer than LONGEST."""
    order = [ORDER.index(Tier(one.tier)) for one in rungs]
    if order != sorted(set(order)):
        raise _invalid("rungs", _("升级须由下往上，每一级一次"))
    if any(one.basis not in Basis.values or not 0 <= one.minutes <= LONGEST for one in rungs):
        raise _invalid("rungs", _("等待的时间须在 0 到 60 天之间"))


@transaction.atomic
def set_time(
    *, kind: str, basis: str = "", minutes: int = 0, days: int = 0, category: str = "", urgency: str = "",
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    """How long a step may take, in minutes or in days (of work or of the clock, by `basis`), for a category, its group,
    an urgency, or all. Neither: no longer set, the more general one holds.

    For clocks that start from now on; those that run keep their due time. Raises Invalid, NotAllowed.
    """
    _for_all(by)
    if kind not in dict(TIMED):
        raise _invalid("kind", _("请选择时限"))
    _known_category(category)
    _known_urgency(urgency)
    if not (0 <= minutes <= LONGEST and 0 <= days <= MOST_AMOUNT) or (minutes and days):
        raise _invalid("length", _("请填写 0 到 %(most)s 之间的数") % {"most": LONGEST if minutes else MOST_AMOUNT})
    said = {"basis": str(basis), "minutes": minutes, "days": days} if minutes or days else None
    if said is not None and basis not in Basis.values:
        raise _invalid("basis", _("请选择怎样计时"))
    if said is None and not category and not urgency:
        raise _invalid("length", _("全部事项的时限不能取消，请填写数值"))
    rows = TimeRule.objects.filter(kind=kind, category_id=category or None, urgency=urgency)
    before = rows.select_for_update().values("basis", "minutes", "days").first()
    if before == said:
        return
    if said is None:
        rows.delete()
    else:
        TimeRule.objects.update_or_create(kind=kind, category_id=category or None, urgency=urgency, defaults={**said})
    _note("rule.time", by=by, at=at, kind=kind, category=category, urgency=urgency, before=before, after=said)


@transaction.atomic
def set_limit(*, kind: str, amount: int | None, category: str = "", urgency: str = "", by: Actor, at: datetime) -> None:
    """A cap: days of all pauses, returns …, for a category, its group, an urgency, or all. None: no longer set.

    Counts for what is decided from now on. Raises Invalid, NotAllowed.
    """
    _for_all(by)
    if kind not in LimitKind.values:
        raise _invalid("limit", _("请选择上限"))
    if amount is not None and not 0 <= amount <= MOST_AMOUNT:
        raise _invalid("amount", _("请填写 0 到 %(most)s 之间的数") % {"most": MOST_AMOUNT})
    _known_category(category)
    _known_urgency(urgency)
    rows = Limit.objects.filter(kind=kind, category_id=category or None, urgency=urgency)
    before = rows.select_for_update().values_list("amount", flat=True).first()
    if before == amount:
        return
    if amount is None:
        rows.delete()
    else:
        Limit.objects.update_or_create(
            kind=kind, category_id=category or None, urgency=urgency, defaults={"amount": amount}
        )
    _note("rule.limit", by=by, at=at, kind=kind, category=category, urgency=urgency, before=before, after=amount)


@transaction.atomic
def set_power(*, place: str, category: str, tier: str, by: Actor, at: datetime) -> None:
    """The lowest level that settles matters of `category` under `place` (its code); "" every level may.

    A matter that is in somebody's hands stays there. Raises Invalid, NotAllowed.
    """
    found = get_places([place]).get(place) if place else None
    if found is None:
        raise _invalid("place", _("请选择适用的区域"))
    require(by, Permission.LIST_KEEP, found.path)
    if not category:
        raise _invalid("category", _("请选择类别"))
    _known_category(category)
    if tier and tier not in {Tier.COMMUNITY, Tier.STREET, Tier.DISTRICT, Tier.CITY}:
        raise _invalid("tier", _("请选择级别"))
    rows = Power.objects.filter(path=found.path, category_id=category)
    before = rows.select_for_update().values_list("tier", flat=True).first() or ""
    if before == tier:
        return
    if tier:
        Power.objects.update_or_create(path=found.path, category_id=category, defaults={"tier": tier})
    else:
        rows.delete()
    _note("rule.power", by=by, at=at, path=found.path, category=category, before=before, after=tier)


def may_rule_all(actor: Actor) -> bool:
    """Whether the actor keeps the rules of the whole installation: everything above holds for all of it."""
    roots = list(tops().values_list("path", flat=True))
    return bool(roots) and all(can(actor, Permission.LIST_KEEP, path) for path in roots)


def _for_all(by: Actor) -> None:
    for path in tops().values_list("path", flat=True):
        require(by, Permission.LIST_KEEP, path)


def _known_category(category: str) -> None:
    if category and category not in reference().categories:
        raise _invalid("category", _("没有这个类别"))


def _known_urgency(urgency: str) -> None:
    if urgency and urgency not in Urgency.values:
        raise _invalid("urgency", _("请选择紧急程度"))


def _note(verb: str, *, by: Actor, at: datetime, path: str = "", **data: Any) -> None:
    """On record with the root of the place, so that the history of all rules is one list."""
    roots = list(tops())
    root = next((one for one in roots if path.startswith(one.path)), roots[0])
    record(verb=verb, by=by, at=at, subject_type="rule", subject_id=root.pk, place_path=path or root.path, **data)
    kept.forget()
    transaction.on_commit(kept.forget)


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
