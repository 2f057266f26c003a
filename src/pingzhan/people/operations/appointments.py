"""An appointment issues the grant that lets its holder act."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import get_grant, get_user
from pingzhan.access.roles import ROLES
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.core.wording import for_others
from pingzhan.journal.operations import record
from pingzhan.people.models import Appointment, Person, Unit
from pingzhan.people.queries.posts import is_sole, posts_at
from pingzhan.people.rules.offices import check_level, kind_for

if TYPE_CHECKING:
    from pingzhan.places.models import Place


@transaction.atomic
def appoint(
    *,
    person: Person,
    role: str,
    place: "Place",
    by: Actor,
    at: datetime,
    unit: Unit | None = None,
    kind: str = "",
    acting: bool = False,
    term_until: datetime | None = None,
) -> Appointment:
    """Give `person` the role at `place` from `at`; when they have an account, the grant comes with it.

    `kind` says which kind of worker or leader (the role's first one when left out); `acting` that it is until
    somebody is appointed for good; at `term_until` it ends by itself. Raises Invalid for a role that is not held at
    such a place, StateConflict when the post is taken or the person holds it already.
    """
    access.require(by, Permission.APPOINT, place.path)
    kind = _checked(role=role, kind=kind, place=place, unit=unit, at=at, term_until=term_until)
    if person.merged_into_id:
        raise StateConflict(_("该人员已并入另一条记录，请使用合并后的那一条。"))
    appointment = Appointment(
        person=person, role=role, kind=kind, place=place, path=place.path, level=place.level, unit=unit, acting=acting,
        sole=is_sole(posts_at(place.path), level=place.level, role=role, kind=kind), since=at, term_until=term_until,
    )  # fmt: skip
    _issue(appointment, by=by, at=at)
    _insert(appointment)
    record(
        verb="person.appoint", by=by, at=at, subject_type="person", subject_id=person.pk, place_path=place.path,
        to_state=role, appointment=str(appointment.pk), kind=kind, acting=acting,
    )  # fmt: skip
    return appointment


@transaction.atomic
def dismiss(*, appointment: Appointment, by: Actor, at: datetime, reason: str) -> bool:
    """End an appointment, and the grant with it; False, and nothing done, when it has ended already."""
    access.require(by, Permission.APPOINT, appointment.path)
    ended = Appointment.objects.filter(pk=appointment.pk, until__isnull=True).update(
        until=max(at, appointment.since), end_reason=reason.strip()[:200]
    )
    if not ended:
        return False
    appointment.until = max(at, appointment.since)
    if appointment.grant_id:
        access.revoke(grant=get_grant(appointment.grant_id), by=SYSTEM, at=at, reason="dismissed")
    record(
        verb="person.dismiss", by=by, at=at, subject_type="person", subject_id=appointment.person_id,
        place_path=appointment.path, from_state=appointment.role, appointment=str(appointment.pk),
    )  # fmt: skip
    return True


@transaction.atomic
def succeed(
    *,
    appointment: Appointment,
    person: Person,
    by: Actor,
    at: datetime,
    reason: str,
    acting: bool = False,
    term_until: datetime | None = None,
) -> Appointment:
    """Let `person` take over the post at the moment at which its holder leaves it: no gap, and never two.

    Raises StateConflict when the holder has left it already (somebody else was quicker).
    """
    if appointment.person_id == person.pk and appointment.acting == acting:
        raise StateConflict(_("接任的人就是现任，请另选一人。"))
    if not dismiss(appointment=appointment, by=by, at=at, reason=reason):
        raise StateConflict(_("该任职刚刚已结束，请刷新后按空缺任命。"))
    return appoint(
        person=person, role=appointment.role, kind=appointment.kind, place=appointment.place, unit=appointment.unit,
        acting=acting, term_until=term_until, by=by, at=at,
    )  # fmt: skip


def issue_grants(*, person: Person, by: Actor, at: datetime) -> int:
    """Give the person's new account what their appointments carry; how many. Part of the caller's operation."""
    waiting = list(
        person.appointments.filter(until__isnull=True, grant_id__isnull=True).select_related("unit").order_by("id")
    )
    for appointment in waiting:
        appointment.person = person
        _issue(appointment, by=by, at=at)
        appointment.save(update_fields=["grant_id"])
    return len(waiting)


def end_terms(*, at: datetime, limit: int = 200) -> int:
    """End the appointments whose term is over; how many. Grants have lapsed at that moment by themselves."""
    due = Appointment.objects.filter(until__isnull=True, term_until__lte=at).order_by("term_until", "id")[:limit]
    found = list(due)
    for appointment in found:
        assert appointment.term_until is not None
        dismiss(appointment=appointment, by=SYSTEM, at=appointment.term_until, reason=for_others("任期届满"))
    return len(found)


def _checked(
    *, role: str, kind: str, place: "Place", unit: Unit | None, at: datetime, term_until: datetime | None
) -> str:
    """The kind in which the role is held. Raises Invalid."""
    if role not in ROLES:
        raise Invalid(_("没有这个角色"), errors=[{"loc": ["role"], "msg": _("没有这个角色")}])
    check_level(role, place.level)
    if ROLES[role].by_unit and unit is None:
        raise Invalid(_("该角色须指明所属单位"), errors=[{"loc": ["unit"], "msg": _("请选择单位")}])
    if term_until is not None and term_until <= at:
        raise Invalid(_("任期须晚于今天"), errors=[{"loc": ["term_until"], "msg": _("任期须晚于今天")}])
    return kind_for(role, kind)


def _issue(appointment: Appointment, *, by: Actor, at: datetime) -> None:
    """The grant that goes with it, for those who have an account."""
    if not appointment.person.user_id:
        return
    given = access.grant(
        user=get_user(appointment.person.user_id),
        role=appointment.role,
        path=appointment.path,
        by=by,
        at=at,
        unit_id=appointment.unit_id,
        until=appointment.term_until,
        reason="appointment",
    )
    appointment.grant_id = given.pk


def _insert(appointment: Appointment) -> None:
    """Write it; the constraints tell whether the post is free."""
    try:
        with transaction.atomic():
            appointment.save(force_insert=True)
    except IntegrityError as error:
        held = Appointment.objects.filter(
            place=appointment.place, role=appointment.role, kind=appointment.kind, until__isnull=True
        )
        if held.filter(person=appointment.person).exists():
            raise StateConflict(_("该人员已担任这一职务，不必重复任命。")) from error
        raise StateConflict(_("该岗位已有人担任；要换人请在任职页点“接任”，空缺后才能直接任命。")) from error
