"""Reads of teams, groups and who is on them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import can, scope
from pingzhan.core.errors import NotFound
from pingzhan.core.paths import paths_above
from pingzhan.people.choices import NominationState, TeamPost
from pingzhan.people.models import Group, Nomination, Team, TeamMember

ORDER_OF_POSTS = (TeamPost.CAPTAIN, TeamPost.VICE_CAPTAIN, TeamPost.GROUP_LEAD, TeamPost.MEMBER)


def team_of_path(path: str) -> Team | None:
    """The team of the community on `path`; one statement."""
    above = paths_above(path)
    return Team.objects.filter(path__in=above, until__isnull=True).order_by("-path").first()


def teams_for(actor: Actor) -> QuerySet[Team]:
    """The teams of the actor's area with how many are on them, in the order of places."""
    now_on = Q(members__until__isnull=True)
    return (
        Team.objects.filter(scope(actor, Permission.MEMBER_VIEW), until__isnull=True)
        .select_related("place")
        .annotate(
            count=Count("members", filter=now_on, distinct=True),
            leads=Count(
                "members", filter=now_on & Q(members__post__in=(TeamPost.CAPTAIN, TeamPost.VICE_CAPTAIN)), distinct=True
            ),
            group_count=Count("groups", filter=Q(groups__until__isnull=True), distinct=True),
        )
    )


def team_for(actor: Actor, team_id: UUID) -> Team:
    """The team within the actor's area, or their own; raises NotFound otherwise."""
    found = Team.objects.filter(pk=team_id, until__isnull=True).select_related("place").first()
    if found is None or not (may_see_team(actor, found)):
        raise NotFound
    return found


def may_see_team(actor: Actor, team: Team) -> bool:
    """By area, or by being on it."""
    if can(actor, Permission.MEMBER_VIEW, team.path) or can(actor, Permission.MEMBER_CONTACT, team.path):
        return True
    return actor.user_id is not None and team.members.filter(until__isnull=True, person__user_id=actor.user_id).exists()


@dataclass(frozen=True, slots=True)
class Shown:
    """A team with its people by post; three statements."""

    team: Team
    leads: list[TeamMember]  # captain, then vice captains
    groups: list[tuple[Group, list[TeamMember]]]  # each with its lead first
    others: list[TeamMember]  # in no group

    @property
    def captain(self) -> TeamMember | None:
        return next((member for member in self.leads if member.post == TeamPost.CAPTAIN), None)

    @property
    def count(self) -> int:
        return len(self.leads) + len(self.others) + sum(len(members) for _, members in self.groups)


def shown_team(team: Team) -> Shown:
    """Everybody on the team, in the order of posts and of joining."""
    members = list(team.members.filter(until__isnull=True).select_related("person").order_by("since", "pk"))
    members.sort(key=lambda member: ORDER_OF_POSTS.index(TeamPost(member.post)))
    groups = list(team.groups.filter(until__isnull=True).order_by("since", "pk"))
    leads = [member for member in members if member.post in (TeamPost.CAPTAIN, TeamPost.VICE_CAPTAIN)]
    return Shown(
        team,
        leads,
        [(group, [m for m in members if m.group_id == group.pk and m not in leads]) for group in groups],
        [m for m in members if m.group_id is None and m not in leads],
    )


def member_of(team: Team, member_id: UUID) -> TeamMember:
    """One who is on the team now; raises NotFound."""
    found = team.members.filter(pk=member_id, until__isnull=True).select_related("person", "team__place").first()
    if found is None:
        raise NotFound
    return found


def memberships_of(actor: Actor) -> list[TeamMember]:
    """The teams that the actor is on; one statement."""
    if actor.user_id is None:
        return []
    rows = TeamMember.objects.filter(person__user_id=actor.user_id, until__isnull=True)
    return list(rows.select_related("team__place", "group", "person").order_by("since", "pk"))


def open_nominations(team: Team) -> list[Nomination]:
    rows = team.nominations.filter(state=NominationState.OPEN).select_related("person")
    return list(rows.order_by("at", "pk"))
