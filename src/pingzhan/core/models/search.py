"""The words that things are found by."""

from django.db import models

from pingzhan.core.db import TokensField


class SearchDocument(models.Model):
    """The tokens of one subject. Its index is engine specific: see create_search in core/db.py."""

    kind = models.CharField(max_length=32)  # e.g. "matter"
    subject_id = models.UUIDField()
    tokens = TokensField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_id"], name="search_document_subject_once"),
        ]
        indexes = [models.Index(fields=["kind", "id"], name="search_document_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_id}"
