"""Organisations."""

from django.db import models

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
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
