"""How many places had whom, day by day."""

from django.db import models

from pingzhan.core.db import PathField
from pingzhan.people.choices import AppointmentKind
from pingzhan.places.choices import Level


class CoverageDay(models.Model):
    """Of the places of `level` under `path`, on `day`: how many there were, and how many had a holder of the post."""

    id = models.BigAutoField(primary_key=True)
    day = models.DateField()
    path = PathField(max_length=200)
    level = models.CharField(max_length=10, choices=Level.choices)
    role = models.CharField(max_length=40)
    kind = models.CharField(max_length=20, choices=AppointmentKind.choices, blank=True, default="")
    total = models.PositiveIntegerField()
    covered = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["path", "day", "level", "role", "kind"], name="coverage_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.day} {self.role} {self.covered}/{self.total}"
