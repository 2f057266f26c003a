"""Teams 1+N: set up, divided into groups, led by whom the community appoints."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.access.operations import require
from pingzhan.access.permissions import Permission
from pingzhan.core.errors import Invalid, StateConflict
from pingzhan.core.outbox import queue
from pingzhan.core.wording import for_others
from pingzhan.journal.operations import record
from pingzhan.people.choices import Focus, NominationState, NominationWay, TeamPost
from pingzhan.people.models import Group, Nomination, Person, Team, TeamMember
from pingzhan.people.operations.members import give_post
from pingzhan.places.choices import Level

if TYPE_CHECKING:
    from pingzhan.places.models import Place


@transaction.atomic
def set_up_team(*, place: "Place", name: str, by: Actor, at: datetime) -> Team:
    """The one team of a community."""
    require(by, Permission.TEAM_MANAGE, place.path)
    if place.level != Level.COMMUNITY:
        raise _invalid("place", _("队伍建在居村一级，请选择居村"))
    name = _named(name)
    try:
        with transaction.atomic():
            team = Team.objects.create(name=name, place=place, path=place.path, since=at)
    except IntegrityError:
        raise StateConflict(_("这个居村已经有一支队伍；请在那支队伍里增加小组。")) from None
    record(verb="team.set_up", by=by, at=at, subject_type="team", subject_id=team.pk, place_path=team.path)
    return team


@transaction.atomic
def add_group(*, team: Team, name: str, focus: str, by: Actor, at: datetime) -> Group:
    """One more group of the team."""
    require(by, Permission.TEAM_MANAGE, team.path)
    if focus not in Focus.values:
        raise _invalid("focus", _("请选择按什么分组"))
    name = _named(name)
    try:
        with transaction.atomic():
            group = Group.objects.create(team=team, name=name[:60], focus=focus, since=at)
    except IntegrityError:
        raise _invalid("name", _("已经有一个同名的小组")) from None
    record(
        verb="team.group", by=by, at=at, subject_type="team", subject_id=team.pk, place_path=team.path, group=group.pk,
        focus=focus,
    )  # fmt: skip
    return group


@transaction.atomic
def end_group(*, group: Group, by: Actor, at: datetime) -> None:
    """The group ends; its people stay on the team, its lead becomes a member."""
    require(by, Permission.TEAM_MANAGE, group.team.path)
    if not Group.objects.filter(pk=group.pk, until__isnull=True).update(until=at):
        return
    TeamMember.objects.filter(group=group, until__isnull=True).update(group=None, post=TeamPost.MEMBER)
    record(
        verb="team.group_end", by=by, at=at, subject_type="team", subject_id=group.team_id,
        place_path=group.team.path, group=group.pk,
    )  # fmt: skip


@transaction.atomic
def place_member(*, member: TeamMember, post: str, by: Actor, at: datetime, group: Group | None = None) -> TeamMember:
    """Appoint a captain, vice captain or group lead, or put a member into a group; the person is told of a post."""
    team = member.team
    require(by, Permission.TEAM_MANAGE, team.path)
    if post not in TeamPost.values:
        raise _invalid("post", _("没有这个职务"))
    if group is not None and (group.team_id != team.pk or group.until is not None):
        raise _invalid("group", _("这个小组不在这支队伍里"))
    before = member.post
    give_post(member=member, post=post, group=group, by=by, at=at)
    record(
        verb="team.post", by=by, at=at, subject_type="team", subject_id=team.pk, place_path=team.path,
        from_state=before, to_state=post, person=member.person_id, group=group.pk if group else None,
    )  # fmt: skip
    open_ones = Nomination.objects.filter(team=team, person=member.person, post=post, state=NominationState.OPEN)
    open_ones.update(state=NominationState.APPOINTED, decided_at=at)
    if post not in (before, TeamPost.MEMBER) and member.person.phone:
        words = for_others("您已被任命为%(team)s%(post)s。", team=team.name, post=TeamPost(post).label)
        queue(channel="sms", to=member.person.phone.open(), text=words, at=at, template="team.post")
    return member


@transaction.atomic
def nominate(
    *, team: Team, person: Person, post: str, way: str, by: Actor, at: datetime, supporters: int = 0,
    organisation: str = "", reason: str = "",
) -> Nomination:  # fmt: skip
    """Propose somebody of the team for a post; who proposes themselves needs no other right."""
    own = by.user_id is not None and person.user_id == by.user_id
    if not (own and way == NominationWay.SELF):
        require(by, Permission.TEAM_MANAGE, team.path)
    if post not in TeamPost.values or post == TeamPost.MEMBER:
        raise _invalid("post", _("请选择推荐担任的职务"))
    if way not in NominationWay.values:
        raise _invalid("way", _("请选择推荐方式"))
    if "\x00" in organisation + reason:
        raise _invalid("reason", _("含有无法识别的字符"))
    if way == NominationWay.MASS and supporters < 1:
        raise _invalid("supporters", _("请填写推荐的群众人数"))
    if way == NominationWay.ORGANISATION and not organisation.strip():
        raise _invalid("organisation", _("请填写推荐的组织"))
    if not TeamMember.objects.filter(team=team, person=person, until__isnull=True).exists():
        raise _invalid("person", _("只能推荐已在队的人"))
    try:
        with transaction.atomic():
            nomination = Nomination.objects.create(
                team=team, person=person, post=post, way=way, supporters=supporters,
                organisation=organisation.strip()[:80], reason=reason.strip()[:300], at=at,
            )  # fmt: skip
    except IntegrityError:
        raise StateConflict(_("这个人已被推荐担任同一职务，正等待研究。")) from None
    record(
        verb="team.nominate", by=by.as_resident() if own else by, at=at, subject_type="team", subject_id=team.pk,
        place_path=team.path, nomination=nomination.pk, post=post, way=way,
    )  # fmt: skip
    return nomination


@transaction.atomic
def decide_nomination(
    *, nomination: Nomination, appoint: bool, by: Actor, at: datetime, group: Group | None = None
) -> None:
    """The community decides: appointed to the post, or not; both on record."""
    team = nomination.team
    require(by, Permission.TEAM_MANAGE, team.path)
    if appoint:
        member = TeamMember.objects.filter(team=team, person=nomination.person, until__isnull=True).first()
        if member is None:
            raise StateConflict(_("这个人已不在队里，不能任命。"))
        place_member(member=member, post=nomination.post, group=group or member.group, by=by, at=at)
        return
    decided = Nomination.objects.filter(pk=nomination.pk, state=NominationState.OPEN)
    if decided.update(state=NominationState.DECLINED, decided_at=at):
        record(
            verb="team.decline", by=by, at=at, subject_type="team", subject_id=team.pk, place_path=team.path,
            nomination=nomination.pk,
        )  # fmt: skip


def _named(name: str) -> str:
    if not name.strip() or "\x00" in name:
        raise _invalid("name", _("请填写名称"))
    return name.strip()[:80]


def _invalid(field: str, message: str) -> Invalid:
    return Invalid(message, errors=[{"loc": [field], "msg": message}])
