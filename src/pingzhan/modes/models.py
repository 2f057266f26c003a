"""Responses in force. This room knows no plan: `response`, above it, writes these rows."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7


class Response(models.Model):
    """One emergency response for some places, real or exercise, with an end date."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.CharField(max_length=80)  # the plan's name as shown to people
    level = models.PositiveSmallIntegerField()  # 1 highest … 4
    exercise = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField()  # lapses then unless renewed
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["until"], condition=Q(ended_at__isnull=True), name="response_in_force")]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="response_level_1_to_4"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="response_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.level}"


class ResponsePlace(models.Model):
    """A subtree that a response covers."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="places")
    path = PathField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "path"], name="response_place_once")]

    def __str__(self) -> str:
        return self.path
