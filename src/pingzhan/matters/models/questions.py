"""Talking with the resident: what is asked on the way, and how they are after it."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from pingzhan.core.ids import uuid7
from pingzhan.matters.choices import CallResult
from pingzhan.matters.models.matter import Matter


class Question(models.Model):
    """What the unit in charge needs to know from who reported it. The words stand with the steps, as remarks."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="questions", db_index=False)
    text = models.TextField()
    asked_at = models.DateTimeField()
    until = models.DateTimeField()  # handling goes on then without an answer
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)  # answered, asked anew, or no longer of use

    class Meta:
        indexes = [models.Index(fields=["matter", "asked_at"], name="question_matter")]
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(closed_at__isnull=True), name="one_open_question"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answer="") | (Q(answered_at__isnull=False) & ~Q(answer="")),
                name="question_answer_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:30]


class CallBack(models.Model):
    """A call after closing (回访): what the resident said."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="call_backs", db_index=False)
    round = models.PositiveSmallIntegerField()  # the matter's reopenings until then
    result = models.CharField(max_length=12, choices=CallResult.choices)
    note = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )

    class Meta:
        indexes = [models.Index(fields=["matter", "-at"], name="call_back_matter")]

    def __str__(self) -> str:
        return f"{self.result} {self.at:%Y-%m-%d}"


class RatingReason(models.Model):
    """What somebody can tick beside their stars; reference data."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    good = models.BooleanField()  # offered with four and five stars; otherwise with one to three
    position = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name
