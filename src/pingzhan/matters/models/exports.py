"""Lists that were asked for as a file."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from pingzhan.core.ids import uuid7
from pingzhan.matters.choices import ExportFormat, ExportState


class Export(models.Model):
    """A file with the matters that `filters` show to who asked, written in the background and kept for some days."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField()
    format = models.CharField(max_length=10, choices=ExportFormat.choices)
    language = models.CharField(max_length=10)  # of the headings and labels
    filters = models.JSONField(encoder=DjangoJSONEncoder)
    reach = models.JSONField(default=list)  # [path, unit id or null]: how far the rights went by which it was written
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    done = models.PositiveIntegerField(default=0)  # rows written so far
    total = models.PositiveIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=200, blank=True, default="")  # why there is no file, in words
    name = models.CharField(max_length=100, blank=True, default="")  # of the stored file
    size = models.PositiveBigIntegerField(default=0)  # bytes
    finished_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)  # the file is dropped then

    class Meta:
        indexes = [
            models.Index(fields=["by", "-id"], name="export_latest"),
            models.Index(fields=["until"], name="export_until", condition=Q(state="ready")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | (~Q(name="") & Q(until__isnull=False, finished_at__isnull=False)),
                name="export_ready_has_file",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.format} {self.at:%Y-%m-%d %H:%M}"
