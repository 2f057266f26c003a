"""Working through a surge: what was done to many at once, as long as it can be undone, and who else looks on."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models

from pingzhan.core.ids import uuid7
from pingzhan.matters.models.matter import Matter


class BulkAction(models.Model):
    """One press of a button on many matters."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    act = models.CharField(max_length=20)
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["by", "-at"], name="bulk_latest")]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"


class BulkItem(models.Model):
    """One matter of it as it was before, without anything that somebody wrote."""

    action = models.ForeignKey(BulkAction, on_delete=models.CASCADE, related_name="items")
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.PositiveIntegerField()  # after the act: while the matter has it, nothing has happened since
    before = models.JSONField(encoder=DjangoJSONEncoder)  # the columns that the act changed
    clocks = models.JSONField(encoder=DjangoJSONEncoder)  # all columns of its clocks, by their ids
    messages = models.JSONField(default=list)  # ids of what waits in the outbox because of it
    entries = models.JSONField(default=list)  # ids of its entries in the journal

    class Meta:
        constraints = [models.UniqueConstraint(fields=["action", "matter"], name="bulk_item_once")]

    def __str__(self) -> str:
        return str(self.matter_id)


class Presence(models.Model):
    """Somebody of the staff has this sheet open. It locks nothing and is forgotten within a minute."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="+", db_index=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["matter", "user"], name="present_once")]
        indexes = [models.Index(fields=["seen_at"], name="presence_seen")]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.user_id}"
