"""The four firsts of a matter: found, calmed, accepted, settled at the first moment."""

from django.db import models

from pingzhan.core.db import PathField
from pingzhan.matters.models.matter import Matter


class FirstTimes(models.Model):
    """How long after it was raised a matter was first answered, accepted and settled; written from the journal.

    Seconds from `found_at`; empty: not yet. What comes later (a reopening, a second completion) changes nothing.
    """

    matter = models.OneToOneField(Matter, on_delete=models.CASCADE, primary_key=True, related_name="firsts")
    path = PathField(max_length=200)
    community = models.CharField(max_length=12, blank=True, default="")
    found_at = models.DateTimeField()
    by_staff = models.BooleanField(default=False)  # seen on a round, before anybody had to complain
    calmed_in = models.PositiveIntegerField(null=True, blank=True)
    accepted_in = models.PositiveIntegerField(null=True, blank=True)
    settled_in = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["community", "found_at"], name="firsts_community"),
            models.Index(fields=["path", "found_at"], name="firsts_path"),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.calmed_in} {self.accepted_in} {self.settled_in}"
