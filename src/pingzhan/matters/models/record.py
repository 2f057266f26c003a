"""What belongs to a step: words and pictures."""

from django.db import models

from pingzhan.core.ids import uuid7
from pingzhan.matters.models.matter import Matter


class Remark(models.Model):
    """Words that belong to a step. Kept apart from the journal, which holds their digest only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="remarks")
    entry_uid = models.UUIDField()  # the journal entry of the step
    step = models.CharField(max_length=12)
    text = models.TextField()
    is_public = models.BooleanField(default=False)  # shown to the reporter
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["matter", "at"])]

    def __str__(self) -> str:
        return self.text[:30]


class Attachment(models.Model):
    """A picture that belongs to a matter; the file is named by its content."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="attachments")
    step = models.CharField(max_length=12)
    name = models.CharField(max_length=100)
    thumbnail = models.CharField(max_length=100)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
