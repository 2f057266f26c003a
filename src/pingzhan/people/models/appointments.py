"""Who holds which role where, and until when."""

from django.db import models
from django.db.models import F, Q

from pingzhan.access.roles import ROLES
from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.people.models.persons import Person
from pingzhan.people.models.units import Unit


class Appointment(models.Model):
    """A person holds a role at a place for a period; the story behind a grant."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=40, choices=[(code, code) for code in ROLES])
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="appointments")
    path = PathField(max_length=200)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    grant_id = models.UUIDField(null=True, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["place", "role"]), models.Index(fields=["person"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="appointment_until_after_since"
            ),
            models.UniqueConstraint(
                fields=["person", "role", "place"], condition=Q(until__isnull=True), name="appointment_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.role} @ {self.path}"
