"""Matters: anything that someone raised and that must be closed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.core.sealed import SealedTextField, mask_name, mask_phone
from pingzhan.matters.choices import Basis, ClockKind, ClockState, Source, Status, Urgency


class Category(models.Model):
    """A kind of matter, in two levels; reference data."""

    code = models.CharField(max_length=60, primary_key=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="kinds")
    name = models.CharField(max_length=40)
    name_en = models.CharField(max_length=80)
    keywords = models.JSONField(default=list)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ROUTINE)
    danger = models.BooleanField(default=False)  # life may be at stake: emergency numbers are shown
    publishable = models.BooleanField(default=True)  # proposed for a public notice
    position = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return self.name


class DispatchRule(models.Model):
    """Under `path`, matters of `category` (empty: any) go to `unit`, or to the nearest one of `section` upwards."""

    path = PathField(max_length=200)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True)
    section = models.CharField(max_length=40, blank=True, default="")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["path", "category"], condition=Q(category__isnull=False), name="dispatch_rule_once"
            ),
            models.UniqueConstraint(
                fields=["path"], condition=Q(category__isnull=True), name="dispatch_rule_default_once"
            ),
            models.CheckConstraint(
                condition=~Q(section="") | Q(unit__isnull=False), name="dispatch_rule_names_someone"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.category_id} → {self.section or self.unit_id}"


class TimeRule(models.Model):
    """How long a step may take: the most specific of category, its group, urgency, default."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, blank=True, default="")
    kind = models.CharField(max_length=20, choices=ClockKind.choices)
    basis = models.CharField(max_length=10, choices=Basis.choices)
    minutes = models.PositiveIntegerField(default=0)  # of working time or of the clock
    days = models.PositiveSmallIntegerField(default=0)  # working days or calendar days; used when minutes is 0

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["category", "urgency", "kind"], condition=Q(category__isnull=False), name="time_rule_once"
            ),
            models.UniqueConstraint(
                fields=["urgency", "kind"], condition=Q(category__isnull=True), name="time_rule_default_once"
            ),
            models.CheckConstraint(condition=Q(minutes__gt=0) | Q(days__gt=0), name="time_rule_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.basis} {self.days}d {self.minutes}min"


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
    supervised = models.BooleanField(default=False)
    returns = models.PositiveSmallIntegerField(default=0)
    reopens = models.PositiveSmallIntegerField(default=0)

    reported_at = models.DateTimeField()
    status_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)
    next_due_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["street", "-id"], name="matter_street"),
            models.Index(fields=["community", "-id"], name="matter_community"),
            models.Index(fields=["path", "-id"], name="matter_path"),
            models.Index(fields=["status", "-id"], name="matter_status"),
            models.Index(fields=["category", "-id"], name="matter_category"),
            models.Index(fields=["handler", "-id"], name="matter_handler", condition=Q(handler__isnull=False)),
            models.Index(fields=["community", "status", "-id"], name="matter_open_here", condition=Q(is_open=True)),
            models.Index(fields=["street", "status", "-id"], name="matter_open_street", condition=Q(is_open=True)),
            models.Index(fields=["handler", "status", "-id"], name="matter_open_handler", condition=Q(is_open=True)),
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


class Clock(models.Model):
    """A deadline as a row."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=20, choices=ClockKind.choices)
    state = models.CharField(max_length=10, choices=ClockState.choices, default=ClockState.RUNNING)
    basis = models.CharField(max_length=10, choices=Basis.choices)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    paused_at = models.DateTimeField(null=True, blank=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="clock_due", condition=Q(state="running"))]
        constraints = [
            models.UniqueConstraint(
                fields=["matter", "kind"],
                condition=Q(state__in=["running", "paused"]),
                name="one_running_clock_of_a_kind",
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("started_at")), name="clock_due_after_start"),
            models.CheckConstraint(
                condition=Q(state__in=["running", "paused"], stopped_at__isnull=True)
                | Q(state__in=["met", "late", "stopped"], stopped_at__isnull=False),
                name="clock_stopped_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_at:%Y-%m-%d %H:%M}"


class Remark(models.Model):
    """Words that belong to a step. Kept apart from the journal, which holds their digest only."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="remarks")
    entry_uid = models.UUIDField()  # the journal entry of the step
    step = models.CharField(max_length=12)
    text = models.TextField()
    is_public = models.BooleanField(default=False)  # shown to the reporter
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["matter", "at"])]

    def __str__(self) -> str:
        return self.text[:30]


class Attachment(models.Model):
    """A picture that belongs to a matter; the file is named by its content."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="attachments")
    step = models.CharField(max_length=12)
    name = models.CharField(max_length=100)
    thumbnail = models.CharField(max_length=100)
    content_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()  # bytes
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Rating(models.Model):
    """What the reporter said of the handling, once a round."""

    matter = models.ForeignKey(Matter, on_delete=models.CASCADE, related_name="ratings")
    round = models.PositiveSmallIntegerField()  # 0, then one more for each reopening
    stars = models.PositiveSmallIntegerField(null=True, blank=True)  # null: not rated in time
    comment = models.CharField(max_length=500, blank=True, default="")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "round"], name="rated_once_a_round"),
            models.CheckConstraint(
                condition=Q(stars__isnull=True) | Q(stars__gte=1, stars__lte=5), name="stars_one_to_five"
            ),
        ]

    def __str__(self) -> str:
        return str(self.stars)


class Notice(models.Model):
    """The public notice of a result, without personal data, approved by a person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.OneToOneField(Matter, on_delete=models.PROTECT, related_name="notice")
    path = PathField(max_length=200)
    category = models.ForeignKey(Category, on_delete=models.PROTECT)
    title = models.CharField(max_length=80)
    text = models.TextField()
    result = models.TextField()
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)  # taken down then

    class Meta:
        indexes = [
            models.Index(fields=["-approved_at", "-id"], name="notice_latest", condition=Q(until__isnull=True)),
            models.Index(fields=["path", "-approved_at"], name="notice_path"),
        ]

    def __str__(self) -> str:
        return self.title
