"""Stations, their rooms, and what a room can serve as."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.stations.choices import StationLevel


class Facility(models.Model):
    """One kind of equipment that a room has or a function needs: water, power, a second door. Reference data."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80, blank=True, default="")

    def __str__(self) -> str:
        return self.name


class FunctionKind(models.Model):
    """What a room can serve as, in peacetime or in an emergency. Reference data, not code."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80, blank=True, default="")
    emergency = models.BooleanField(default=False)
    hardware = models.JSONField(default=list, blank=True)  # codes of facilities without which it cannot be
    minutes = models.PositiveIntegerField(default=0)  # how long the change of a room to it usually takes
    checklist = models.JSONField(default=list, blank=True)  # the steps of the change, in order
    order = models.PositiveSmallIntegerField(default=0)

    def __str__(self) -> str:
        return self.name


class Station(models.Model):
    """A Party and public service centre, a station or a point; also a temporary one."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    level = models.CharField(max_length=10, choices=StationLevel.choices)
    temporary = models.BooleanField(default=False)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="stations")
    path = PathField(max_length=200)
    address = models.CharField(max_length=200, blank=True, default="")
    lon = models.FloatField(null=True, blank=True)  # WGS-84, degrees
    lat = models.FloatField(null=True, blank=True)
    opening = models.CharField(max_length=200, blank=True, default="")  # in words, as it stands on the door
    in_charge = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, null=True, blank=True, related_name="stations_in_charge"
    )
    phone = models.CharField(max_length=40, blank=True, default="")  # a public number
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["path", "code"], name="station_path")]
        constraints = [
            models.CheckConstraint(condition=Q(level__in=StationLevel.values), name="station_level_known"),
            models.CheckConstraint(
                condition=Q(lon__isnull=True, lat__isnull=True)
                | Q(lon__isnull=False, lat__isnull=False, lon__range=(-180, 180), lat__range=(-90, 90)),
                name="station_point_on_globe",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("created_at")), name="station_ends_after_start"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Room(models.Model):
    """A room of a station, with what it serves as in peacetime."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    station = models.ForeignKey(Station, on_delete=models.PROTECT, related_name="rooms")
    name = models.CharField(max_length=60)
    floor = models.CharField(max_length=10, blank=True, default="")
    capacity = models.PositiveIntegerField(default=0)  # people
    function = models.ForeignKey(FunctionKind, on_delete=models.PROTECT, related_name="+")
    facilities = models.JSONField(default=list, blank=True)  # codes
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["station", "name"], condition=Q(until__isnull=True), name="room_name_once_a_station"
            ),
            models.CheckConstraint(condition=~Q(name=""), name="room_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Profile(models.Model):
    """What a room was found fit for in an emergency, as somebody on the spot checked it."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="profiles")
    function = models.ForeignKey(FunctionKind, on_delete=models.PROTECT, related_name="+")
    capacity = models.PositiveIntegerField(default=0)  # people; 0: as the room
    minutes = models.PositiveIntegerField(null=True, blank=True)  # the change takes; null: as is usual
    note = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "function"], name="profile_once")]

    def __str__(self) -> str:
        return f"{self.room_id} {self.function_id}"
