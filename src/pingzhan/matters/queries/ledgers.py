"""The ledgers of the three systems (三项制度): handling, reporting back, supervision, by place and month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.paging import Page, page
from pingzhan.journal.queries import timelines
from pingzhan.matters.choices import ClockKind, ClockState, Status, Step
from pingzhan.matters.models import Clock, Matter, Rating, Remark, Supervision
from pingzhan.matters.queries.lists import Filters, first_id, narrowed
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.queries.sheet import UNDONE
from pingzhan.matters.workflow import HANDLED
from pingzhan.places.names import named, place_lines

KINDS = ("handling", "feedback", "supervision")
MOST_ROWS = 20_000  # of one workbook; larger lists go by an export
_READ = (
    "id", "number", "title", "category_id", "path", "status", "is_open", "receiver_id", "handler_id", "reported_at",
    "reopens", "returns", "supervised",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ledger:
    """One page of one ledger: headings, and a row of cells for each matter with its number first."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    next: str | None


def ledger_rows(actor: Actor, kind: str, *, place: str, begin: datetime, end: datetime) -> QuerySet[Matter]:
    """The matters of a ledger: reported from `begin` until before `end`, within the actor's scope."""
    rows = narrowed(actor, Filters(place=place, since=begin)).filter(id__lt=first_id(end))
    if kind == "feedback":
        rows = rows.filter(status__in=HANDLED)
    if kind == "supervision":
        rows = rows.filter(Exists(Supervision.objects.filter(matter=OuterRef("pk"))))
    return rows.only(*_READ)


def ledger_page(
    actor: Actor, kind: str, *, place: str, begin: datetime, end: datetime, after: str | None, limit: int = 50
) -> Ledger:
    """One page of a ledger; six statements whatever its length."""
    found: Page[Matter] = page(
        ledger_rows(actor, kind, place=place, begin=begin, end=end), order=("-id",), after=after, limit=limit
    )
    return Ledger(tuple(columns_of(kind)), tuple(cells_of(kind, found.items)), found.next)


def columns_of(kind: str) -> list[str]:
    """The headings, in the order of the cells."""
    common = [_("编号"), _("标题"), _("类别"), _("位置")]
    return common + {
        "handling": [
            _("上报时间"), _("受理单位"), _("受理时间"), _("转办时间"), _("承办单位"), _("签收时间"), _("办结时限"),
            _("办结时间"), _("是否按时"), _("退回次数"), _("状态"),
        ],
        "feedback": [
            _("办结时间"), _("反馈时限"), _("反馈时间"), _("是否按时"), _("答复内容"), _("评价"), _("评价时间"),
            _("重新办理次数"), _("公示时间"), _("状态"),
        ],
        "supervision": [
            _("承办单位"), _("督办时间"), _("督办要求"), _("回复期限"), _("回复时间"), _("督办回复"), _("解除时间"),
            _("催办次数"), _("办结时限"), _("办结时间"), _("是否按时"), _("状态"),
        ],
    }[kind]  # fmt: skip


def cells_of(kind: str, matters: Sequence[Matter]) -> list[tuple[Any, ...]]:
    """The cells of each matter; five statements for all of them, six of the supervised."""
    ids = [matter.pk for matter in matters]
    facts = _facts(ids, demands=kind == "supervision")
    places = place_lines({matter.path for matter in matters})
    return [_cells(kind, matter, facts, places) for matter in matters]


@dataclass(frozen=True, slots=True)
class _Facts:
    times: Mapping[tuple[UUID, str], datetime]  # when a step was taken last
    counts: Mapping[tuple[UUID, str], int]
    clocks: Mapping[tuple[UUID, str], Clock]  # the latest of each kind
    words: Mapping[tuple[UUID, str], str]  # the last words of a step
    stars: Mapping[UUID, int | None]
    demands: Mapping[UUID, Supervision]  # the latest


def _facts(ids: Sequence[UUID], *, demands: bool) -> _Facts:
    entries = list(timelines("matter", ids))
    undone = {uid for entry in entries if entry.verb == UNDONE for uid in entry.data.get("entries", ())}
    times: dict[tuple[UUID, str], datetime] = {}
    counts: dict[tuple[UUID, str], int] = {}
    for entry in entries:
        if str(entry.uid) in undone:
            continue
        key = (entry.subject_id, entry.verb.removeprefix("matter."))
        times[key] = entry.at
        counts[key] = counts.get(key, 0) + 1
    clocks = {
        (clock.matter_id, clock.kind): clock
        for clock in Clock.objects.filter(matter_id__in=ids, kind__in=[ClockKind.FINISH, ClockKind.FEED_BACK]).order_by(
            "started_at", "id"
        )
    }
    said = Remark.objects.filter(matter_id__in=ids, step=Step.FEED_BACK).order_by("at", "id")
    words = {(matter, step): text for matter, step, text in said.values_list("matter_id", "step", "text")}
    stars = dict(Rating.objects.filter(matter_id__in=ids).order_by("round").values_list("matter_id", "stars"))
    asked = Supervision.objects.filter(matter_id__in=ids).order_by("ordered_at", "id") if demands else ()
    return _Facts(times, counts, clocks, words, stars, {row.matter_id: row for row in asked})


def _cells(kind: str, matter: Matter, facts: _Facts, places: Mapping[str, str]) -> tuple[Any, ...]:
    known = reference()

    def when(step: Step) -> datetime | None:
        return facts.times.get((matter.pk, step.value))

    def due(clock: ClockKind) -> datetime | None:
        found = facts.clocks.get((matter.pk, clock.value))
        return found.due_at if found else None

    def in_time(clock: ClockKind) -> str:
        found = facts.clocks.get((matter.pk, clock.value))
        return {ClockState.MET: _("按时"), ClockState.LATE: _("逾期")}.get(ClockState(found.state), "") if found else ""

    category, handler = known.categories.get(matter.category_id), known.units.get(matter.handler_id or UUID(int=0))
    common = (matter.number, matter.title, named(category), places.get(matter.path, ""))
    status = str(Status(matter.status).label)
    if kind == "handling":
        return (
            *common, matter.reported_at, named(known.units.get(matter.receiver_id)), when(Step.ACCEPT),
            when(Step.DISPATCH), named(handler), when(Step.SIGN), due(ClockKind.FINISH), when(Step.COMPLETE),
            in_time(ClockKind.FINISH), matter.returns, status,
        )  # fmt: skip
    if kind == "feedback":
        return (
            *common, when(Step.COMPLETE), due(ClockKind.FEED_BACK), when(Step.FEED_BACK), in_time(ClockKind.FEED_BACK),
            facts.words.get((matter.pk, Step.FEED_BACK.value), ""), facts.stars.get(matter.pk), when(Step.RATE),
            matter.reopens, when(Step.PUBLISH), status,
        )  # fmt: skip
    demand = facts.demands[matter.pk]
    return (
        *common, named(known.units.get(demand.unit_id)), demand.ordered_at, demand.requirement, demand.due_at,
        demand.answered_at, demand.answer, demand.released_at,
        facts.counts.get((matter.pk, Step.URGE.value), 0), due(ClockKind.FINISH), when(Step.COMPLETE),
        in_time(ClockKind.FINISH), status,
    )  # fmt: skip


def all_cells(rows: QuerySet[Matter], kind: str, *, batch: int = 500) -> Any:
    """The cells of all `rows`, newest first, a batch at a time by keyset; at most MOST_ROWS."""
    last: UUID | None = None
    done = 0
    while done < MOST_ROWS:
        part = list((rows.filter(id__lt=last) if last else rows).order_by("-id")[:batch])
        if not part:
            return
        yield from cells_of(kind, part)
        done += len(part)
        last = part[-1].pk
