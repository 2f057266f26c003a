"""How a matter goes from hand to hand beyond the main path: referred up, merged, supervised."""

from django.db import models
from django.db.models import Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.matters.models.matter import Matter


class Referral(models.Model):
    """One level that a matter passed on its way up; its result comes back down through the same levels."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="referrals", db_index=False)
    round = models.PositiveSmallIntegerField()  # the matter's reopenings until then
    position = models.PositiveSmallIntegerField()  # from 0, the lowest level first
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)  # passed it on
    to_unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    referred_at = models.DateTimeField()
    entry_uid = models.UUIDField()  # the journal entry, with whose words the reason stands
    confirmed_at = models.DateTimeField(null=True, blank=True)  # the result, on its way back
    confirmed_by = models.UUIDField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)  # sent back down before it was settled

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "round", "position"], name="each_level_passed_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}: {self.unit_id} → {self.to_unit_id}"


class Merger(models.Model):
    """One sheet joined to another; undone within some days. `lent`: the other's clocks as they were before."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="mergers", db_index=False)
    into = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="+", db_index=False)
    came_from = models.CharField(max_length=12)  # the state before
    clocks = models.JSONField(default=list)  # ids of the clocks that stopped with the sheet
    lent = models.JSONField(default=list)  # [{"id", "started_at", "due_at"}] of the other's clocks, or {"id"} if lent
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["matter", "at"], name="merger_matter")]
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(undone_at__isnull=True), name="merged_once"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} → {self.into_id}"


class Supervision(models.Model):
    """A supervised case (督办): what is demanded of whom by when, the answer, the release."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="supervisions", db_index=False)
    path = PathField(max_length=200)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)  # is asked
    requirement = models.TextField()
    due_at = models.DateTimeField()
    ordered_at = models.DateTimeField()
    ordered_by = models.UUIDField(null=True, blank=True)
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["matter", "ordered_at"], name="supervision_matter"),
            models.Index(fields=["due_at", "id"], name="supervision_due", condition=Q(released_at__isnull=True)),
            models.Index(fields=["-ordered_at", "-id"], name="supervision_latest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"], condition=Q(released_at__isnull=True), name="one_supervision_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="supervision_answer_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.requirement[:20]}"
