"""Residents who have the same trouble and follow the matter that was reported already."""

from django.db import models
from django.db.models import Q

from pingzhan.core.ids import uuid7
from pingzhan.core.sealed import SealedTextField, mask_phone
from pingzhan.matters.models.matter import Matter


class Following(models.Model):
    """One who follows a matter instead of reporting it again; with a phone or an account they are told the result."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="followings")
    user_id = models.UUIDField(null=True, blank=True)
    phone = SealedTextField(blank=True, default="", mask=mask_phone)
    phone_index = models.CharField(max_length=64, null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "phone_index"], condition=Q(phone_index__isnull=False), name="followed_once_a_phone"
            ),
            models.UniqueConstraint(
                fields=["matter", "user_id"], condition=Q(user_id__isnull=False), name="followed_once_a_user"
            ),
        ]

    def __str__(self) -> str:
        return str(self.matter_id)
