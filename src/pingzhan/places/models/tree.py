"""The one area tree, its outlines, and the mark by which every process learns that they changed."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Length, Right, StrIndex
from django.db.models.lookups import Exact

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.places.choices import GridKind, Level


class Place(models.Model):
    """A node of the area tree, from the province down to one household.

    `code` is its name for life; `path`, the codes from the top down to it with a slash behind each, moves when a grid
    is redrawn. A place that is no more has `until`, and `merged_into` when another took it over.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # PathField: compared byte by byte, so that the database, Python and every page agree on which code comes first
    # and a prefix is a range of the index. The same holds for the search by the first characters of a name.
    code = PathField(max_length=32, unique=True)
    name = PathField(max_length=80)
    level = models.CharField(max_length=10, choices=Level.choices)
    path = PathField(max_length=200, unique=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    kind = models.CharField(max_length=10, choices=GridKind.choices, blank=True, default="")  # of grids only
    households = models.PositiveIntegerField(default=0)  # in it and below; 0: not known
    lon = models.FloatField(null=True, blank=True)  # WGS-84, degrees: where its name is written on a map
    lat = models.FloatField(null=True, blank=True)
    # Of buildings only; null: not known. Without defaults, since households are written by the hundred thousand.
    estate = models.ForeignKey(
        "places.Estate", on_delete=models.PROTECT, null=True, blank=True, related_name="buildings"
    )
    floors = models.PositiveSmallIntegerField(null=True, blank=True)
    entrances = models.PositiveSmallIntegerField(null=True, blank=True)  # 单元
    is_demo = models.BooleanField(default=False)  # made up
    created_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )

    class Meta:
        indexes = [
            # Of the present ones only, so that they are counted from the index alone.
            models.Index(fields=["level", "path"], name="place_now", condition=Q(until__isnull=True)),
            # Nobody looks for "201" in a whole city: rooms are found through their building.
            models.Index(fields=["name"], name="place_name", condition=~Q(level=Level.HOUSEHOLD)),
            models.Index(fields=["merged_into"], name="place_merged", condition=Q(merged_into__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=Level.values), name="place_level_known"),
            models.CheckConstraint(
                condition=Q(level=Level.GRID, kind__in=GridKind.values) | (~Q(level=Level.GRID) & Q(kind="")),
                name="place_kind_of_grids",
            ),
            models.CheckConstraint(
                condition=Q(level=Level.BUILDING) | Q(estate__isnull=True, floors__isnull=True, entrances__isnull=True),
                name="place_facts_of_buildings",
            ),
            models.CheckConstraint(
                condition=~Q(code="") & ~Q(name="") & Q(Exact(StrIndex("code", Value("/")), 0)), name="place_has_names"
            ),
            models.CheckConstraint(
                condition=Exact(Right("path", Length("code") + 1), Concat("code", Value("/"))),
                name="place_path_ends_in_code",
            ),
            models.CheckConstraint(
                condition=Q(parent__isnull=False) | Q(path=Concat("code", Value("/"))), name="place_root_has_own_path"
            ),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__isnull=False, lat__isnull=False, lon__range=(-180, 180), lat__range=(-90, 90)),
                name="place_point_on_globe",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("created_at")), name="place_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | (Q(until__isnull=False) & ~Q(merged_into=F("id"))),
                name="place_merged_has_ended",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class FormerName(models.Model):
    """What a place was called before it was renamed; it can still be found under it."""

    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="former_names")
    name = PathField(max_length=80, db_index=True)
    until = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="former_name_not_empty")]

    def __str__(self) -> str:
        return self.name


class Outline(models.Model):
    """The outline of a place: the text of a GeoJSON Polygon or MultiPolygon, WGS-84 longitude and latitude.

    Apart from Place, because it is large and lists do not need it; and `is_demo` is its own, because a real street may
    have a made-up outline.
    """

    place = models.OneToOneField(Place, on_delete=models.CASCADE, primary_key=True, related_name="outline")
    geometry = models.TextField()
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(geometry=""), name="outline_has_geometry")]

    def __str__(self) -> str:
        return str(self.place_id)


class PlacesVersion(models.Model):
    """One row whose token is new after every change of places or outlines: indexes in memory compare it.

    A token and not a number: after a rollback or a restored backup a number could come again for another content.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    token = models.UUIDField(default=uuid7)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="places_version_single")]

    def __str__(self) -> str:
        return str(self.token)
