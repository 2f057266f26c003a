"""Visits (走流程, 走千企访万户): who went where, how it was, and the matters that came of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.matters.choices_visit import VisitKind
from pingzhan.matters.models.matter import Matter


class Visit(models.Model):
    """One visit. What was found is not kept here: each problem is a matter of its own."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=VisitKind.choices)
    path = PathField(max_length=200)
    topic = models.CharField(max_length=80)  # which procedure, which enterprise, which building
    record = models.TextField(blank=True, default="")  # how it was
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )  # null: the system

    class Meta:
        indexes = [
            models.Index(fields=["path", "-id"], name="visit_path"),
            models.Index(fields=["by", "-id"], name="visit_by"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=VisitKind.values), name="visit_kind_known"),
            models.CheckConstraint(condition=~Q(topic=""), name="visit_has_topic"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.topic}"


class VisitFinding(models.Model):
    """A matter that a visit brought up."""

    visit = models.ForeignKey(Visit, on_delete=models.CASCADE, related_name="findings", db_index=False)
    position = models.PositiveSmallIntegerField()  # from 1
    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="visit_finding")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["visit", "position"], name="visit_finding_position")]

    def __str__(self) -> str:
        return f"{self.visit_id} {self.position}"
