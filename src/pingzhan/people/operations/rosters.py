"""Rosters and workbooks: who is to check in, who checked in on paper."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.core.outbox import queue
from pingzhan.core.sealed import blind_index, normalise_phone
from pingzhan.core.wording import for_others
from pingzhan.journal.operations import record
from pingzhan.people.choices import CheckInSource, Slot
from pingzhan.people.models import Roster, RosterLine
from pingzhan.people.operations.check_ins import submit
from pingzhan.people.queries.check_ins import missing
from pingzhan.people.queries.skills import kinds
from pingzhan.people.rules.check_ins import Told, is_phone

# Headers of the workbooks; of several spellings the first stands in the template.
CHECK_IN_COLUMNS = {
    "姓名": "name",  # untranslated: a header of the form
    "手机": "phone",  # untranslated: a header of the form
    "手机号": "phone",  # untranslated: a header of the form
    "居村编码": "place",  # untranslated: a header of the form
    "居住地址": "home",  # untranslated: a header of the form
    "工作单位": "unit_name",  # untranslated: a header of the form
    "职务": "job",  # untranslated: a header of the form
    "特长": "skills",  # untranslated: a header of the form
    "意愿": "wishes",  # untranslated: a header of the form
    "时间": "slots",  # untranslated: a header of the form
    "已征得同意": "consent",  # untranslated: a header of the form
}
ROSTER_COLUMNS = {"姓名": "name", "手机": "phone", "手机号": "phone"}  # untranslated: headers of a form
YES = {"是", "已同意", "同意", "yes", "y", "1"}  # untranslated: what people write into a cell
REMIND_EVERY = timedelta(days=7)
_SEPARATORS = str.maketrans("，、；;/", ",,,,,")  # untranslated: how lists are written in a cell

Rows = Iterable[tuple[int, Mapping[str, str]]]


@dataclass(slots=True)
class Imported:
    """How an import went: how many rows were good, new and there before, and of each bad one why."""

    good: int = 0
    new: int = 0
    known: int = 0
    problems: list[dict[str, Any]] = field(default_factory=list)

    def bad(self, number: int, error: DomainError) -> None:
        errors = getattr(error, "errors", None) or [{"loc": [], "msg": str(error.detail)}]
        for one in errors[:3]:
            self.problems.append({"loc": ["row", number, *one.get("loc", [])], "msg": str(one["msg"])})


def import_check_ins(*, rows: Rows, dry_run: bool, by: Actor, at: datetime) -> Imported:
    """Enter everybody on a workbook as told on paper: good rows in, each bad row named, nothing twice on a second run.

    Every row must say that the person agreed. With `dry_run` nothing is written.
    """
    found = Imported()
    names = {skill.name: code for code, skill in kinds().items()}
    slots = {str(slot.label): slot.value for slot in Slot}
    seen: set[str] = set()
    with transaction.atomic():
        for number, row in rows:
            try:
                with transaction.atomic():
                    _enter(row, names=names, slots=slots, seen=seen, found=found, by=by, at=at)
            except DomainError as error:
                found.bad(number, error)
        if dry_run:
            transaction.set_rollback(True)
    return found


def _enter(
    row: Mapping[str, str], *, names: Mapping[str, str], slots: Mapping[str, str], seen: set[str], found: Imported,
    by: Actor, at: datetime,
) -> None:  # fmt: skip
    if row["consent"].strip().lower() not in YES:
        raise _invalid("consent", _("没有写明已征得本人同意"))
    phone = normalise_phone(row["phone"])
    if phone in seen:
        raise _invalid("phone", _("这个号码在表中出现了两次"))
    told_skills, unknown = _codes(row["skills"], names)
    if unknown:
        raise _invalid("skills", _("目录里没有这些特长：%(names)s") % {"names": "、".join(unknown)})
    told_slots, unknown = _codes(row["slots"], slots)
    if unknown:
        raise _invalid("slots", _("没有这种时间：%(names)s") % {"names": "、".join(unknown)})
    told = Told(
        name=row["name"], phone=row["phone"], place=row["place"].strip(), home=row["home"],
        unit_name=row["unit_name"], job=row["job"], skills=told_skills, slots=told_slots, wishes=row["wishes"],
    )  # fmt: skip
    check_in = submit(told=told, source=CheckInSource.WORKBOOK, consent=True, by=by, at=at)
    seen.add(phone)
    found.good += 1
    if check_in.submitted_at == at and check_in.source == CheckInSource.WORKBOOK:
        found.new += 1
    else:
        found.known += 1


def _codes(cell: str, names: Mapping[str, str]) -> tuple[tuple[str, ...], list[str]]:
    """The codes of the names in a cell, and the names that are not known."""
    said = [name.strip() for name in cell.translate(_SEPARATORS).split(",") if name.strip()]
    return tuple(names[name] for name in said if name in names), [name for name in said if name not in names]


@transaction.atomic
def load_roster(*, title: str, path: str, rows: Rows, by: Actor, at: datetime) -> tuple[Roster, Imported]:
    """Keep names and phones of those who are to check in, until the roster is closed; bad rows are named."""
    require(by, Permission.MEMBER_VET, path)
    if not title.strip() or "\x00" in title:
        raise _invalid("title", _("请写明是哪个单位、哪一批的名单"))
    found = Imported()
    lines: dict[str, RosterLine] = {}
    roster = Roster(title=title.strip()[:80], path=path, at=at)
    for number, row in rows:
        name, phone = row["name"].strip(), normalise_phone(row["phone"])
        if not name or not is_phone(phone):
            found.bad(number, _invalid("phone" if name else "name", _("姓名或手机号不正确")))
            continue
        index = blind_index(phone, purpose="person.phone")
        if index in lines:
            found.known += 1
            continue
        lines[index] = RosterLine(roster=roster, name=name[:80], phone=phone, phone_index=index)
    if not lines:
        raise Invalid(_("表里没有可用的行：每行要有姓名和手机号"), errors=found.problems[:20])
    roster.save(force_insert=True)
    RosterLine.objects.bulk_create(lines.values(), batch_size=500)
    found.good = found.new = len(lines)
    record(
        verb="roster.load", by=by, at=at, subject_type="roster", subject_id=roster.pk, place_path=path, lines=len(lines)
    )
    return roster, found


@transaction.atomic
def remind(*, roster: Roster, by: Actor, at: datetime) -> int:
    """A message to everybody on the roster who has not checked in, each once a week at most; returns how many."""
    require(by, Permission.MEMBER_VET, roster.path)
    due = [
        line
        for line in missing(roster).order_by("pk")
        if line.reminded_at is None or line.reminded_at <= at - REMIND_EVERY
    ]
    words = for_others("请您到居住地居委会报到：打开“平战”网页，点“我要报到”，一分钟填完；也可以到居委会登记。")
    for line in due:
        queue(channel="sms", to=line.phone.open(), text=words, at=at, template="roster.remind")
    RosterLine.objects.filter(pk__in=[line.pk for line in due]).update(reminded_at=at)
    record(
        verb="roster.remind", by=by, at=at, subject_type="roster", subject_id=roster.pk, place_path=roster.path,
        count=len(due),
    )  # fmt: skip
    return len(due)


@transaction.atomic
def close_roster(*, roster: Roster, by: Actor, at: datetime) -> None:
    """No longer needed: names and phones go, that there was a roster stays."""
    require(by, Permission.MEMBER_VET, roster.path)
    if Roster.objects.filter(pk=roster.pk, until__isnull=True).update(until=at):
        count = roster.lines.all().delete()[0]
        record(
            verb="roster.close", by=by, at=at, subject_type="roster", subject_id=roster.pk, place_path=roster.path,
            lines=count,
        )  # fmt: skip


def _invalid(field_name: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field_name], "msg": message}])
