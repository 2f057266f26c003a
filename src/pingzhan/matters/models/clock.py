"""Deadlines, what happens when they pass, and what makes them stand still."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.ids import uuid7
from pingzhan.matters.choices import Basis, ClockKind, ClockState, PauseCause, PauseState, Tier, Urgency
from pingzhan.matters.models.matter import Matter


class Ladder(models.Model):
    """Who is told when a clock is overdue, rung by rung. Never changed: a new one follows, running clocks keep theirs.

    `rungs`: [{"tier": one of Tier, "basis": one of Basis, "minutes": wait since the rung before, or since it was due}].
    """

    kind = models.CharField(max_length=20, choices=ClockKind.choices, blank=True, default="")  # empty: any
    urgency = models.CharField(max_length=10, choices=Urgency.choices, blank=True, default="")  # empty: any
    rungs = models.JSONField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "urgency"], condition=Q(until__isnull=True), name="one_ladder_in_force"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind or '*'} {self.urgency or '*'}: {len(self.rungs)}"


class Clock(models.Model):
    """A deadline as a row. `unit`: whose it is, where that is not the unit which the matter's state names."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=20, choices=ClockKind.choices)
    unit = models.ForeignKey(
        "people.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    state = models.CharField(max_length=10, choices=ClockState.choices, default=ClockState.RUNNING)
    basis = models.CharField(max_length=10, choices=Basis.choices)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)
    ladder = models.ForeignKey(
        Ladder, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    rung = models.PositiveSmallIntegerField(default=0, db_default=0)  # how many rungs of the ladder have been climbed
    act_at = models.DateTimeField(null=True, blank=True)  # when the next one is; null: none is left

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="clock_due", condition=Q(state="running")),
            models.Index(fields=["act_at", "id"], name="clock_act", condition=Q(state="running", act_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "kind"],
                condition=Q(state__in=["running", "paused"], unit__isnull=True),
                name="one_running_clock_of_a_kind",
            ),
            models.UniqueConstraint(
                fields=["matter", "kind", "unit"],
                condition=Q(state__in=["running", "paused"], unit__isnull=False),
                name="one_running_clock_of_a_unit",
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


class Escalation(models.Model):
    """One rung climbed: an overdue clock was told to a unit. Why: the clock, and how late it was."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    clock = models.ForeignKey(Clock, on_delete=models.CASCADE, related_name="escalations", db_index=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="escalations", db_index=False)
    rung = models.PositiveSmallIntegerField()  # from 1
    tier = models.CharField(max_length=10, choices=Tier.choices)
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)  # told
    owed_by = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+", db_index=False)
    late_minutes = models.PositiveIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["matter", "at"], name="escalation_matter"),
            models.Index(fields=["unit", "-id"], name="escalation_unit"),
        ]
        constraints = [models.UniqueConstraint(fields=["clock", "rung"], name="each_rung_once")]

    def __str__(self) -> str:
        return f"{self.tier} {self.rung}"


class Pause(models.Model):
    """Why and until when the clocks stand still: asked for, decided, ended."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="pauses", db_index=False)
    cause = models.CharField(max_length=10, choices=PauseCause.choices)
    state = models.CharField(max_length=10, choices=PauseState.choices)
    requested_at = models.DateTimeField()
    until = models.DateTimeField()  # it ends by itself then at the latest
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.UUIDField(null=True, blank=True)  # the user; null for what needs no approval
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["matter", "requested_at"], name="pause_matter"),
            models.Index(fields=["until", "id"], name="pause_until", condition=Q(state__in=["requested", "approved"])),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["matter"], condition=Q(state__in=["requested", "approved"]), name="one_pause_at_a_time"
            ),
            models.CheckConstraint(condition=Q(until__gt=F("requested_at")), name="pause_until_after_request"),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "lapsed"], decided_at__isnull=True)
                | Q(state__in=["approved", "refused", "ended"], decided_at__isnull=False),
                name="pause_decided_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["requested", "approved"], ended_at__isnull=True)
                | Q(state__in=["refused", "ended", "lapsed"], ended_at__isnull=False),
                name="pause_ended_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.cause} {self.state} {self.until:%Y-%m-%d}"
