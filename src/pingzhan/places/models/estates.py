"""Estates, and the other names that estates and places go by."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.places.models.tree import Place


class Estate(models.Model):
    """A named group of buildings inside one community (小区).

    No node of the tree: grids are drawn through large estates and around several small ones, so that an estate can
    stand neither above nor below them. `path` is that of its community.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = PathField(max_length=32, unique=True)  # "310107005001-E01": numbered in its community, for life
    community = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="estates")
    path = PathField(max_length=200)
    name = PathField(max_length=80)
    address = models.CharField(max_length=80, blank=True, default="")  # road and lane: "兰溪路88弄"
    is_demo = models.BooleanField(default=False)  # made up
    created_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["path", "name"], name="estate_path_name")]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(code=""), name="estate_has_names"),
            models.UniqueConstraint(
                fields=["community", "name"], condition=Q(until__isnull=True), name="estate_name_once_in_community"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("created_at")), name="estate_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Alias(models.Model):
    """Another name that people use for a place or an estate: a short form, an old one, a road with its number."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, null=True, blank=True, related_name="aliases")
    estate = models.ForeignKey(Estate, on_delete=models.CASCADE, null=True, blank=True, related_name="aliases")
    name = PathField(max_length=80)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="alias_not_empty"),
            models.CheckConstraint(
                condition=Q(place__isnull=False, estate__isnull=True) | Q(place__isnull=True, estate__isnull=False),
                name="alias_of_one_thing",
            ),
            models.UniqueConstraint(fields=["place", "name"], name="alias_of_place_once"),
            models.UniqueConstraint(fields=["estate", "name"], name="alias_of_estate_once"),
        ]

    def __str__(self) -> str:
        return self.name
