"""Answers kept so that a command sent twice takes effect once."""

from django.db import models


class IdempotencyRecord(models.Model):
    """The answer of one command of one caller; kept for a week, written in the command's transaction."""

    digest = models.BinaryField(primary_key=True, max_length=32)  # of owner, route and key
    body_digest = models.BinaryField(max_length=32)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.status} {self.created_at:%Y-%m-%d %H:%M}"
