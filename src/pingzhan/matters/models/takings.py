"""Inside a team: who of a unit's people has taken which of its matters, from when until when."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.ids import uuid7
from pingzhan.matters.choices_taking import TakingEnd, TakingWay
from pingzhan.matters.models.matter import Matter


class TeamRule(models.Model):
    """How a unit shares out its matters: at most `cap` open ones a person; without a row, as many as they take."""

    unit = models.OneToOneField("people.Unit", on_delete=models.PROTECT, primary_key=True, related_name="+")
    cap = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(cap__gte=1, cap__lte=200), name="team_cap_sensible")]

    def __str__(self) -> str:
        return f"{self.unit_id} ≤ {self.cap}"


class Taking(models.Model):
    """A person of the unit in charge has the matter; history stays.

    `slot` is the lowest free number among the person's open takings: together with its constraint it is the cap, which
    so holds also against two presses at once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="takings")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=10, choices=TakingWay.choices)
    slot = models.PositiveSmallIntegerField()
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # by when to sign, where the matter was not signed yet
    no_show_at = models.DateTimeField(null=True, blank=True)  # taken, and not signed by then
    until = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=12, choices=TakingEnd.choices, blank=True, default="")
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["unit", "person"], name="taking_open", condition=Q(until__isnull=True)),
            models.Index(fields=["due_at", "id"], name="taking_due", condition=Q(until__isnull=True)),
            models.Index(fields=["unit", "no_show_at"], name="taking_no_show", condition=Q(no_show_at__isnull=False)),
            models.Index(fields=["unit", "person", "-since"], name="taking_latest"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(until__isnull=True), name="taken_by_one"),
            models.UniqueConstraint(
                fields=["unit", "person", "slot"], condition=Q(until__isnull=True), name="taken_within_cap"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True, ending="") | (Q(until__gte=F("since")) & ~Q(ending="")),
                name="taking_ended_has_ending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.person_id}"
