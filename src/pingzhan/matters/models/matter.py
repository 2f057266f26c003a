"""The sheet itself."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.core.sealed import SealedTextField, mask_name, mask_phone
from pingzhan.matters.choices import Source, Status, Urgency
from pingzhan.matters.models.catalogue import Category

if TYPE_CHECKING:
    from pingzhan.matters.models.clock import Clock


class Matter(models.Model):
    """One sheet a matter."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=40, unique=True)
    query_code = models.CharField(max_length=12)
    title = models.CharField(max_length=60)
    text = models.TextField()
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="matters", db_index=False)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ROUTINE)
    source = models.CharField(max_length=10, choices=Source.choices)

    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="matters", db_index=False)
    path = PathField(max_length=200)
    # Codes cut from the path, so that a list of one street or community walks one index.
    street = models.CharField(max_length=12, blank=True, default="")
    community = models.CharField(max_length=12, blank=True, default="")
    lon = models.FloatField(null=True, blank=True)
    lat = models.FloatField(null=True, blank=True)
    address = models.CharField(max_length=200, blank=True, default="")

    anonymous = models.BooleanField(default=False)
    reporter_id = models.UUIDField(null=True, blank=True)  # the signed-in resident, if any
    contact_name = SealedTextField(blank=True, default="", mask=mask_name)
    contact_phone = SealedTextField(blank=True, default="", mask=mask_phone)
    contact_index = models.CharField(max_length=64, null=True, blank=True)

    status = models.CharField(max_length=12, choices=Status.choices, default=Status.SUBMITTED)
    is_open = models.BooleanField(default=True)
    receiver = models.ForeignKey(  # first-asked responsibility: accepts, dispatches, feeds back
        "people.Unit", on_delete=models.PROTECT, related_name="received", db_index=False
    )
    suggested = models.ForeignKey(
        "people.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    handler = models.ForeignKey(
        "people.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="handled", db_index=False
    )
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="children", db_index=False
    )
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    # Who must act now where it is not whom the state names: decides a pause, decides after too many returns, confirms
    # a result on its way down.
    awaits = models.ForeignKey(
        "people.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    asked = models.BooleanField(default=False, db_default=False)  # a question to the reporter has no answer yet
    waiting = models.BooleanField(default=False, db_default=False)  # a pause is asked for or in force
    binding = models.BooleanField(default=False, db_default=False)  # a superior has decided who handles it: no return
    supervised = models.BooleanField(default=False)
    escalated = models.PositiveSmallIntegerField(default=0, db_default=0)  # the highest rung of its overdue clocks
    returns = models.PositiveSmallIntegerField(default=0)
    reopens = models.PositiveSmallIntegerField(default=0)

    reported_at = models.DateTimeField()
    status_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    # Not a column: on a matter that was reported just now its clocks, so that the answer need not read them back.
    first_clocks: "tuple[Clock, ...]" = ()

    class Meta:
        indexes = [
            models.Index(fields=["street", "-id"], name="matter_street"),
            models.Index(fields=["community", "-id"], name="matter_community"),
            models.Index(fields=["path", "-id"], name="matter_path"),
            models.Index(fields=["status", "-id"], name="matter_status"),
            models.Index(fields=["category", "-id"], name="matter_category"),
            # With what a unit narrows by: those of a kind, a state, a place are found without reading all that it has.
            models.Index(
                fields=["handler", "-id", "category", "status", "community", "path"],
                name="matter_handler_kind",
                condition=Q(handler__isnull=False),
            ),
            models.Index(fields=["community", "status", "-id"], name="matter_open_here", condition=Q(is_open=True)),
            models.Index(fields=["street", "status", "-id"], name="matter_open_street", condition=Q(is_open=True)),
            models.Index(fields=["handler", "status", "-id"], name="matter_open_handler", condition=Q(is_open=True)),
            models.Index(fields=["receiver", "-id"], name="matter_open_receiver", condition=Q(is_open=True)),
            models.Index(fields=["-id"], name="matter_open", condition=Q(is_open=True)),
            # Lists of one state of a whole district, and the desk's counts, which read nothing but this index.
            models.Index(
                fields=["status", "-id", "path", "next_due_at", "handler", "receiver", "awaits", "is_open"],
                name="matter_open_status",
                condition=Q(is_open=True),
            ),
            models.Index(fields=["awaits", "-id"], name="matter_awaits", condition=Q(awaits__isnull=False)),
            models.Index(fields=["-id"], name="matter_escalated", condition=Q(is_open=True, escalated__gt=1)),
            # Few of very many: without an index of their own the whole list is walked to find a page of them.
            models.Index(fields=["-id"], name="matter_supervised", condition=Q(supervised=True, is_open=True)),
            models.Index(fields=["urgency", "-id"], name="matter_open_urgency", condition=Q(is_open=True)),
            models.Index(fields=["next_due_at", "id"], name="matter_due", condition=Q(next_due_at__isnull=False)),
            models.Index(fields=["reporter_id", "-id"], name="matter_reporter", condition=Q(reporter_id__isnull=False)),
            models.Index(fields=["contact_index"], name="matter_contact", condition=Q(contact_index__isnull=False)),
            models.Index(fields=["parent"], name="matter_parent", condition=Q(parent__isnull=False)),
            models.Index(fields=["merged_into"], name="matter_merged", condition=Q(merged_into__isnull=False)),
        ]
        constraints = [
            # An anonymous matter has nothing that could tell who.
            models.CheckConstraint(
                condition=Q(anonymous=False)
                | Q(reporter_id__isnull=True, contact_index__isnull=True, contact_name="", contact_phone=""),
                name="anonymous_is_anonymous",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["dispatched", "in_progress", "on_hold", "completed"])
                | Q(handler__isnull=False),
                name="in_hand_has_handler",
            ),
            models.CheckConstraint(
                condition=~Q(status="merged") | Q(merged_into__isnull=False), name="merged_into_something"
            ),
            models.CheckConstraint(
                condition=Q(is_open=False) | ~Q(status__in=["archived", "rejected", "merged", "withdrawn"]),
                name="closed_is_not_open",
            ),
        ]

    def __str__(self) -> str:
        return self.number
