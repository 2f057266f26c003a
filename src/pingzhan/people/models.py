"""Units, persons and their appointments."""

from django.db import models
from django.db.models import F, Q

from pingzhan.access.roles import ROLES
from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.core.sealed import SealedTextField, mask_phone
from pingzhan.people.choices import UnitKind


class Unit(models.Model):
    """An organisation that can be made responsible for a matter."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=20, choices=UnitKind.choices)
    section = models.CharField(max_length=40)  # its field of work; dispatch rules name it, e.g. "committee"
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="units")
    path = PathField(max_length=200)
    superior = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="subordinates")
    phone = models.CharField(max_length=40, blank=True, default="")  # an office's public number
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["path", "kind"]), models.Index(fields=["section"])]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """Somebody known to the system by their work in it; residents are not registered here."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    phone = SealedTextField(blank=True, default="", mask=mask_phone)
    phone_index = models.CharField(max_length=64, null=True, blank=True, unique=True)
    user_id = models.UUIDField(null=True, blank=True, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


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
