"""Words of a report that were taken out of sight; what was written stays, sealed."""

from django.conf import settings
from django.db import models

from pingzhan.core.sealed import SealedTextField
from pingzhan.matters.models.matter import Matter


class Redaction(models.Model):
    """The first wording of a matter of which a part was hidden. Opened only by those who handle it, on record."""

    matter = models.OneToOneField(Matter, on_delete=models.CASCADE, related_name="redaction")
    original = SealedTextField()
    reason = models.CharField(max_length=200)  # of the last time
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.matter_id} {self.at:%Y-%m-%d}"
