"""Checking in, and every step after it: right, state, journal, message; all or nothing."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid, NotAllowed, Stale, StateConflict
from pingzhan.core.ids import uuid7
from pingzhan.core.outbox import queue
from pingzhan.core.sealed import blind_index, mask_name, normalise_phone
from pingzhan.core.wording import for_others
from pingzhan.core.worktime import current_calendar
from pingzhan.journal.operations import digest_of, record
from pingzhan.people.choices import CheckInKind, CheckInSource, CheckInState, CheckInStep
from pingzhan.people.models import CheckIn, CheckInNote, Person, Unit
from pingzhan.people.operations.members import (
    be_person,
    be_skilled,
    end_memberships,
    forget_person,
    give_round,
    round_of,
    take_seat,
)
from pingzhan.people.queries.check_ins import has_right
from pingzhan.people.queries.skills import kinds
from pingzhan.people.queries.teams import team_of_path
from pingzhan.people.queries.units import unit_named
from pingzhan.people.rules.check_ins import CONSENT, MOST_WISHES, Told, is_phone, known_skills, known_slots
from pingzhan.people.workflow import ACTIVE, TABLE
from pingzhan.places.choices import Level
from pingzhan.places.queries import find_address, get_places

if TYPE_CHECKING:
    from pingzhan.people.models import Group, Team
    from pingzhan.places.models import Place

S, Step = CheckInState, CheckInStep
MOST_WORDS = 500
# What may be set right; the phone is not among it.
CORRECTED = (
    "name", "place_id", "path", "home", "standing", "unit_id", "unit_name", "job", "skills", "slots", "wishes",
)  # fmt: skip
_TOO_HIGH = {Level.PROVINCE, Level.CITY, Level.DISTRICT}


def submit(*, told: Told, source: CheckInSource, consent: bool, by: Actor, at: datetime) -> CheckIn:
    """Check in to the community of one's home; a phone that waits there already gets the first check-in again.

    Anybody may for themselves (portal); entering somebody (desk, workbook) needs the right at the place. Without
    consent nothing is kept. Raises Invalid.
    """
    if missing := _missing(told, consent=consent):
        raise Invalid(missing[0]["msg"] if len(missing) == 1 else _("请改正以下内容"), errors=missing)
    check_in = CheckIn(
        id=uuid7(at), source=source, state=S.SUBMITTED, state_at=at, submitted_at=at, kind=told.kind,
        consent_at=at, consent_to=CONSENT,
    )  # fmt: skip
    if told.kind not in CheckInKind.values:
        raise _invalid("kind", _("没有这种报到"))
    _fill(check_in, told)
    if source in (CheckInSource.DESK, CheckInSource.WORKBOOK):
        require(by, Permission.MEMBER_VET, check_in.path)
    try:
        with transaction.atomic():
            check_in.save(force_insert=True)
            record(
                verb="check_in.submit", by=by.as_resident() if source == CheckInSource.PORTAL else by, at=at,
                subject_type="check_in", subject_id=check_in.pk, place_path=check_in.path, to_state=S.SUBMITTED,
                kind=check_in.kind, source=source, consent=CONSENT,
            )  # fmt: skip
            words = _("您的报到已收到，居委会审核后会联系您。如不是您本人提交，请与居委会联系。")
            _tell(check_in, words, at=at, step=Step.SUBMIT)
    except IntegrityError:
        waiting = CheckIn.objects.filter(
            phone_index=check_in.phone_index, kind=check_in.kind, state=S.SUBMITTED
        ).first()
        if waiting is None:
            raise
        return waiting
    return check_in


def _missing(told: Told, *, consent: bool) -> list[dict[str, Any]]:
    """What a check-in cannot do without, all of it at once: the field and what to do."""
    return [
        {"loc": [field_name], "msg": message}
        for field_name, given, message in (
            ("name", told.name.strip(), _("请填写姓名")),
            ("phone", is_phone(normalise_phone(told.phone)), _("电话号码不正确，请检查位数")),
            ("place", told.place or told.home.strip(), _("请选择居住的街镇和居村，或写下能找到楼栋的地址")),
            ("consent", consent, _("没有同意就不能登记：请读一遍说明，同意后再提交")),
        )
        if not given
    ]


def _fill(check_in: CheckIn, told: Told) -> None:
    """Put what was told into the row; raises Invalid naming the field."""
    name, phone = told.name.strip(), normalise_phone(told.phone)
    for field_name in ("name", "home", "wishes", "unit_name", "job", "standing"):
        if "\x00" in getattr(told, field_name):
            raise _invalid(field_name, _("含有无法识别的字符"))
    if not name:
        raise _invalid("name", _("请填写姓名"))
    if not is_phone(phone):
        raise _invalid("phone", _("电话号码不正确，请检查位数"))
    place = _home(told)
    check_in.name, check_in.phone = name[:80], phone
    check_in.phone_index = blind_index(phone, purpose="person.phone")
    check_in.place_id, check_in.path = place.pk, place.path
    check_in.home, check_in.standing = told.home.strip()[:200], told.standing.strip()[:60]
    check_in.unit_name, check_in.job = told.unit_name.strip()[:80], told.job.strip()[:60]
    check_in.unit = _unit(told.unit) if told.unit else unit_named(check_in.unit_name)
    check_in.skills = known_skills(told.skills, kinds()) if told.skills else []
    check_in.slots = known_slots(told.slots)
    check_in.wishes = told.wishes.strip()[:MOST_WISHES]


def _home(told: Told) -> "Place":
    """Where they live: from a street down to a building, never the room. Raises Invalid, with choices when unsure."""
    place: Place | None = None
    if told.place:
        place = get_places([told.place]).get(told.place)
    elif told.home.strip():
        found = find_address(told.home)
        if len(found) > 1:
            raise Invalid(
                _("这个地址可能是几个地方，请选择一个"),
                errors=[{"loc": ["place"], "msg": one.name, "code": one.code} for one in found[:8]],
            )
        place = found[0] if found else None
    if place is not None and place.level == Level.HOUSEHOLD:
        place = place.parent
    if place is None or place.level in _TOO_HIGH:
        raise _invalid("place", _("请选择居住的街镇和居村，或写下能找到楼栋的地址"))
    return place


def _unit(code: str) -> Unit:
    found = Unit.objects.filter(code=code, until__isnull=True).first()
    if found is None:
        raise _invalid("unit", _("没有这个单位"))
    return found


# --- steps ----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Move:
    """One step about to be taken."""

    check_in: CheckIn
    step: CheckInStep
    by: Actor
    at: datetime
    changes: dict[str, Any] = field(default_factory=dict)
    target: CheckInState | None = None  # only where it differs from the table
    version: int | None = None
    note: str = ""
    shown: bool = False  # the note is for the member too
    tell: str = ""
    data: dict[str, Any] = field(default_factory=dict)


def check(move: Move) -> None:
    """Raise what stands in the way: NotAllowed, StateConflict, Stale or Invalid."""
    if not has_right(move.by, move.step, move.check_in):
        raise NotAllowed(_("您没有对这份报到进行“%(step)s”的权限。") % {"step": move.step.label})
    if move.check_in.state not in TABLE[move.step].sources:
        raise conflict(move.check_in, move.step)
    if move.version is not None and move.version != move.check_in.version:
        raise Stale(_("这份报到刚刚被他人更新，请刷新后再操作；您填写的内容没有提交。"))
    if len(move.note) > MOST_WORDS or "\x00" in move.note:
        raise _invalid("note", _("文字过长，最多 %(most)s 字") % {"most": MOST_WORDS})


def conflict(check_in: CheckIn, step: CheckInStep) -> StateConflict:
    return StateConflict(
        _("这份报到现在是“%(state)s”，不能“%(step)s”；可能刚刚由他人处理过，请刷新查看。")
        % {"state": S(check_in.state).label, "step": step.label},
        allowed=sorted(TABLE[step].sources),
        current=check_in.state,
    )


def advance(move: Move) -> CheckIn:
    """Take the step. Of two at once the database lets one through."""
    check(move)
    check_in, before = move.check_in, move.check_in.state
    after = move.target or TABLE[move.step].target or S(before)
    changes: dict[str, Any] = {"due_at": None} | move.changes if after != before else dict(move.changes)
    if after != before:
        changes |= {"state": after, "state_at": move.at}
    with transaction.atomic():
        claimed = CheckIn.objects.filter(pk=check_in.pk, state=before, version=check_in.version)
        if not claimed.update(**changes, version=F("version") + 1):
            check_in.refresh_from_db()
            raise conflict(check_in, move.step)
        for name, value in changes.items():
            setattr(check_in, name, value)
        check_in.version += 1
        said: dict[str, Any] = {"note_digest": digest_of(move.note)} if move.note else {}
        by = move.by.as_resident() if is_own(move.by, check_in) else move.by
        entry = record(
            verb=f"check_in.{move.step.value}", by=by, at=move.at, subject_type="check_in", subject_id=check_in.pk,
            place_path=check_in.path, from_state=before, to_state=after, **said, **move.data,
        )  # fmt: skip
        if move.note:
            CheckInNote.objects.create(check_in=check_in, entry=entry.uid, text=move.note, shown=move.shown)
        if move.tell:
            _tell(check_in, move.tell, at=move.at, step=move.step)
    return check_in


def is_own(by: Actor, check_in: CheckIn) -> bool:
    """Whether `by` is who checked in."""
    person = check_in.person
    return person is not None and by.user_id is not None and person.user_id == by.user_id


def _tell(check_in: CheckIn, words: str, *, at: datetime, step: CheckInStep) -> None:
    queue(channel="sms", to=check_in.phone.open(), text=words, at=at, template=f"check_in.{step.value}")


@transaction.atomic
def approve(*, check_in: CheckIn, by: Actor, at: datetime, note: str = "", version: int | None = None) -> CheckIn:
    """Vetted: it becomes a person's, and the captain has so many working days to call.

    Who is on the books already is not entered twice: here, the new one is merged into it; elsewhere, that one ends and
    is handed over to this community.
    """
    check(Move(check_in, Step.APPROVE, by, at, version=version, note=note))
    home = round_of(check_in.path)
    person = be_person(name=check_in.name, phone=check_in.phone.open(), place=home, by=by, at=at)
    changes: dict[str, Any] = {"person_id": person.pk}
    present = _present(person, check_in)
    if present is not None and _community(present.path) == _community(check_in.path):
        _merge_into(present, check_in, at=at)
        be_skilled(person=person, skills=check_in.skills, at=at)
        return advance(
            Move(check_in, Step.APPROVE, by, at, changes, S.MERGED, version, note, data={"into": present.pk})
        )
    if present is not None:
        end_memberships(person=person, path=present.path, by=by, at=at)
        advance(Move(present, Step.MOVE, SYSTEM, at, data={"to": check_in.pk}))
    be_skilled(person=person, skills=check_in.skills, at=at)
    if check_in.kind == CheckInKind.MOBILE:
        give_round(person=person, path=check_in.path, at=at)
        tell = for_others("您已成为流动网格员。用本手机号登录，在“现场上报”里随手拍、随手报。")
        return advance(Move(check_in, Step.APPROVE, by, at, changes, S.JOINED, version, note, tell=tell))
    changes["due_at"] = current_calendar().working_days_later(at, settings.MEMBER_CONTACT_DAYS)
    tell = for_others("您的报到已通过审核，队长会在 %(days)s 个工作日内联系您。", days=settings.MEMBER_CONTACT_DAYS)
    return advance(Move(check_in, Step.APPROVE, by, at, changes, None, version, note, tell=tell))


def _present(person: Person, check_in: CheckIn) -> CheckIn | None:
    """The person's active check-in of the same kind, if there is one beside this."""
    rows = CheckIn.objects.filter(person=person, kind=check_in.kind, state__in=ACTIVE).exclude(pk=check_in.pk)
    return rows.select_related("person").first()


def _community(path: str) -> str:
    return next((code for code in path.split("/") if len(code) == 12 and code.isdigit()), path)


def _merge_into(present: CheckIn, newer: CheckIn, *, at: datetime) -> None:
    """What was told anew stands in the record that is kept; nothing that was told before is lost by silence."""
    skills = list(dict.fromkeys([*newer.skills, *present.skills]))
    CheckIn.objects.filter(pk=present.pk).update(
        unit=newer.unit or present.unit,
        unit_name=newer.unit_name or present.unit_name,
        slots=newer.slots or present.slots,
        skills=skills,
        wishes=newer.wishes or present.wishes,
        version=F("version") + 1,
    )


def reject(*, check_in: CheckIn, by: Actor, at: datetime, reason: str, version: int | None = None) -> CheckIn:
    """Not taken on; the reason goes to who checked in, and the phone is no longer needed once it is sent."""
    reason = needed(reason, "reason", _("请写明不通过的理由，本人会看到"))
    tell = for_others("您的报到未通过：%(reason)s", reason=reason)
    return advance(Move(check_in, Step.REJECT, by, at, {}, None, version, reason, shown=True, tell=tell))


def contact(
    *, check_in: CheckIn, by: Actor, at: datetime, reached: bool = True, note: str = "", version: int | None = None
) -> CheckIn:
    """The captain has called. Not reached: it stays due, the attempt is on record."""
    if not reached:
        note = needed(note, "note", _("请写明联系的情况，例如：下午打了两次没有接"))
        return advance(
            Move(check_in, Step.CONTACT, by, at, {}, S(check_in.state), version, note, data={"reached": False})
        )
    tell = for_others("队长已与您联系。接下来会把您编入队伍，有任务时再告诉您。")
    return advance(Move(check_in, Step.CONTACT, by, at, {}, None, version, note.strip(), tell=tell))


@transaction.atomic
def join(
    *,
    check_in: CheckIn,
    by: Actor,
    at: datetime,
    team: "Team | None" = None,
    group: "Group | None" = None,
    version: int | None = None,
) -> CheckIn:
    """On the team of the community, by default the one there is, and in one of its groups where one is named."""
    check(Move(check_in, Step.JOIN, by, at, version=version))
    team = team or team_of_path(check_in.path)
    if team is None:
        raise _invalid("team", _("这个居村还没有队伍。请先在“队伍”页组建，再编入队员。"))
    if not check_in.path.startswith(team.path):
        raise _invalid("team", _("这支队伍不在本人居住的居村"))
    if group is not None and (group.team_id != team.pk or group.until is not None):
        raise _invalid("group", _("这个小组不在这支队伍里"))
    assert check_in.person is not None
    take_seat(team=team, person=check_in.person, group=group, at=at)
    tell = for_others("您已编入%(team)s。用本手机号登录，可以看到队伍和请您帮忙的事。", team=team.name)
    return advance(Move(check_in, Step.JOIN, by, at, {}, None, version, tell=tell, data={"team": team.pk}))


def pause(*, check_in: CheckIn, by: Actor, at: datetime, note: str = "", version: int | None = None) -> CheckIn:
    """For a while not to be called upon."""
    tell = for_others("已为您暂停参加；想恢复时登录“我的数据”，或告诉队长。")
    return advance(Move(check_in, Step.PAUSE, by, at, {}, None, version, note.strip(), tell=tell))


def resume(*, check_in: CheckIn, by: Actor, at: datetime, note: str = "", version: int | None = None) -> CheckIn:
    """To be called upon again."""
    return advance(
        Move(check_in, Step.RESUME, by, at, {}, None, version, note.strip(), tell=for_others("已为您恢复参加。"))
    )


@transaction.atomic
def leave(
    *, check_in: CheckIn, by: Actor, at: datetime, note: str = "", forget: bool = False, version: int | None = None
) -> CheckIn:
    """No longer; team and posts end with it. `forget`: consent is withdrawn, and what was kept on its strength goes."""
    check(Move(check_in, Step.LEAVE, by, at, version=version, note=note))
    person, changes = check_in.person, dict[str, Any]()
    words = for_others("您已退出，不会再收到任务。谢谢您的付出。")
    if forget:
        words = for_others("已按您的要求撤回同意并删除报到资料。谢谢您的付出。")
        changes = _forgotten(check_in)
    _tell(check_in, words, at=at, step=Step.LEAVE)  # before the number is gone
    if person is not None:
        end_memberships(person=person, path=check_in.path, by=by, at=at, skills=forget)
    advance(Move(check_in, Step.LEAVE, by, at, changes, None, version, note.strip(), data={"forgotten": forget}))
    if forget and person is not None:
        forget_person(person=person)
    return check_in


def _forgotten(check_in: CheckIn) -> dict[str, Any]:
    """What stays of a check-in whose consent was withdrawn: that there was one."""
    return {
        "name": mask_name(check_in.name), "phone": "", "phone_index": "", "unit_id": None, "unit_name": "", "job": "",
        "home": "", "standing": "", "skills": [], "slots": [], "wishes": "", "consent_at": None, "consent_to": "",
    }  # fmt: skip


@transaction.atomic
def move(*, check_in: CheckIn, to: str, by: Actor, at: datetime, note: str = "", version: int | None = None) -> CheckIn:
    """Hand the check-in over to the community where they live now, which vets it anew; answers the new one."""
    place = get_places([to]).get(to) if to and "\x00" not in to else None
    if place is None or place.level in _TOO_HIGH or place.level == Level.HOUSEHOLD:
        raise _invalid("to", _("请选择要转去的街镇或居村"))
    if _community(place.path) == _community(check_in.path) and check_in.state != S.SUBMITTED:
        raise _invalid("to", _("已在这个居村；门牌有误的，请用“更正资料”"))
    check(Move(check_in, Step.MOVE, by, at, version=version, note=note))
    newer = CheckIn(
        id=uuid7(at), kind=check_in.kind, name=check_in.name, phone=check_in.phone.open(),
        phone_index=check_in.phone_index, unit=check_in.unit, unit_name=check_in.unit_name, job=check_in.job,
        place_id=place.pk, path=place.path, skills=check_in.skills, slots=check_in.slots, wishes=check_in.wishes,
        standing=check_in.standing.open() if check_in.standing else "", source=CheckInSource.MOVED, state=S.SUBMITTED,
        state_at=at, submitted_at=at, consent_at=check_in.consent_at, consent_to=check_in.consent_to,
    )  # fmt: skip
    if check_in.person is not None:
        end_memberships(person=check_in.person, path=check_in.path, by=by, at=at)
    tell = for_others("您的报到已转到您现在居住的居村，由那里的居委会审核。")
    advance(Move(check_in, Step.MOVE, by, at, {}, None, version, note.strip(), tell=tell, data={"to": newer.pk}))
    newer.save(force_insert=True)
    record(
        verb="check_in.submit", by=by, at=at, subject_type="check_in", subject_id=newer.pk, place_path=newer.path,
        to_state=S.SUBMITTED, kind=newer.kind, source=newer.source, consent=newer.consent_to, of=check_in.pk,
    )  # fmt: skip
    return newer


def correct(*, check_in: CheckIn, told: Told, by: Actor, at: datetime, version: int | None = None) -> CheckIn:
    """Set right what is kept; phone and community stay (another phone is another check-in, another home a move)."""
    check(Move(check_in, Step.CORRECT, by, at, version=version))
    newer = CheckIn(kind=check_in.kind)
    _fill(newer, told)
    if _community(newer.path) != _community(check_in.path):
        raise _invalid("place", _("搬到了别的居村，请用“转到其他居村”"))
    with transaction.atomic():
        changes = {name: getattr(newer, name) for name in CORRECTED}
        advance(Move(check_in, Step.CORRECT, by, at, changes, version=version))
        if check_in.person is not None:
            be_skilled(person=check_in.person, skills=check_in.skills, at=at, only=True)
    return check_in


def needed(text: str, field_name: str, message: str) -> str:
    """`text` without blanks around it; raises Invalid when nothing is left."""
    if not text.strip():
        raise _invalid(field_name, message)
    return text.strip()


def _invalid(field_name: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field_name], "msg": message}])
