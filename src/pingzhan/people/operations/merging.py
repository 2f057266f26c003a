"""Two entries of one person become one, and two again when it was a mistake."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import get_grant
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.core.wording import for_others
from pingzhan.journal.operations import record
from pingzhan.people import events
from pingzhan.people.models import Appointment, Person, PersonMerge
from pingzhan.people.operations.appointments import dismiss, issue_grants

# The kinds of rows that this operation itself moves; listeners add theirs.
APPOINTMENTS, ENDED, ACCOUNT = "appointments", "ended", "account"


@transaction.atomic
def merge_persons(*, kept: Person, gone: Person, reason: str, by: Actor, at: datetime) -> PersonMerge:
    """All that was `gone`'s is `kept`'s from now on: offices past and present, the account if `kept` has none.

    Needs the right to appoint where both files are kept and where `gone` holds offices. An office that both hold is
    ended for `gone`. When both have an account that of `gone` is closed, and its rights go to the other. Raises
    StateConflict when one of them was merged meanwhile.
    """
    offices = list(gone.appointments.select_related("place", "unit").order_by("id"))
    for path in {kept.path, gone.path, *(office.path for office in offices if office.until is None)}:
        access.require(by, Permission.APPOINT, path)
    if not reason.strip():
        message = _("请写明怎么确定是同一个人")
        raise Invalid(message, errors=[{"loc": ["reason"], "msg": message}])
    if kept.pk == gone.pk or kept.merged_into_id:
        raise StateConflict(_("这两条记录刚刚已被合并，请刷新后再看。"))
    if not Person.objects.filter(pk=gone.pk, merged_into__isnull=True).update(merged_into=kept):
        raise StateConflict(_("这两条记录刚刚已被合并，请刷新后再看。"))
    event = events.PersonsMerged(kept=kept.pk, gone=gone.pk, at=at)
    _move_account(kept, gone, event.moved, by=by, at=at)
    _move_offices(kept, offices, event.moved, by=by, at=at)
    _fill(kept, gone)
    issue_grants(person=kept, by=by, at=at)
    events.publish(event)
    merge = PersonMerge.objects.create(
        kept=kept, gone=gone, reason=reason.strip()[:200], moved=event.moved, at=at, by_name=by.name[:80]
    )
    record(
        verb="person.merge", by=by, at=at, subject_type="person", subject_id=kept.pk, place_path=kept.path,
        gone=str(gone.pk), merge=str(merge.pk), rows=sum(map(len, event.moved.values())),
    )  # fmt: skip
    return merge


@transaction.atomic
def undo_merge(*, merge: PersonMerge, by: Actor, at: datetime) -> PersonMerge:
    """They were two after all: what was moved goes back. Offices that ended meanwhile stay ended.

    An account of `gone` that was closed opens again; an account that had gone over returns.
    """
    kept, gone = merge.kept, merge.gone
    for path in {kept.path, gone.path}:
        access.require(by, Permission.APPOINT, path)
    if not PersonMerge.objects.filter(pk=merge.pk, undone_at__isnull=True).update(undone_at=at):
        raise StateConflict(_("这次合并已经撤销。"))
    _separate(gone)
    moved = merge.moved
    rows = list(Appointment.objects.filter(pk__in=moved.get(APPOINTMENTS, [])).order_by("id"))
    for row in rows:
        _drop_grant(row, at=at)
    Appointment.objects.filter(pk__in=[row.pk for row in rows]).update(person=gone, grant_id=None)
    for user_id in moved.get(ACCOUNT, []):
        Person.objects.filter(pk=kept.pk, user_id=user_id).update(user_id=None)
        Person.objects.filter(pk=gone.pk).update(user_id=user_id)
        access.belongs_to_person(user_id=UUID(user_id), person_id=gone.pk)
    gone.refresh_from_db()
    if gone.user_id and not moved.get(ACCOUNT):
        access.reopen(user_id=gone.user_id)
    issue_grants(person=gone, by=by, at=at)
    events.publish(events.MergeUndone(kept=kept.pk, gone=gone.pk, at=at, moved=moved))
    record(
        verb="person.merge_undone", by=by, at=at, subject_type="person", subject_id=kept.pk, place_path=kept.path,
        gone=str(gone.pk), merge=str(merge.pk),
    )  # fmt: skip
    merge.refresh_from_db()
    return merge


def _move_account(kept: Person, gone: Person, moved: dict[str, list[str]], *, by: Actor, at: datetime) -> None:
    if not gone.user_id:
        return
    if kept.user_id:
        access.shut(user_id=gone.user_id, at=at)
        return
    moved[ACCOUNT] = [str(gone.user_id)]
    Person.objects.filter(pk=gone.pk).update(user_id=None)
    Person.objects.filter(pk=kept.pk).update(user_id=gone.user_id)
    kept.user_id = gone.user_id
    access.belongs_to_person(user_id=gone.user_id, person_id=kept.pk)


def _move_offices(
    kept: Person, offices: list[Appointment], moved: dict[str, list[str]], *, by: Actor, at: datetime
) -> None:
    """Point the offices at `kept`; grants of the other account end, and are issued anew for the one that stays."""
    held = {
        (row.role, row.kind, row.place_id)
        for row in Appointment.objects.filter(person=kept, until__isnull=True).order_by("id")
    }
    goes = []
    for office in offices:
        if office.until is None and (office.role, office.kind, office.place_id) in held:
            dismiss(appointment=office, by=by, at=at, reason=for_others("与同一人的另一条记录重复"))
            moved.setdefault(ENDED, []).append(str(office.pk))
        elif ACCOUNT not in moved:
            _drop_grant(office, at=at)
            office.grant_id = None
        goes.append(office)
    for office in goes:
        office.person = kept
        office.save(update_fields=["person", "grant_id"])
    moved[APPOINTMENTS] = [str(office.pk) for office in goes]


def _drop_grant(office: Appointment, *, at: datetime) -> None:
    if office.grant_id and office.until is None:
        access.revoke(grant=get_grant(office.grant_id), by=SYSTEM, at=at, reason="moved")


def _fill(kept: Person, gone: Person) -> None:
    """The phone, where only the other entry has one; of the same phone the moment when it was confirmed last."""
    if gone.contact_confirmed_at is None:
        return
    if kept.contact_confirmed_at is None:
        kept.phone, kept.phone_index = gone.phone.open(), gone.phone_index
    elif kept.phone_index != gone.phone_index or gone.contact_confirmed_at <= kept.contact_confirmed_at:
        return
    kept.contact_confirmed_at, kept.contact_confirmed_by = gone.contact_confirmed_at, gone.contact_confirmed_by
    kept.save(update_fields=["phone", "phone_index", "contact_confirmed_at", "contact_confirmed_by"])


def _separate(gone: Person) -> None:
    try:
        with transaction.atomic():
            Person.objects.filter(pk=gone.pk).update(merged_into=None)
    except IntegrityError as error:
        # The phone that had gone over with the merge makes the two look the same as long as the names are.
        raise StateConflict(
            _("两条记录的姓名和手机号码都相同，请先改正保留的那一条的手机号码，再撤销合并。")
        ) from error
