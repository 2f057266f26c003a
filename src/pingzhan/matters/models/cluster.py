"""The same trouble told by several: matters gathered by time, place and words."""

from django.db import models

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.matters.models.catalogue import Category
from pingzhan.matters.models.matter import Matter


class Cluster(models.Model):
    """Matters of one street that tell of the same trouble within days of each other."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", db_index=False)  # of the first
    path = PathField(max_length=200)  # the smallest place that holds all of them
    size = models.PositiveIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-last_at", "-id"], name="cluster_latest")]

    def __str__(self) -> str:
        return f"{self.category_id} {self.size}"


class ClusterMember(models.Model):
    """A matter belongs to one cluster at most."""

    matter = models.OneToOneField(Matter, on_delete=models.CASCADE, related_name="cluster_member")
    cluster = models.ForeignKey(Cluster, on_delete=models.CASCADE, related_name="members")
    at = models.DateTimeField()  # when the matter was reported

    def __str__(self) -> str:
        return str(self.matter_id)
