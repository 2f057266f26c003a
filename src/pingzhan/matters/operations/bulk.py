"""Many matters at once, each for itself: what cannot be done is named, the rest is done, and the last can be undone."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import DomainError, Invalid, NotAllowed, NotFound, Stale, StateConflict
from pingzhan.core.outbox import delayed, withdraw
from pingzhan.journal.operations import record
from pingzhan.journal.queries import timeline
from pingzhan.matters.choices import ClockState, PauseState, Status, Step
from pingzhan.matters.models import BulkAction, BulkItem, Clock, Matter, Pause, Supervision
from pingzhan.matters.operations.advance import needed
from pingzhan.matters.operations.intake import accept, dispatch, reject
from pingzhan.matters.operations.merging import end_merger, merge, untell_joined
from pingzhan.matters.queries.bulk import MOST_AT_ONCE, UNDO_WITHIN
from pingzhan.matters.queries.rights import has_right
from pingzhan.matters.queries.sheet import UNDONE

# What a step may change in a matter's row. Words, names and phones are never kept a second time.
_COLUMNS = (
    "status", "is_open", "status_at", "handler_id", "receiver_id", "suggested_id", "merged_into_id", "next_due_at",
    "completed_at", "verified_at", "supervised", "returns", "reopens",
    "awaits_id", "waiting", "binding", "escalated",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Act:
    """What can be done to many. `step`: the one whose right also undoes it."""

    step: Step
    take: Callable[[Matter, Actor, datetime, "Said"], object]


@dataclass(frozen=True, slots=True)
class Said:
    """What goes for all of them: `reply` in words to the reporters, `into` the matter to merge into."""

    reply: str = ""
    into: Matter | None = None


def _accept(matter: Matter, by: Actor, at: datetime, said: Said) -> None:
    accept(matter=matter, by=by, at=at, reply=said.reply)


def _dispatch(matter: Matter, by: Actor, at: datetime, said: Said) -> None:
    dispatch(matter=matter, by=by, at=at, reply=said.reply)


def _accept_and_dispatch(matter: Matter, by: Actor, at: datetime, said: Said) -> None:
    fresh = matter.status == Status.SUBMITTED
    if fresh:
        accept(matter=matter, by=by, at=at, reply=said.reply)
    dispatch(matter=matter, by=by, at=at, reply="" if fresh else said.reply)


def _reject(matter: Matter, by: Actor, at: datetime, said: Said) -> None:
    reject(matter=matter, by=by, at=at, reason=said.reply)


def _merge(matter: Matter, by: Actor, at: datetime, said: Said) -> None:
    assert said.into is not None
    merge(matter=matter, into=said.into, by=by, at=at, reply=said.reply)


ACTS: dict[str, Act] = {
    "accept": Act(Step.ACCEPT, _accept),
    "dispatch": Act(Step.DISPATCH, _dispatch),
    "accept_dispatch": Act(Step.DISPATCH, _accept_and_dispatch),
    "merge": Act(Step.MERGE, _merge),
    "reject": Act(Step.REJECT, _reject),
}


@dataclass(slots=True)
class Outcome:
    """How many were done, and of each other one why not."""

    action: BulkAction
    done: int = 0
    failed: list[tuple[Matter, str]] = field(default_factory=list)


def bulk(
    *, act: str, matters: Sequence[Matter], by: Actor, at: datetime, reply: str = "",
    seen: Mapping[str, int] | None = None,
) -> Outcome:  # fmt: skip
    """Take `act` on each of `matters` in a transaction of its own, with `reply` to all their reporters.

    `seen`: by number in which version somebody ticked them; one that has changed since is named, not done.
    To merge, the one reported first stays and takes in the others. Messages to reporters wait until the act can no
    longer be undone. Raises Invalid for what makes no sense for any of them.
    """
    if by.user_id is None:
        raise NotAllowed(_("批量办理须由登录的工作人员进行"))
    if act not in ACTS or not matters or len(matters) > MOST_AT_ONCE:
        raise Invalid(_("请勾选 1 至 %(most)s 件事项，再选择要做的操作。") % {"most": MOST_AT_ONCE})
    chosen = sorted(matters, key=lambda matter: matter.pk)
    said = Said(reply=reply.strip())
    if act == "reject":
        said = Said(reply=needed(reply, "reply", _("请写明不予受理的理由，居民会看到")))
    if act == "merge":
        if len(chosen) < 2:
            raise Invalid(_("合并至少要勾选两件事项，最早的一件保留。"))
        said = Said(reply=said.reply, into=chosen[0])
        chosen = chosen[1:]
    outcome = Outcome(action=BulkAction.objects.create(by_id=by.user_id, act=act, at=at))
    for matter in chosen:
        try:
            if (seen or {}).get(matter.number, matter.version) != matter.version:
                raise Stale(_("刚刚被他人更新，没有处理；请看过再办"))
            _one(outcome, ACTS[act], matter, by, at, said)
            outcome.done += 1
        except DomainError as error:
            outcome.failed.append((matter, str(error.detail)))
    return outcome


@transaction.atomic
def _one(outcome: Outcome, act: Act, matter: Matter, by: Actor, at: datetime, said: Said) -> None:
    before = {name: getattr(matter, name) for name in _COLUMNS}
    clocks = _clocks_of(matter)
    last = timeline("matter", matter.pk).order_by("-id").values_list("id", flat=True).first() or 0
    with delayed(UNDO_WITHIN) as messages:
        act.take(matter, by, at, said)
    entries = timeline("matter", matter.pk).filter(id__gt=last).values_list("uid", flat=True)
    BulkItem.objects.create(
        action=outcome.action,
        matter=matter,
        version=matter.version,
        before={name: value for name, value in before.items() if getattr(matter, name) != value},
        clocks=clocks,
        messages=[str(one) for one in messages],
        entries=[str(one) for one in entries],
    )


def _clocks_of(matter: Matter) -> dict[str, dict[str, Any]]:
    """The running clocks of a matter: those that a step may stop."""
    return {
        str(clock.pk): {field.attname: getattr(clock, field.attname) for field in _clock_fields()}
        for clock in Clock.objects.filter(matter=matter, state__in=[ClockState.RUNNING, ClockState.PAUSED]).order_by(
            "id"
        )
    }


def _clock_fields() -> list[Any]:
    return [field for field in Clock._meta.concrete_fields if not field.primary_key and field.name != "matter"]


@dataclass(slots=True)
class Undone:
    """How many are as they were, and those with which something has happened since: they stay as they are."""

    done: int = 0
    kept: list[str] = field(default_factory=list)  # their numbers


def undo(*, action_id: UUID, by: Actor, at: datetime) -> Undone:
    """Take back one's own last act on many, within a minute: each matter with which nothing has happened since.

    State, unit in charge and clocks are again what they were; a deadline that has passed meanwhile has passed. What was
    recorded stays on record, with an entry that says it was undone. Raises NotFound for what is not one's own,
    StateConflict when it is too late.
    """
    action = BulkAction.objects.filter(pk=action_id, by_id=by.user_id).first() if by.user_id else None
    if action is None or action.act not in ACTS:
        raise NotFound
    if at > action.at + UNDO_WITHIN:
        raise StateConflict(
            _("已经超过一分钟，不能整批撤销；可以逐件退回、撤回或重新办理。"), allowed=[], current=action.act
        )
    result = Undone()
    for item in action.items.select_related("matter").order_by("-matter_id"):
        if _undo_one(action, item, by, at):
            result.done += 1
        else:
            result.kept.append(item.matter.number)
    BulkAction.objects.filter(pk=action.pk).update(undone_at=at)
    return result


@transaction.atomic
def _undo_one(action: BulkAction, item: BulkItem, by: Actor, at: datetime) -> bool:
    matter = item.matter
    if not has_right(by, ACTS[action.act].step, matter):
        return False
    present = matter.status
    columns: dict[str, Any] = {column.attname: column for column in Matter._meta.concrete_fields}
    before = {name: columns[name].to_python(value) for name, value in item.before.items()}
    claimed = Matter.objects.filter(pk=matter.pk, version=item.version)
    if not claimed.update(**before, version=F("version") + 1):
        return False
    _restore_clocks(matter, item.clocks, at=at)
    if before.get("waiting"):
        ended = Pause.objects.filter(matter=matter, state=PauseState.ENDED, ended_at=action.at)
        ended.update(state=PauseState.APPROVED, ended_at=None)
    if matter.supervised and before.get("is_open"):
        Supervision.objects.filter(matter=matter, released_at=action.at).update(released_at=None)
    if action.act == "merge":
        end_merger(matter, at=at)
    withdraw(UUID(one) for one in item.messages)
    if action.act == "reject":
        untell_joined(matter, by=by, at=at)
    record(
        verb=UNDONE, by=by, at=at, subject_type="matter", subject_id=matter.pk, place_path=matter.path,
        from_state=present, to_state=str(before.get("status", present)), act=action.act, action=action.pk,
        entries=item.entries,
    )  # fmt: skip
    return True


def _restore_clocks(matter: Matter, kept: dict[str, dict[str, Any]], *, at: datetime) -> None:
    """Stop what the act started, first, since of a kind only one may run; then let run on what it stopped."""
    started = Clock.objects.filter(matter=matter, state__in=[ClockState.RUNNING, ClockState.PAUSED])
    started.exclude(pk__in=[int(pk) for pk in kept]).update(state=ClockState.STOPPED, stopped_at=at)
    for pk, values in kept.items():
        Clock.objects.filter(pk=int(pk)).update(
            **{field.attname: field.to_python(values[field.attname]) for field in _clock_fields()}
        )


def forget_old(*, at: datetime, keep: timedelta = timedelta(hours=1)) -> int:
    """Drop what can no longer be undone; returns how many acts. The journal has what was done."""
    old: Iterable[UUID] = BulkAction.objects.filter(at__lt=at - keep).order_by("at").values_list("pk", flat=True)[:500]
    return BulkAction.objects.filter(pk__in=list(old)).delete()[0]
