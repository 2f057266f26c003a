"""Whistle and check-in (吹哨报到): summon units to the spot of a matter; how each of them comes.

Whatever is done in one whistle is done one after another: each operation locks the whistle's row first, so that of two
people of one unit who check in at once one does, and the other is told by whom.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.core.errors import Invalid, NotAllowed, NotFound, Stale, StateConflict
from pingzhan.core.outbox import queue
from pingzhan.core.wording import for_others
from pingzhan.journal.operations import digest_of, record
from pingzhan.matters.choices import Status, Step
from pingzhan.matters.models import Lateness, Matter, Summons, Whistle, WhistleEntry
from pingzhan.matters.operations.advance import MOST_WORDS, needed
from pingzhan.matters.operations.pictures import StoredPicture
from pingzhan.matters.queries.reference import UnitRef, reference
from pingzhan.matters.queries.whistles import may_whistle, units_answering
from pingzhan.matters.whistle_rules import deadlines
from pingzhan.matters.whistle_workflow import (
    ACTS,
    DONE_AT,
    DUE_AT,
    HERE,
    MOST_UNITS,
    WHISTLED_IN,
    Ending,
    SummonsState,
    WhistleClock,
    WhistleStep,
    after,
)
from pingzhan.people.queries import Colleague, colleagues_of

PICTURES_OF = Step.PROGRESS  # what an attachment of a whistle says it belongs to: shown among staff only


@dataclass(frozen=True, slots=True)
class Said:
    """What goes with a step: words among staff, pictures, and what the caller last saw of the whistle."""

    note: str = ""
    pictures: tuple[StoredPicture, ...] = ()
    version: int | None = None


# --- who whistles ---------------------------------------------------------------------------------------------------


@transaction.atomic
def blow(
    *, matter: Matter, units: Sequence[str], by: Actor, at: datetime, note: str = "", version: int | None = None
) -> Whistle:
    """Summon `units` (their codes, 1 to 20) to the spot of the matter; the three clocks of each start now.

    One whistle runs for a matter at a time. Raises Invalid, NotAllowed, StateConflict, Stale.
    """
    if not may_whistle(by, matter):
        raise NotAllowed(_("只有事项所在的居村、街镇和受理单位可以吹哨。"))
    if matter.status not in WHISTLED_IN:
        raise StateConflict(
            _("这件事项现在是“%(status)s”，不能再吹哨。") % {"status": Status(matter.status).label},
            allowed=sorted(WHISTLED_IN),
            current=matter.status,
        )
    if version is not None and version != matter.version:
        raise Stale(_("这件事项刚刚被他人更新，请刷新后再操作；您填写的内容没有提交。"))
    chosen = _units(matter.path, units)
    note = _words(note)
    own = next((held.unit_id for held in by.held if held.unit_id and matter.path.startswith(held.path)), None)
    whistle = Whistle(matter=matter, path=matter.path, unit_id=own or matter.receiver_id, note=note, started_at=at)
    try:
        with transaction.atomic():
            whistle.save(force_insert=True)
    except IntegrityError as error:
        raise StateConflict(
            _("这件事项已有一张进行中的哨单，请在那张哨单里加派单位。"), allowed=[], current="running"
        ) from error
    _summon(whistle, matter, chosen, at=at)
    _note(whistle, WhistleStep.BLOW, by=by, at=at, said=Said(note), units=[unit.code for unit in chosen])
    return whistle


@transaction.atomic
def call_more(
    *, whistle: Whistle, units: Sequence[str], by: Actor, at: datetime, note: str = "", version: int | None = None
) -> Whistle:
    """Summon further units; their clocks start now. One that is there already is not called twice."""
    whistle, matter = _locked(whistle, version=version)
    _must_run(whistle, matter, by)
    chosen = _units(matter.path, units)
    here = set(whistle.summonses.filter(state__in=HERE).values_list("unit_id", flat=True))
    if twice := next((unit for unit in chosen if unit.id in here), None):
        message = _("%(unit)s已经在这张哨单里") % {"unit": twice.name}
        raise Invalid(message, errors=[{"loc": ["units"], "msg": message}])
    _summon(whistle, matter, chosen, at=at)
    _note(whistle, WhistleStep.CALL, by=by, at=at, said=Said(_words(note)), units=[unit.code for unit in chosen])
    return whistle


@transaction.atomic
def release(
    *, whistle: Whistle, unit: str, by: Actor, at: datetime, note: str = "", version: int | None = None
) -> Whistle:
    """Not needed (any more): a summoned unit is let go; the last one ends the whistle."""
    whistle, matter = _locked(whistle, version=version)
    _must_run(whistle, matter, by)
    summons = next(
        (row for row in _open(whistle) if (ref := reference().units.get(row.unit_id)) and ref.code == unit), None
    )
    if summons is None:
        raise Invalid(_("哨单里没有这个单位"), errors=[{"loc": ["unit"], "msg": _("请选择还在哨单里的单位")}])
    _take(whistle, summons, WhistleStep.RELEASE, by=by, at=at, said=Said(_words(note)))
    _end_when_all_left(whistle, at=at)
    return whistle


@transaction.atomic
def close(*, whistle: Whistle, by: Actor, at: datetime, note: str = "", version: int | None = None) -> Whistle:
    """End the whistle; units still expected are released. The matter goes on in its eight steps."""
    whistle, matter = _locked(whistle, version=version)
    _must_run(whistle, matter, by)
    _release_all(whistle, at=at)
    _note(whistle, WhistleStep.CLOSE, by=by, at=at, said=Said(_words(note)))
    _end(whistle, Ending.CLOSED, at=at)
    return whistle


@transaction.atomic
def end_with_matter(*, whistle: Whistle, at: datetime) -> bool:
    """The matter was closed (merged, withdrawn, archived …): its whistle ends too; False where somebody was quicker."""
    locked = Whistle.objects.select_for_update().get(pk=whistle.pk)
    if locked.ended_at is not None or Matter.objects.filter(pk=locked.matter_id, is_open=True).exists():
        return False
    _release_all(locked, at=at)
    _note(locked, WhistleStep.CLOSE, by=SYSTEM, at=at, said=Said())
    _end(locked, Ending.MATTER_CLOSED, at=at)
    return True


# --- who was summoned -----------------------------------------------------------------------------------------------


def check_in(*, whistle: Whistle, by: Actor, at: datetime, unit: str = "", **said: Any) -> Whistle:
    """We have heard it and are coming; once a unit."""
    return _answer(whistle, WhistleStep.CHECK_IN, unit, by=by, at=at, said=Said(**said))


def report_up(*, whistle: Whistle, by: Actor, at: datetime, unit: str = "", **said: Any) -> Whistle:
    """Report the situation to who whistled and to the own superior; the first report stops its clock."""
    return _answer(whistle, WhistleStep.REPORT, unit, by=by, at=at, said=_spoken(said, _("请写下现场或来电了解的情况")))


def feed_back(*, whistle: Whistle, by: Actor, at: datetime, unit: str = "", **said: Any) -> Whistle:
    """Say what has been done so far; the first time stops its clock."""
    return _answer(whistle, WhistleStep.FEED_BACK, unit, by=by, at=at, said=_spoken(said, _("请写下已经做了什么")))


def arrive(*, whistle: Whistle, by: Actor, at: datetime, unit: str = "", **said: Any) -> Whistle:
    """On the spot."""
    return _answer(whistle, WhistleStep.ARRIVE, unit, by=by, at=at, said=Said(**said))


def leave(*, whistle: Whistle, by: Actor, at: datetime, unit: str = "", **said: Any) -> Whistle:
    """Done here; when all have left the whistle ends."""
    return _answer(whistle, WhistleStep.LEAVE, unit, by=by, at=at, said=Said(**said))


def hand_over(*, whistle: Whistle, to: str, by: Actor, at: datetime, unit: str = "", **said: Any) -> Whistle:
    """Leave what remains on the spot to the unit `to`, which is summoned by this if it is not there yet."""
    return _answer(whistle, WhistleStep.HAND_OVER, unit, by=by, at=at, said=Said(**said), to=to)


def _spoken(said: dict[str, Any], message: str) -> Said:
    found = Said(**said)
    if not found.pictures:
        needed(found.note, "note", message)
    return found


@transaction.atomic
def _answer(
    whistle: Whistle, step: WhistleStep, unit: str, *, by: Actor, at: datetime, said: Said, to: str = ""
) -> Whistle:
    whistle, matter = _locked(whistle, version=said.version)
    _must_be_running(whistle)
    summons = _own(whistle, by, unit, step)
    said = Said(_words(said.note), said.pictures)
    more: dict[str, Any] = {}
    if step is WhistleStep.HAND_OVER:
        more["handed_to_id"] = _successor(whistle, matter, summons, to, at=at)
    _take(whistle, summons, step, by=by, at=at, said=said, **more)
    _end_when_all_left(whistle, at=at)
    return whistle


def _own(whistle: Whistle, by: Actor, unit: str, step: WhistleStep) -> Summons:
    """The summons for which `by` answers, the one of `unit` where they answer for several."""
    known = reference().units
    own = units_answering(by, whistle)
    rows = [row for row in whistle.summonses.order_by("-id") if row.unit_id in own]
    if unit:
        rows = [row for row in rows if (ref := known.get(row.unit_id)) and ref.code == unit]
    if not rows:
        raise NotAllowed(_("这张哨单没有叫到您的单位。"))
    able = [row for row in rows if row.state in ACTS[step].sources]
    if len({row.unit_id for row in able}) > 1:
        message = _("您的几个单位都被叫到，请选择以哪个单位办理")
        raise Invalid(message, errors=[{"loc": ["unit"], "msg": message}])
    return able[0] if able else rows[0]


def _successor(whistle: Whistle, matter: Matter, summons: Summons, to: str, *, at: datetime) -> UUID:
    [chosen] = _units(matter.path, [to] if to else [], field="to")
    if chosen.id == summons.unit_id:
        message = _("不能移交给本单位")
        raise Invalid(message, errors=[{"loc": ["to"], "msg": message}])
    if not whistle.summonses.filter(unit_id=chosen.id, state__in=HERE).exists():
        _summon(whistle, matter, [chosen], at=at)
    return chosen.id


# --- what both do ---------------------------------------------------------------------------------------------------


def _locked(whistle: Whistle, *, version: int | None) -> tuple[Whistle, Matter]:
    """The whistle as it is now, held until the end of the transaction, and its matter."""
    found = Whistle.objects.select_for_update().filter(pk=whistle.pk).first()
    if found is None:
        raise NotFound
    if version is not None and version != found.version:
        raise Stale(_("这张哨单刚刚有新的动态，请刷新后再操作；您填写的内容没有提交。"))
    found.matter = whistle.matter
    return found, whistle.matter


def _must_be_running(whistle: Whistle) -> None:
    if whistle.ended_at is not None:
        raise StateConflict(_("这张哨单已经结束。"), allowed=["running"], current="ended")


def _must_run(whistle: Whistle, matter: Matter, by: Actor) -> None:
    if not may_whistle(by, matter):
        raise NotAllowed(_("只有吹哨的一方可以调整或结束这张哨单。"))
    _must_be_running(whistle)


def _take(
    whistle: Whistle, summons: Summons, step: WhistleStep, *, by: Actor, at: datetime, said: Said, **changes: Any
) -> None:
    """Move one summons on by the table, and write down who did it."""
    act = ACTS[step]
    if summons.state not in act.sources:
        raise _conflict(summons, step)
    before, target = summons.state, after(summons.state, act)
    if before == SummonsState.CALLED and target not in (SummonsState.CALLED, SummonsState.RELEASED):
        changes["checked_in_at"] = at
    if act.stops and getattr(summons, DONE_AT[act.stops]) is None:
        changes[DONE_AT[act.stops]] = at
    if target not in HERE:
        changes["ended_at"] = at
    for name, value in (changes | {"state": target}).items():
        setattr(summons, name, value)
    summons.next_due_at = _next_due(summons)
    summons.save(update_fields=[*changes, "state", "next_due_at"])
    ref = reference().units.get(summons.unit_id)
    _note(
        whistle, step, by=by, at=at, said=said, summons=summons, before=before, target=target,
        unit=ref.code if ref else "",
    )  # fmt: skip


def _conflict(summons: Summons, step: WhistleStep) -> StateConflict:
    allowed: list[str] = sorted(ACTS[step].sources)
    if step is WhistleStep.CHECK_IN and summons.checked_in_at is not None:
        first = summons.entries.order_by("at", "id").first()
        who = first.by_name if first else ""
        detail = _("您的单位已经报到（%(who)s），不必再报。") % {"who": who}
    else:
        detail = _("您的单位现在是“%(state)s”，不能“%(step)s”；请刷新查看。") % {
            "state": SummonsState(summons.state).label,
            "step": step.label,
        }
    return StateConflict(detail, allowed=allowed, current=summons.state)


def _next_due(summons: Summons) -> datetime | None:
    """The earliest clock that runs and of whose end nobody was told yet; None once it has ended."""
    if summons.state not in HERE:
        return None
    told = set(summons.latenesses.values_list("clock", flat=True))
    pending = [
        getattr(summons, DUE_AT[clock])
        for clock in WhistleClock
        if getattr(summons, DONE_AT[clock]) is None and clock not in told
    ]
    return min(pending, default=None)


def _summon(whistle: Whistle, matter: Matter, units: Sequence[UnitRef], *, at: datetime) -> None:
    known = reference()
    group = known.categories[matter.category_id].parent_id or "" if matter.category_id in known.categories else ""
    due = deadlines(
        known.allowances, category=matter.category_id, group=group, urgency=matter.urgency, start=at,
        calendar=known.calendar,
    )  # fmt: skip
    Summons.objects.bulk_create(
        [
            Summons(
                whistle=whistle,
                unit_id=unit.id,
                called_at=at,
                next_due_at=min(due.values()),
                **{DUE_AT[clock]: moment for clock, moment in due.items()},
            )
            for unit in units
        ]
    )
    text = for_others(
        "吹哨：%(title)s（%(number)s）。请 %(time)s 前报到并上报情况。",
        title=matter.title,
        number=matter.number,
        time=f"{due[WhistleClock.REPORT].astimezone():%H:%M}",
    )
    _tell(colleagues_of([unit.id for unit in units]), text, template="whistle.call", at=at)


def _units(path: str, codes: Iterable[str], *, field: str = "units") -> list[UnitRef]:
    """The units of these codes, each once; they lie on the way up from the matter's place."""
    wanted = list(dict.fromkeys(code.strip() for code in codes if code.strip()))
    if not 1 <= len(wanted) <= MOST_UNITS:
        message = _("请选择 1 至 %(most)s 个单位") % {"most": MOST_UNITS}
        raise Invalid(message, errors=[{"loc": [field], "msg": message}])
    by_code = {unit.code: unit for unit in reference().units.values()}
    found = [unit for code in wanted if (unit := by_code.get(code)) and path.startswith(unit.path)]
    if len(found) != len(wanted):
        message = _("有单位不在这件事项所在的区域或上级，不能叫到此处")
        raise Invalid(message, errors=[{"loc": [field], "msg": message}])
    return found


def _words(text: str) -> str:
    text = text.strip()
    if len(text) > MOST_WORDS:
        message = _("文字过长，最多 %(most)s 字") % {"most": MOST_WORDS}
        raise Invalid(message, errors=[{"loc": ["note"], "msg": message}])
    return text


def _note(
    whistle: Whistle,
    step: WhistleStep,
    *,
    by: Actor,
    at: datetime,
    said: Said,
    summons: Summons | None = None,
    before: str = "",
    target: str = "",
    **data: Any,
) -> None:
    """The journal's entry of a step, what was said and shown with it, and one version more."""
    if said.note:
        data["note_digest"] = digest_of(said.note)
    if said.pictures:
        data["pictures"] = len(said.pictures)
    entry = record(
        verb=f"whistle.{step.value}", by=by, at=at, subject_type="whistle", subject_id=whistle.pk,
        place_path=whistle.path, from_state=before, to_state=target, matter=str(whistle.matter_id), **data,
    )  # fmt: skip
    row = WhistleEntry.objects.create(
        whistle=whistle, summons=summons, step=step, by_name=by.name[:80] if by.kind == "user" else "",
        text=said.note, entry_uid=entry.uid, at=at,
    )  # fmt: skip
    if said.pictures:
        attached = [picture.attach(matter=whistle.matter, step=PICTURES_OF, at=at) for picture in said.pictures]
        type(attached[0]).objects.bulk_create(attached)
        row.pictures.set(attached)
    if step is not WhistleStep.BLOW:
        Whistle.objects.filter(pk=whistle.pk).update(version=F("version") + 1)
        whistle.version += 1


def _open(whistle: Whistle) -> list[Summons]:
    return list(whistle.summonses.filter(state__in=HERE).order_by("id"))


def _release_all(whistle: Whistle, *, at: datetime) -> None:
    whistle.summonses.filter(state__in=HERE).update(state=SummonsState.RELEASED, ended_at=at, next_due_at=None)


def _end_when_all_left(whistle: Whistle, *, at: datetime) -> None:
    if not whistle.summonses.filter(state__in=HERE).exists():
        _end(whistle, Ending.ALL_LEFT, at=at)


def _end(whistle: Whistle, ending: Ending, *, at: datetime) -> None:
    Whistle.objects.filter(pk=whistle.pk).update(ended_at=at, ending=ending)
    whistle.ended_at, whistle.ending = at, ending


def _tell(people: Iterable[Colleague], text: str, *, template: str, at: datetime) -> None:
    """A message to each one's phone, where it is known."""
    for one in people:
        if one.phone:
            queue(channel="sms", to=one.phone.open(), text=text, at=at, template=template)


# --- what comes by itself -------------------------------------------------------------------------------------------


@transaction.atomic
def tell_superior(*, summons: Summons, at: datetime) -> list[Lateness]:
    """Of a summoned unit each clock that ran out: told to its superior, once. Several workers may try at once."""
    whistle = Whistle.objects.select_for_update().get(pk=summons.whistle_id)
    summons = Summons.objects.select_related("whistle__matter").get(pk=summons.pk)
    if summons.next_due_at is None or summons.next_due_at >= at:
        return []  # somebody was quicker, or it was done meanwhile
    known = reference().units
    unit = known.get(summons.unit_id)
    superior = known.get(unit.superior_id) if unit and unit.superior_id else None
    told_id = superior.id if superior else whistle.unit_id
    already = set(summons.latenesses.values_list("clock", flat=True))
    found = [
        Lateness(summons=summons, clock=clock, due_at=getattr(summons, DUE_AT[clock]), told_id=told_id, told_at=at)
        for clock in WhistleClock
        if clock not in already and getattr(summons, DONE_AT[clock]) is None and getattr(summons, DUE_AT[clock]) < at
    ]
    Lateness.objects.bulk_create(found)
    summons.next_due_at = _next_due(summons)
    summons.save(update_fields=["next_due_at"])
    for row in found:
        record(
            verb="whistle.late", by=SYSTEM, at=at, subject_type="whistle", subject_id=whistle.pk,
            place_path=whistle.path, from_state=summons.state, to_state=summons.state, matter=str(whistle.matter_id),
            unit=unit.code if unit else "", clock=row.clock, told=str(told_id),
        )  # fmt: skip
    matter = summons.whistle.matter
    text = for_others(
        "哨单逾期：%(unit)s对“%(title)s”（%(number)s）未按时%(what)s，请督促。",
        unit=unit.name if unit else "",
        title=matter.title,
        number=matter.number,
        what="、".join(str(_WHAT[WhistleClock(row.clock)].label) for row in found),
    )
    _tell(colleagues_of([told_id]), text, template="whistle.late", at=at)
    return found


_WHAT = {
    WhistleClock.REPORT: WhistleStep.REPORT,
    WhistleClock.FEED_BACK: WhistleStep.FEED_BACK,
    WhistleClock.ARRIVE: WhistleStep.ARRIVE,
}
