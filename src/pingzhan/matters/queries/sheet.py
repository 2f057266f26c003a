"""One matter's sheet: its timeline, clocks, words and pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pingzhan.access.actors import Actor
from pingzhan.core.errors import NotFound
from pingzhan.core.ids import same_code
from pingzhan.journal.queries import timeline
from pingzhan.matters.choices import Status, Step, Tier
from pingzhan.matters.models import Attachment, Clock, Matter, Rating, Remark
from pingzhan.matters.queries.reference import reference
from pingzhan.matters.rules import TrackStep, track
from pingzhan.places.names import named

if TYPE_CHECKING:
    from pingzhan.journal.models import Entry


@dataclass(frozen=True, slots=True)
class TimelineItem:
    """One step on record. `who` is a unit or an office for residents, a name for staff."""

    step: str
    label: str
    at: datetime
    who: str
    from_status: str
    to_status: str
    notes: tuple[str, ...]
    replies: tuple[str, ...]
    pictures: tuple[Attachment, ...]
    unit: str  # to whom it was handed, if it was
    lapsed: bool
    entry: UUID  # of the journal


@dataclass(frozen=True, slots=True)
class Sheet:
    matter: Matter
    items: tuple[TimelineItem, ...]
    track: tuple[TrackStep, ...]
    clocks: tuple[Clock, ...]
    pictures: tuple[Attachment, ...]
    rating: Rating | None


def sheet(matter: Matter, *, public: bool) -> Sheet:
    """Everything about one matter; `public` leaves out what is said among staff and who of them did it.

    Five statements whatever its length.
    """
    entries = list(timeline("matter", matter.pk))
    undone = {uid for entry in entries if entry.verb == UNDONE for uid in entry.data.get("entries", ())}
    remarks = Remark.objects.filter(matter=matter).order_by("at", "id")
    if public:
        remarks = remarks.filter(is_public=True)
    words = list(remarks)
    pictures = list(matter.attachments.order_by("at", "id"))
    items = tuple(
        _item(entry, words, pictures, public=public)
        for entry in entries
        if _shown(entry, public=public) and not (public and str(entry.uid) in undone)
    )
    before = next(
        (e.from_state for e in reversed(entries) if e.to_state in {Status.REJECTED, Status.MERGED, Status.WITHDRAWN}),
        "",
    )
    return Sheet(
        matter=matter,
        items=items,
        track=tuple(track(matter.status, came_from=before if _ended_early(matter, entries) else "")),
        clocks=tuple(matter.clocks.order_by("started_at", "id")),
        pictures=tuple(pictures),
        rating=matter.ratings.order_by("-round").first(),
    )


def _ended_early(matter: Matter, entries: "list[Entry]") -> bool:
    """Whether the matter ended without having gone through the loop."""
    if matter.status in {Status.REJECTED, Status.MERGED, Status.WITHDRAWN}:
        return True
    last = next((e.from_state for e in reversed(entries) if e.to_state == Status.ARCHIVED), "")
    return matter.status == Status.ARCHIVED and last in {Status.REJECTED, Status.MERGED, Status.WITHDRAWN}


UNDONE = "matter.undo"  # an act on many, taken back within a minute: for the reporter it did not happen
# Entries of a matter that are no step of the loop: told to staff.
_BESIDE: dict[str, Any] = {"relocate": gettext_lazy("随区域调整换了位置")}
_STAFF_ONLY = {"urge", "supervise", "report_back", "release", "verify", "split", "escalate", "decide_pause"}


def _shown(entry: "Entry", *, public: bool) -> bool:
    step = entry.verb.removeprefix("matter.")
    if step in _BESIDE:
        return not public
    if step not in Step.values:
        return entry.verb == UNDONE and not public
    return not public or step not in _STAFF_ONLY or (step == "urge" and not entry.actor_name)


def _item(entry: "Entry", words: list[Remark], pictures: list[Attachment], *, public: bool) -> TimelineItem:
    step = entry.verb.removeprefix("matter.")
    known = reference()
    told = {
        entry.data.get("unit"),
        entry.data.get("asks"),
        entry.data.get("unit_id") if step == Step.ESCALATE else None,
    }
    unit = next((named(unit) for unit in known.units.values() if unit.code in told or str(unit.id) in told), "")
    return TimelineItem(
        step=step,
        label=str(_BESIDE[step]) if step in _BESIDE else _label(entry, step),
        at=entry.at,
        who="" if public else entry.actor_name,
        from_status=entry.from_state,
        to_status=entry.to_state,
        notes=tuple(word.text for word in words if word.entry_uid == entry.uid and not word.is_public),
        replies=tuple(word.text for word in words if word.entry_uid == entry.uid and word.is_public),
        # Handling pictures may show people: residents see those of their own report only.
        pictures=tuple(p for p in pictures if p.step == step and p.at == entry.at and (not public or step == "report")),
        unit=unit,
        lapsed=bool(entry.data.get("lapsed")),
        entry=entry.uid,
    )


def _label(entry: "Entry", step: str) -> str:
    """The step in words; of decisions also how they went."""
    if entry.verb == UNDONE:
        return _("撤销")
    label = str(Step(step).label)
    if step == Step.ESCALATE and entry.data.get("tier") == Tier.UNIT:
        return _("自动催办")
    if step == Step.DECIDE_PAUSE:
        return _("批准暂缓") if entry.data.get("ok") else _("不批准暂缓")
    if step == Step.VERIFY and entry.data.get("ok") is False:
        return _("核实：没有办好")
    if step == Step.VERIFY and entry.data.get("level"):
        return _("逐级确认")
    if step == Step.DISPATCH and entry.data.get("binding"):
        return _("上级裁定承办")
    return label


def last_result(matter: Matter) -> str:
    """What the unit in charge wrote when it completed the matter, or the reply given to the reporter."""
    word = matter.remarks.filter(Q(step=Step.FEED_BACK) | Q(step=Step.COMPLETE)).order_by("-at", "-id").first()
    return word.text if word else ""


def results_of(parts: Sequence[Matter]) -> list[str]:
    """What came of the parts that were split from a matter, a line each; one statement, none without parts."""
    if not parts:
        return []
    found: dict[UUID, str] = {}
    rows = Remark.objects.filter(matter__in=parts, step__in=[Step.COMPLETE, Step.FEED_BACK]).order_by("at", "id")
    for matter_id, text in rows.values_list("matter_id", "text"):
        found[matter_id] = text
    return [
        _("%(title)s：%(result)s") % {"title": part.title, "result": found[part.pk]}
        for part in parts
        if part.pk in found
    ]


def matter_by_code(number: str, query_code: str) -> Matter:
    """The matter of a number and its query code; raises NotFound alike for a wrong number and a wrong code.

    The code of a matter opens its parts too: who left no phone is told no other.
    """
    rows = Matter.objects.filter(number=number.strip().upper())
    found = rows.select_related("place", "merged_into", "parent").first()
    codes = [one.query_code for one in (found, found.parent if found else None) if one is not None]
    if found is None or not any(same_code(code, query_code) for code in codes):
        raise NotFound
    return found


def reporter_actor(matter: Matter) -> Actor:
    """Who has shown the query code of `matter`."""
    return Actor("reporter", proof=matter.pk)


def attachment_for(matter_id: UUID, attachment_id: UUID, *, public: bool = False) -> Attachment:
    """A picture of the matter; with `public` only those of the report itself. Raises NotFound."""
    found = Attachment.objects.filter(matter_id=matter_id, pk=attachment_id).first()
    if found is None or (public and found.step != Step.REPORT):
        raise NotFound
    return found
