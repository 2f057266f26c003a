"""What was learned from dispatched matters: one row a version, of which one at most is in use."""

from django.db import models
from django.db.models import Q

from pingzhan.core.ids import uuid7
from pingzhan.matters.choices import Target


class LearnedModel(models.Model):
    """A version of what suggests categories or handlers. The numbers themselves lie in a file named by its content."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    target = models.CharField(max_length=10, choices=Target.choices)
    trained_at = models.DateTimeField()
    examples = models.PositiveIntegerField()
    labels = models.PositiveIntegerField()
    threshold = models.FloatField()  # below this probability nothing is suggested; above 1: never
    measured = models.JSONField()  # on the latest fifth of the examples, which it had not seen
    artefact = models.CharField(max_length=100)
    active = models.BooleanField(default=False)
    active_since = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["target"], condition=Q(active=True), name="one_learned_model_in_use")
        ]
        indexes = [models.Index(fields=["target", "-id"], name="learned_latest")]

    def __str__(self) -> str:
        return f"{self.target} {self.trained_at:%Y-%m-%d %H:%M}"
