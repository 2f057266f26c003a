"""Those who work here."""

from django.db import models

from pingzhan.core.ids import uuid7
from pingzhan.core.sealed import SealedTextField, mask_phone


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
