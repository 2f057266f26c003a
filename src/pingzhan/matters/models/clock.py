"""Deadlines."""

from django.db import models
from django.db.models import F, Q

from pingzhan.matters.choices import Basis, ClockKind, ClockState
from pingzhan.matters.models.matter import Matter


class Clock(models.Model):
    """A deadline as a row."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=20, choices=ClockKind.choices)
    state = models.CharField(max_length=10, choices=ClockState.choices, default=ClockState.RUNNING)
    basis = models.CharField(max_length=10, choices=Basis.choices)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="clock_due", condition=Q(state="running"))]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "kind"],
                condition=Q(state__in=["running", "paused"]),
                name="one_running_clock_of_a_kind",
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="clock_due_after_start"),
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused"], stopped_at__isnull=True)
                | Q(state__in=["met", "late", "stopped"], stopped_at__isnull=False),
                name="clock_stopped_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%Y-%m-%d %H:%M}"
