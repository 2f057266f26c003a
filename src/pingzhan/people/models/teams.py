"""One team a community, N groups in it, and who is what on it."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.people.choices import Focus, NominationState, NominationWay, TeamPost
from pingzhan.people.models.persons import Person


class Team(models.Model):
    """The second echelon of one community (1+N)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="teams")
    path = PathField(max_length=200)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["path"], name="team_path")]
        constraints = [
            models.UniqueConstraint(fields=["place"], condition=Q(until__isnull=True), name="team_one_a_community"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="team_until_after_since"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """A group of a team: by skill, interest, wish or time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="groups")
    name = models.CharField(max_length=60)
    focus = models.CharField(max_length=10, choices=Focus.choices)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "name"], condition=Q(until__isnull=True), name="group_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    """A person on a team. `seat` numbers the posts of which there are few: the captain's is 1, the vices' 1 and 2."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="members")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="team_memberships")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, null=True, blank=True, related_name="members")
    post = models.CharField(max_length=16, choices=TeamPost.choices, default=TeamPost.MEMBER)
    seat = models.PositiveSmallIntegerField(null=True, blank=True)
    appointment_id = models.UUIDField(null=True, blank=True)  # what gives a captain their rights
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person"], condition=Q(until__isnull=True), name="team_member_once"
            ),
            models.UniqueConstraint(
                fields=["team", "post", "seat"],
                condition=Q(until__isnull=True, seat__isnull=False),
                name="team_seat_once",
            ),
            models.UniqueConstraint(
                fields=["group"], condition=Q(until__isnull=True, post=TeamPost.GROUP_LEAD), name="group_one_lead"
            ),
            models.CheckConstraint(
                condition=(Q(post=TeamPost.CAPTAIN) & Q(seat=1))
                | (Q(post=TeamPost.VICE_CAPTAIN) & Q(seat__in=(1, 2)))
                | (Q(post__in=(TeamPost.GROUP_LEAD, TeamPost.MEMBER)) & Q(seat__isnull=True)),
                name="team_seats_of_posts",
            ),
            models.CheckConstraint(
                condition=~Q(post=TeamPost.GROUP_LEAD) | Q(group__isnull=False), name="team_lead_has_group"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.post} {self.team_id}"


class Nomination(models.Model):
    """Somebody is proposed for a post: by themselves, by the neighbours (how many), by an organisation (which)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="nominations")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="nominations")
    post = models.CharField(max_length=16, choices=TeamPost.choices)
    way = models.CharField(max_length=16, choices=NominationWay.choices)
    supporters = models.PositiveIntegerField(default=0)  # of a mass nomination
    organisation = models.CharField(max_length=80, blank=True, default="")  # of an organisation's
    reason = models.CharField(max_length=300, blank=True, default="")
    state = models.CharField(max_length=12, choices=NominationState.choices, default=NominationState.OPEN)
    at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person", "post"],
                condition=Q(state=NominationState.OPEN),
                name="nomination_once",
            ),
            models.CheckConstraint(
                condition=Q(state=NominationState.OPEN, decided_at__isnull=True)
                | (~Q(state=NominationState.OPEN) & Q(decided_at__isnull=False)),
                name="nomination_decided",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.post}"
