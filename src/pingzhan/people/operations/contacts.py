"""That somebody is reached by the telephone on file: told by who called them, or by themselves."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can
from pingzhan.core.errors import Invalid, NotAllowed
from pingzhan.journal.operations import draft, record_many
from pingzhan.people.models import Person
from pingzhan.people.operations.persons import who_confirmed
from pingzhan.people.queries.persons import offices_of, paths_of

MOST_AT_ONCE = 200


@transaction.atomic
def confirm_contacts(*, persons: Sequence[Person], by: Actor, at: datetime) -> list[Person]:
    """The phones of these persons are right as of `at`; four statements, however many.

    Needs the right to appoint where each is filed or holds an office; everybody may confirm their own. Raises
    NotAllowed for who is elsewhere, Invalid for who has no phone on file: then nobody's is confirmed.
    """
    if not 0 < len(persons) <= MOST_AT_ONCE:
        raise _invalid(_("一次请选择 1 到 %(most)s 人") % {"most": MOST_AT_ONCE})
    offices = offices_of(person.pk for person in persons)
    for person in persons:
        own = by.user_id is not None and person.user_id == by.user_id
        places = paths_of(person, offices.get(person.pk, []))
        if not own and not any(can(by, Permission.APPOINT, path) for path in places):
            raise NotAllowed(_("只有该人员所在区域的负责人或本人可以核实电话。"))
    lacking = [person.name for person in persons if not person.phone_index]
    if lacking:
        raise _invalid(_("%(names)s 没有留手机号码，请先补上") % {"names": _("、").join(lacking[:5])})
    who = who_confirmed(by)
    rows = Person.objects.filter(pk__in=[person.pk for person in persons], phone_index__isnull=False)
    rows.update(contact_confirmed_at=at, contact_confirmed_by=who)
    for person in persons:
        person.contact_confirmed_at, person.contact_confirmed_by = at, who
    record_many(
        draft(
            verb="person.confirm_contact", by=by, at=at, subject_type="person", subject_id=person.pk,
            place_path=person.path, own=person.user_id is not None and person.user_id == by.user_id,
        )
        for person in persons
    )  # fmt: skip
    return list(persons)


def _invalid(message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": ["persons"], "msg": message}])
