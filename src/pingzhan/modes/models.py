"""Responses and what they lay over peacetime. This room knows no plan: `response`, above it, writes these rows."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.modes.choices import OverlayKind


class Response(models.Model):
    """One emergency response for some places, real or exercise, with an end date."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.CharField(max_length=80)  # the plan's name as shown to people
    # To English readers, where it has one.
    plan_en = models.CharField(max_length=120, blank=True, default="", db_default="")
    level = models.PositiveSmallIntegerField()  # 1 highest … 4
    exercise = models.BooleanField(default=False)
    since = models.DateTimeField()
    until = models.DateTimeField()  # lapses then unless renewed
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["until"], condition=Q(ended_at__isnull=True), name="response_in_force")]
        constraints = [
            models.CheckConstraint(condition=Q(level__gte=1, level__lte=4), name="response_level_1_to_4"),
            models.CheckConstraint(condition=Q(until__gt=F("since")), name="response_ends"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.level}"


class ResponsePlace(models.Model):
    """A subtree that a response covers."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="places")
    path = PathField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "path"], name="response_place_once")]

    def __str__(self) -> str:
        return self.path


class Participant(models.Model):
    """Somebody who takes part in an exercise: nobody else sees it."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="participants")
    user_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["user_id"])]
        constraints = [models.UniqueConstraint(fields=["response", "user_id"], name="participant_once")]

    def __str__(self) -> str:
        return str(self.user_id)


class Overlay(models.Model):
    """One change that a response lays over peacetime data. It ends with its response, or before at `until`.

    `target` is what is changed: the id of a room or a person as text, or the path of a place. Of several changes of
    one target `key` tells which is meant (which clock, which duty). `path` is where it holds, for scopes;
    `person_id` whose change it is.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    response = models.ForeignKey(Response, on_delete=models.PROTECT, related_name="overlays")
    kind = models.CharField(max_length=20, choices=OverlayKind.choices)
    target = PathField(max_length=200)
    key = PathField(max_length=80, blank=True, default="")
    path = PathField(max_length=200)
    person_id = models.UUIDField(null=True, blank=True)
    payload = models.JSONField()
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["kind", "target"], name="overlay_target"),
            models.Index(fields=["person_id"], condition=Q(person_id__isnull=False), name="overlay_person"),
            models.Index(fields=["response", "kind", "path"], name="overlay_of_response"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=OverlayKind.values), name="overlay_kind_known"),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="overlay_ends_after_start"
            ),
            models.UniqueConstraint(
                fields=["response", "kind", "target", "key"], condition=Q(until__isnull=True), name="overlay_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target} {self.key}"


class Change(models.Model):
    """What was done to a response, with the words said about it: the journal holds their digest only."""

    response = models.ForeignKey(Response, on_delete=models.CASCADE, related_name="changes")
    verb = models.CharField(max_length=20)  # begin, change_level, renew, end, lapse
    at = models.DateTimeField()
    actor_name = models.CharField(max_length=80, blank=True, default="")
    level = models.PositiveSmallIntegerField()
    until = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["response", "at"])]

    def __str__(self) -> str:
        return f"{self.verb} {self.at}"
