"""Running numbers."""

from django.db import models


class Counter(models.Model):
    """The last number given out in one scope, e.g. one community on one day."""

    scope = models.CharField(max_length=80, primary_key=True)
    value = models.BigIntegerField()

    def __str__(self) -> str:
        return f"{self.scope}: {self.value}"
