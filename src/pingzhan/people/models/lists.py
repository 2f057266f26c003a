"""Lists as data: what may be passed down to communities, powers given to them, what a team offers; in versions."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.people.choices import ListKind


class ListVersion(models.Model):
    """One version of a list, in force under its place from `since` until the next one follows."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=ListKind.choices)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="lists")
    path = PathField(max_length=200)
    number = models.PositiveIntegerField()
    by_name = models.CharField(max_length=80)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["path", "kind"], name="list_path")]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "kind"], condition=Q(until__isnull=True), name="list_one_in_force"
            ),
            models.UniqueConstraint(fields=["place", "kind", "number"], name="list_numbered"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="list_until_after_since"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class ListItem(models.Model):
    """One line: a category's code on the list of what may be passed down, a power or an offer with its limits."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    version = models.ForeignKey(ListVersion, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=60, blank=True, default="")
    name = models.CharField(max_length=120)
    limits = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "position"], name="list_item_position")]

    def __str__(self) -> str:
        return self.name
