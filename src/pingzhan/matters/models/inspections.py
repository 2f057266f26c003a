"""Inspections (巡查, 倒查, 专项督查): what was looked at, what was found, and whether it was mended."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.matters.choices_inspection import FindingState, InspectionForm
from pingzhan.matters.models.matter import Matter


class Inspection(models.Model):
    """One inspection of a unit at a place; closed when all that was found is mended. Of units, never of residents."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    form = models.CharField(max_length=10, choices=InspectionForm.choices)
    path = PathField(max_length=200)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)  # inspected
    # What a tracing goes back from.
    matter = models.ForeignKey(
        Matter, on_delete=models.PROTECT, null=True, blank=True, related_name="inspections", db_index=False
    )
    topic = models.CharField(max_length=80)
    record = models.TextField()  # what was looked at, and how it was
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # null: the system
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["path", "-id"], name="inspection_path"),
            models.Index(fields=["unit", "-id"], name="inspection_unit"),
            models.Index(fields=["matter", "-id"], name="inspection_matter", condition=Q(matter__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(form="trace") | Q(matter__isnull=False), name="inspection_trace_has_matter"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("at")), name="inspection_closed_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.form} {self.topic}"


class Finding(models.Model):
    """One thing found (问题): to be mended by the inspected unit until `due_at`, then confirmed by who inspects."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inspection = models.ForeignKey(Inspection, on_delete=models.CASCADE, related_name="findings", db_index=False)
    position = models.PositiveSmallIntegerField()  # from 1
    text = models.TextField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=FindingState.choices, default=FindingState.OPEN)
    answer = models.TextField(blank=True, default="")  # what was done about it
    mended_at = models.DateTimeField(null=True, blank=True)
    objection = models.TextField(blank=True, default="")  # why the last answer was not enough
    sent_back = models.PositiveSmallIntegerField(default=0, db_default=0)  # how often
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["inspection", "position"], name="finding_position_once"),
            models.CheckConstraint(
                condition=Q(state="open", mended_at__isnull=True, answer="", closed_at__isnull=True)
                | (Q(state="mended", mended_at__isnull=False, closed_at__isnull=True) & ~Q(answer=""))
                | (Q(state="closed", mended_at__isnull=False, closed_at__isnull=False) & ~Q(answer="")),
                name="finding_state_has_times",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.text[:20]}"
