"""Workbooks of buildings and households on their way in."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.places.choices import ImportKind, ImportState


class PlaceImport(models.Model):
    """One uploaded workbook: checked first, written when a person says so, then only its figures are kept.

    `rows` are what the sheet said, [[row number, {key: text}], …], until they are written or given up; `report` is
    what the check or the import found: {counts, errors: [{row, msg}]}.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=ImportKind.choices)
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.CHECKING)
    path = PathField(max_length=200)  # nothing outside of it is touched
    file_name = models.CharField(max_length=120)
    rows = models.JSONField(default=list)
    report = models.JSONField(default=dict)
    done = models.PositiveIntegerField(default=0)  # rows gone through, for the bar of progress
    total = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["by", "-id"], name="place_import_latest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["checking", "checked", "writing"], finished_at__isnull=True)
                | Q(state__in=["written", "failed", "dropped"], finished_at__isnull=False),
                name="place_import_finished_has_time",
            )
        ]

    def __str__(self) -> str:
        return self.file_name
