"""Answers that are written again and again, kept once."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.matters.choices import Occasion
from pingzhan.matters.models.catalogue import Category


class AnswerTemplate(models.Model):
    """Words for an occasion, offered for matters under `path` of `category` (a kind or a group; null: any)."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    path = PathField(max_length=200)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    occasion = models.CharField(max_length=12, choices=Occasion.choices)
    title = models.CharField(max_length=40)
    text = models.TextField()  # with placeholders, see rules of matters.queries.templates
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    changed_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["path", "occasion", "title"], condition=Q(until__isnull=True), name="answer_template_once"
            ),
        ]
        indexes = [
            models.Index(fields=["path", "occasion"], name="answer_template_path", condition=Q(until__isnull=True))
        ]

    def __str__(self) -> str:
        return self.title
