"""How a matter ended: its rating and its public notice."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.matters.models.catalogue import Category
from pingzhan.matters.models.matter import Matter


class Rating(models.Model):
    """What the reporter said of the handling, once a round."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="ratings")
    round = models.PositiveSmallIntegerField()  # 0, then one more for each reopening
    stars = models.PositiveSmallIntegerField(null=True, blank=True)  # null: not rated in time
    comment = models.CharField(max_length=500, blank=True, default="")
    reasons = models.JSONField(default=list, db_default=[])  # codes of RatingReason
    at = models.DateTimeField()
    reply = models.CharField(max_length=500, blank=True, default="", db_default="")  # of the receiver, to the reporter
    replied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "round"], name="rated_once_a_round"),
            models.CheckConstraint(
                condition=Q(stars__isnull=True) | Q(stars__gte=1, stars__lte=5), name="stars_one_to_five"
            ),
        ]

    def __str__(self) -> str:
        return str(self.stars)


class Notice(models.Model):
    """The public notice of a result, without personal data, approved by a person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="notice")
    path = PathField(max_length=200)
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    title = models.CharField(max_length=80)
    text = models.TextField()
    result = models.TextField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)  # taken down then

    class Meta:
        indexes = [
            models.Index(fields=["-approved_at", "-id"], name="notice_latest", condition=Q(until__isnull=True)),
            models.Index(fields=["path", "-approved_at"], name="notice_path"),
        ]

    def __str__(self) -> str:
        return self.title
