"""Who holds which role where, and until when."""

from django.db import models
from django.db.models import F, Q

from pingzhan.access.roles import role_choices
from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.people.choices import AppointmentKind
from pingzhan.people.models.persons import Person
from pingzhan.people.models.units import Unit


class Appointment(models.Model):
    """A person holds a role at a place for a period; the story behind a grant.

    `until` is when it ended; `term_until` when it is going to end by itself. `sole`: the post has one holder.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=40, choices=role_choices)
    kind = models.CharField(max_length=20, choices=AppointmentKind.choices, blank=True, default="")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="appointments")
    path = PathField(max_length=200)
    level = models.CharField(max_length=10, blank=True, default="")  # of the place, which never changes it
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="appointments")
    sole = models.BooleanField(default=False)
    acting = models.BooleanField(default=False)  # until somebody is appointed for good
    grant_id = models.UUIDField(null=True, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    term_until = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["place", "role"]),
            models.Index(fields=["person"]),
            models.Index(
                fields=["role", "kind", "level", "path", "place"],
                name="appointment_cover",
                condition=Q(until__isnull=True),
            ),
            models.Index(fields=["path", "person"], name="appointment_reach", condition=Q(until__isnull=True)),
            models.Index(
                fields=["term_until"],
                name="appointment_term",
                condition=Q(until__isnull=True, term_until__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="appointment_until_after_since"
            ),
            models.CheckConstraint(
                condition=Q(term_until__isnull=True) | Q(term_until__gt=F("since")), name="appointment_term_after_since"
            ),
            models.UniqueConstraint(
                fields=["person", "role", "place", "kind"], condition=Q(until__isnull=True), name="appointment_once"
            ),
            models.UniqueConstraint(
                fields=["place", "role", "kind"], condition=Q(until__isnull=True, sole=True), name="appointment_sole"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.role} @ {self.path}"
