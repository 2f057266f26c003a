"""Days on which work differs from the national calendar."""

from django.db import models


class CalendarDay(models.Model):
    """One day that overrides the national calendar, e.g. a local holiday or a year the calendar does not know yet."""

    date = models.DateField(unique=True)
    is_workday = models.BooleanField()
    name = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("date",)

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.name}".rstrip()
