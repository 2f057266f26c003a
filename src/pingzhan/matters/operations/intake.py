"""First steps: accept, reject, dispatch, split, withdraw."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.errors import Invalid
from pingzhan.core.wording import for_others
from pingzhan.matters.choices import LimitKind, Source, Step, Urgency
from pingzhan.matters.models import FirstTimes, Matter, Supervision
from pingzhan.matters.operations.advance import Move, Words, advance, needed
from pingzhan.matters.operations.clustering import widen
from pingzhan.matters.operations.following import tell_followers
from pingzhan.matters.operations.merging import let_go, tell_joined
from pingzhan.matters.operations.report import Location, report
from pingzhan.matters.operations.telling import Line, tell_units
from pingzhan.matters.operations.units import unit_for, within_powers
from pingzhan.matters.queries.pass_down import refusal
from pingzhan.matters.queries.reference import reference
from pingzhan.places.queries import get_places

MOST_PARTS = 10


@transaction.atomic
def accept(
    *,
    matter: Matter,
    by: Actor,
    at: datetime,
    category: str = "",
    urgency: str = "",
    place: str = "",
    note: str = "",
    reply: str = "",
    version: int | None = None,
) -> Matter:
    """Take the matter on; category, urgency and place may be set right on this occasion. `reply`: to the reporter.

    Another unit that has it after that, because it receives what lies there, is told.
    """
    receiver = matter.receiver_id
    changes: dict[str, object] = {}
    if category and category != matter.category_id:
        known = reference()
        if category not in known.categories or known.categories[category].parent_id is None:
            raise Invalid(_("没有这个类别"), errors=[{"loc": ["category"], "msg": _("没有这个类别")}])
        changes["category"] = known.categories[category]
    if urgency and urgency != matter.urgency:
        if urgency not in Urgency.values:
            raise Invalid(_("紧急程度不正确"), errors=[{"loc": ["urgency"], "msg": _("紧急程度不正确")}])
        changes["urgency"] = urgency
    if place:
        changes |= _moved(matter, place, by)
    if changes:
        path = str(changes.get("path", matter.path))
        chosen = category or matter.category_id
        handler = reference().handler_for(path, chosen)
        changes["suggested_id"] = handler.id if handler else None
    data = {"category": category, "urgency": urgency, "place": place}
    matter = advance(
        Move(
            matter, Step.ACCEPT, by, at, Words(note=note, reply=reply), changes, version=version,
            tell=for_others("您反映的事项 %(number)s 已受理。", number=matter.number),
            data={name: value for name, value in data.items() if value},
        )
    )  # fmt: skip
    if "path" in changes:
        _carry(matter)
    if matter.receiver_id != receiver:
        line = for_others("事项 %(number)s 更正了位置，现由您的单位受理，请转办。", number=matter.number)
        tell_units({matter.receiver_id: Line(line, matter.path)}, at=at, template="matter.accept", cause=by.user_id)
    return matter


def _carry(matter: Matter) -> None:
    """What is kept by the place of a matter goes with it, so that each area sees what is its own, and no more."""
    Supervision.objects.filter(matter=matter).update(path=matter.path)
    FirstTimes.objects.filter(matter=matter).update(path=matter.path, community=matter.community)
    widen(matter)


def _moved(matter: Matter, code: str, by: Actor) -> dict[str, object]:
    """The columns of a matter set right to another place within the area in which `by` accepts matters."""
    found = get_places([code]).get(code)
    if found is None:
        raise Invalid(_("没有这个区域编码"), errors=[{"loc": ["place"], "msg": _("没有这个区域编码")}])
    if by.kind != "system" and not can(by, Permission.MATTER_ACCEPT, found.path):
        message = _("这个位置不在您的工作范围内；不归您受理的，请上呈上级改派")
        raise Invalid(message, errors=[{"loc": ["place"], "msg": message}])
    receiver = reference().receiver_for(found.path)
    parts = found.path.split("/")
    return {
        "place_id": found.id,
        "path": found.path,
        "street": next((part for part in parts if len(part) == 9 and part.isdigit()), ""),
        "community": next((part for part in parts if len(part) == 12 and part.isdigit()), ""),
        "receiver_id": receiver.id if receiver else matter.receiver_id,
    }


@transaction.atomic
def reject(*, matter: Matter, by: Actor, at: datetime, reason: str, version: int | None = None) -> Matter:
    """Not taken on; the reason goes to the reporter, and to all whose reports were merged into this one."""
    reason = needed(reason, "reason", _("请写明不予受理的理由，居民会看到"))
    matter = advance(
        Move(
            matter, Step.REJECT, by, at, Words(reply=reason), {"next_due_at": None}, version=version,
            tell=for_others("您反映的事项 %(number)s 不予受理，理由可凭查询码查看。", number=matter.number),
        )
    )  # fmt: skip
    tell_joined(matter, step=Step.REJECT, reply=reason, by=by, at=at)
    tell_followers(matters=[matter.pk], at=at, ended=True)
    return matter


@transaction.atomic
def dispatch(
    *,
    matter: Matter,
    by: Actor,
    at: datetime,
    unit: str = "",
    note: str = "",
    reply: str = "",
    version: int | None = None,
) -> Matter:
    """Hand the matter to `unit` (its code), by default the one that the rules suggest. `reply`: to the reporter.

    What the list does not allow to be passed down to a community is refused, with what to do instead. After too many
    returns it is the superior who hands it on, or takes it, and that binds: no more returns.
    """
    known = reference()
    chosen = within_powers(matter, unit_for(matter, unit))
    if refused := refusal(by, matter, chosen):
        raise Invalid(refused, errors=[{"loc": ["unit"], "msg": refused}])
    cap = known.limit(LimitKind.RETURNS, category=matter.category_id, urgency=matter.urgency)
    binds = matter.returns >= cap  # then only whose decision it is may come here
    changes = {"handler_id": chosen.id} | ({"binding": True} if binds else {})
    return advance(
        Move(
            matter, Step.DISPATCH, by, at, Words(note=note, reply=reply), changes, version=version,
            data={"unit": chosen.code, "by_rule": chosen.id == matter.suggested_id}
            | ({"binding": True} if binds else {}),
        )
    )  # fmt: skip


@transaction.atomic
def split(
    *, matter: Matter, parts: list[str], by: Actor, at: datetime, note: str = "", version: int | None = None
) -> list[Matter]:
    """Several troubles in one report: a child matter for each further part. Returns the children."""
    parts = [part.strip() for part in parts if part.strip()]
    if not 1 <= len(parts) <= MOST_PARTS:
        message = _("请把内容拆成 1 至 %(most)s 个部分") % {"most": MOST_PARTS}
        raise Invalid(message, errors=[{"loc": ["parts"], "msg": message}])
    place = matter.path.rstrip("/").rsplit("/", 1)[-1]
    advance(Move(matter, Step.SPLIT, by, at, Words(note=note), version=version, data={"parts": len(parts)}))
    return [
        report(
            text=part,
            location=Location(code=place, address=matter.address),
            source=Source(matter.source),
            by=by,
            at=at,
            split_from=matter,
        )
        for part in parts
    ]


@transaction.atomic
def withdraw(*, matter: Matter, by: Actor, at: datetime, reason: str = "", version: int | None = None) -> Matter:
    """The reporter no longer wants it, while nobody has begun. Others whose reports were merged into it still do."""
    handler = matter.handler_id
    matter = advance(
        Move(matter, Step.WITHDRAW, by, at, Words(reply=reason.strip()), {"next_due_at": None}, version=version)
    )
    let_go(matter, at=at)
    tell_followers(matters=[matter.pk], at=at, ended=True)
    if handler is not None:
        line = for_others("事项 %(number)s 已撤回，不必再办。", number=matter.number)
        tell_units({handler: Line(line, matter.path)}, at=at, template="matter.withdraw", cause=by.user_id)
    return matter
