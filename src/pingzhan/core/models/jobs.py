"""Signs of life of the background workers. The jobs themselves lie in the tables of django-tasks-db."""

from django.db import models


class WorkerBeat(models.Model):
    """One running worker; it renews `beat_at` every few seconds and deletes its row when it stops in order."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=100)
    process = models.PositiveIntegerField()  # id in the host's process table
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.host}:{self.process} {self.beat_at:%Y-%m-%d %H:%M:%S}"
