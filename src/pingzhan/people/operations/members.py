"""What becomes of who checked in: a person with an account, with skills, on a team. Parts of others' operations."""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from pingzhan.access import operations as access
from pingzhan.access.actors import SYSTEM, Actor
from pingzhan.core.db import under
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.core.paths import paths_above
from pingzhan.core.sealed import mask_name
from pingzhan.people.choices import TeamPost
from pingzhan.people.models import Appointment, Group, Person, PersonSkill, Team, TeamMember
from pingzhan.people.operations.appointments import appoint, dismiss, issue_grants
from pingzhan.people.operations.persons import enter_person, phone_index
from pingzhan.people.rules.names import clean_name
from pingzhan.places.queries import get_place

if TYPE_CHECKING:
    from pingzhan.places.models import Place

VICES = (1, 2)


def be_person(*, name: str, phone: str, place: "Place", by: Actor, at: datetime) -> Person:
    """The person with this phone, whatever name was told first; made if there is none, with an account to sign in by.

    The right was checked by the operation of which this is a part.
    """
    known = Person.objects.filter(phone_index=phone_index(phone), merged_into__isnull=True)
    person = known.filter(name=clean_name(name)).first() or known.order_by("created_at", "id").first()
    if person is None:
        person, _new = enter_person(name=name, phone=phone, place=place, by=SYSTEM, at=at)
    if person.user_id is None:
        user = access.account_for_phone(phone=phone, name=person.name, by=by, at=at, path=place.path)
        if not Person.objects.filter(user_id=user.pk).exists():
            person.user_id = user.pk
            person.save(update_fields=["user_id"])
            access.belongs_to(user=user, subject_id=person.pk)
            issue_grants(person=person, by=SYSTEM, at=at)
    return person


def be_skilled(*, person: Person, skills: Iterable[str], at: datetime, only: bool = False) -> None:
    """Note the skills that the person told; `only`: others of theirs, unless proved, end."""
    told = set(skills)
    rows = list(PersonSkill.objects.filter(person=person, until__isnull=True).order_by("skill"))
    have = {row.skill_id for row in rows}
    if only:
        gone = [row.pk for row in rows if row.skill_id not in told and not row.proof]
        PersonSkill.objects.filter(pk__in=gone).update(until=at)
    PersonSkill.objects.bulk_create(
        [PersonSkill(person=person, skill_id=code, since=at) for code in sorted(told - have)], ignore_conflicts=True
    )


def give_round(*, person: Person, path: str, at: datetime) -> None:
    """A mobile worker may report in the community of their round, and nothing else."""
    place = round_of(path)
    held = Appointment.objects.filter(person=person, role="mobile_worker", place=place, until__isnull=True)
    if not held.exists():
        appoint(person=person, role="mobile_worker", place=place, by=SYSTEM, at=at)


def round_of(path: str) -> "Place":
    """The community on the path, or the place itself where there is none."""
    codes = path.rstrip("/").split("/")
    return get_place(next((code for code in codes if len(code) == 12 and code.isdigit()), codes[-1]))


def take_seat(*, team: Team, person: Person, group: Group | None, at: datetime) -> TeamMember:
    """On the team as a member; who is on it already stays what they are, in the group named last."""
    try:
        with transaction.atomic():
            return TeamMember.objects.create(team=team, person=person, group=group, since=at)
    except IntegrityError:
        member = TeamMember.objects.get(team=team, person=person, until__isnull=True)
        if group is not None and member.post == TeamPost.MEMBER:
            TeamMember.objects.filter(pk=member.pk).update(group=group)
        return member


def give_post(*, member: TeamMember, post: str, group: Group | None, by: Actor, at: datetime) -> None:
    """Change what a member is on the team; the captain's rights come and go with it. Raises StateConflict when taken.

    `by` must hold the right to appoint there: the rights of a captain are an appointment like any other.
    """
    if post == TeamPost.GROUP_LEAD and group is None:
        raise Invalid(_("请选择小组"), errors=[{"loc": ["group"], "msg": _("组长要有所带的小组")}])
    _end_rights(member, by=by, at=at)
    seats: tuple[int | None, ...] = {TeamPost.CAPTAIN: (1,), TeamPost.VICE_CAPTAIN: VICES}.get(TeamPost(post), (None,))
    for seat in seats:
        try:
            with transaction.atomic():
                TeamMember.objects.filter(pk=member.pk).update(
                    post=post, seat=seat, group=group if post in (TeamPost.GROUP_LEAD, TeamPost.MEMBER) else None,
                    appointment_id=None,
                )  # fmt: skip
            break
        except IntegrityError:
            continue
    else:
        raise StateConflict(_("“%(post)s”已经满员；先请现任改任队员，再任命。") % {"post": TeamPost(post).label})
    member.refresh_from_db()
    if post in (TeamPost.CAPTAIN, TeamPost.VICE_CAPTAIN):
        made = appoint(person=member.person, role="team_captain", place=member.team.place, by=by, at=at)
        TeamMember.objects.filter(pk=member.pk).update(appointment_id=made.pk)


def _end_rights(member: TeamMember, *, by: Actor, at: datetime) -> None:
    if member.appointment_id is None:
        return
    appointment = Appointment.objects.filter(pk=member.appointment_id, until__isnull=True).first()
    if appointment is not None:
        dismiss(appointment=appointment, by=by, at=at, reason="team post ended")


def end_memberships(*, person: Person, path: str, by: Actor, at: datetime, skills: bool = False) -> None:
    """Off the teams on the way up from `path`, with posts and the rights that come with them; `skills`: these too."""
    above = paths_above(path)
    rows = TeamMember.objects.filter(person=person, until__isnull=True, team__path__in=above)
    for member in rows.select_related("team").order_by("pk"):
        _end_rights(member, by=SYSTEM, at=at)
        TeamMember.objects.filter(pk=member.pk).update(until=at)
    rounds = Appointment.objects.filter(person=person, role="mobile_worker", until__isnull=True)
    for appointment in rounds.filter(Q(path__in=above) | under("path", path)).order_by("pk"):
        dismiss(appointment=appointment, by=SYSTEM, at=at, reason="check-in ended")
    if skills:
        PersonSkill.objects.filter(person=person, until__isnull=True).update(until=at, proof="", proved_at=None)


def forget_person(*, person: Person) -> None:
    """Where nothing else stands on them, who withdrew consent is kept by family name only."""
    if person.appointments.filter(until__isnull=True).exists():
        return
    person.name, person.phone, person.phone_index = mask_name(person.name), "", None
    person.pinyin = person.initials = person.contact_confirmed_by = ""
    person.contact_confirmed_at = None
    person.save(
        update_fields=[
            "name", "pinyin", "initials", "phone", "phone_index", "contact_confirmed_at", "contact_confirmed_by",
        ]
    )  # fmt: skip
