"""Organisations."""

from django.db import models
from django.db.models import Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.people.choices import UnitKind


class Unit(models.Model):
    """An organisation; with a section it can be made responsible for matters."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = PathField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    kind = models.CharField(max_length=20, choices=UnitKind.choices)
    # Its field of work; dispatch rules name it, e.g. "community.committee". Empty: it handles no matters.
    section = models.CharField(max_length=40, blank=True, default="")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="units")
    path = PathField(max_length=200)
    superior = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="subordinates")
    phone = models.CharField(max_length=40, blank=True, default="")  # an office's public number
    address = models.CharField(max_length=160, blank=True, default="")
    version = models.PositiveIntegerField(default=1)
    until = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["path", "kind"]),
            models.Index(fields=["section"]),
            models.Index(fields=["path", "code"], name="unit_in_order", condition=Q(until__isnull=True)),
        ]

    def __str__(self) -> str:
        return self.name
