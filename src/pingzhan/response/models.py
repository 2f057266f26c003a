"""Plans and their versions, and what became of them: activations, check lists, warnings, figures of readiness."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.response.choices import Hazard, ProposalState, VersionState


class Plan(models.Model):
    """A plan of one place; one with `parent` says only what differs from the parent's there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=80, unique=True)
    title = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True, default="")
    hazard = models.CharField(max_length=20, choices=Hazard.choices)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="plans")
    path = PathField(max_length=200)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="adaptations")
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["path", "code"], name="plan_path")]
        constraints = [
            models.UniqueConstraint(
                fields=["parent", "place"], condition=Q(parent__isnull=False), name="plan_adapted_once_a_place"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PlanVersion(models.Model):
    """One version: a document that, once published, nobody changes any more."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    source = models.TextField()  # YAML as it was written
    digest = models.CharField(max_length=64)  # SHA-256 of the source
    # Of an adaptation: the parent's version that its author saw; tells conflicts when the parent changes.
    against = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField()
    author_id = models.UUIDField(null=True, blank=True)  # a user; null of the system, and where only the name is known
    author_name = models.CharField(max_length=80, blank=True, default="")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewer_name = models.CharField(max_length=80, blank=True, default="")
    published_at = models.DateTimeField(null=True, blank=True)
    review_due = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(state=VersionState.PUBLISHED), name="plan_one_published"
            ),
            models.CheckConstraint(condition=Q(state__in=VersionState.values), name="plan_version_state_known"),
            models.CheckConstraint(
                condition=~Q(state=VersionState.PUBLISHED)
                | Q(published_at__isnull=False, review_due__gt=F("published_at")),
                name="plan_published_has_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} v{self.number}"


class Activation(models.Model):
    """Which manifest a response came from; its digest is there once, so that one manifest is activated once."""

    digest = models.CharField(max_length=64, primary_key=True)
    response_id = models.UUIDField(unique=True)  # of modes; in the same transaction
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="activations")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="activations")
    places = models.JSONField()  # codes, in order
    exercise = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    gaps = models.JSONField(default=list)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True, blank=True)
    actor_name = models.CharField(max_length=80, blank=True, default="")
    warned_at = models.DateTimeField(null=True, blank=True)  # that the end is near

    class Meta:
        indexes = [models.Index(fields=["plan", "at"], name="activation_plan_at")]

    def __str__(self) -> str:
        return self.digest


class CheckItem(models.Model):
    """One line of the stand-down list of a response."""

    response_id = models.UUIDField()
    number = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=200)
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response_id", "number"], name="check_item_number")]

    def __str__(self) -> str:
        return self.text


class PublicWarning(models.Model):
    """A warning to the public in the fields of CAP 1.2, prepared with a real response and released by a person."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    response_id = models.UUIDField()
    headline = models.CharField(max_length=160)
    description = models.TextField()
    instruction = models.TextField(blank=True, default="")
    event = models.CharField(max_length=80)
    category = models.CharField(max_length=20)  # of CAP: Health, Met, Fire, Safety …
    urgency = models.CharField(max_length=20)
    severity = models.CharField(max_length=20)
    certainty = models.CharField(max_length=20)
    areas = models.JSONField(default=list)  # codes and names
    prepared_at = models.DateTimeField()
    expires = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=80, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["response_id"])]

    def __str__(self) -> str:
        return self.headline


class Signal(models.Model):
    """A figure that comes from outside: the newest of one name at one place.

    `name`: "warning.typhoon" (0 none, 1 blue, 2 yellow, 3 orange, 4 red), "alarm.smoke" (how many), "stock.water"
    (for how many days). It no longer counts from `until` on.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=60)
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="+")
    path = PathField(max_length=200)
    value = models.FloatField()
    at = models.DateTimeField()
    until = models.DateTimeField()
    by_name = models.CharField(max_length=80)

    class Meta:
        indexes = [models.Index(fields=["path", "name"], name="signal_path")]
        constraints = [
            models.UniqueConstraint(fields=["place", "name"], name="signal_newest"),
            models.CheckConstraint(condition=Q(value__gte=0), name="signal_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.path}"


class Proposal(models.Model):
    """A condition of a plan was met: somebody is to decide whether the plan is activated.

    There is one while the condition holds, however it is decided: the next can come only after `cleared_at`, when it
    had not held for a while. `quiet_since` is since when it has not held.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="proposals")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="+")
    path = PathField(max_length=200)
    code = models.CharField(max_length=40)  # of the condition
    title = models.CharField(max_length=400)
    level = models.PositiveSmallIntegerField()
    when = models.CharField(max_length=400)
    figures = models.JSONField()  # what it was met by
    state = models.CharField(max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN)
    at = models.DateTimeField()
    quiet_since = models.DateTimeField(null=True, blank=True)
    cleared_at = models.DateTimeField(null=True, blank=True)
    start_failed_at = models.DateTimeField(null=True, blank=True)  # it could not start by itself: a person decides
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.CharField(max_length=80, blank=True, default="")
    reason = models.CharField(max_length=400, blank=True, default="")
    response_id = models.UUIDField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["plan", "at"], name="proposal_plan_at")]
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "code"], condition=Q(cleared_at__isnull=True), name="proposal_once_while_it_holds"
            ),
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="proposal_state_known"),
            models.CheckConstraint(
                condition=Q(state=ProposalState.OPEN, decided_at__isnull=True)
                | Q(~Q(state=ProposalState.OPEN), decided_at__isnull=False),
                name="proposal_decided_at",
            ),
            models.CheckConstraint(
                condition=~Q(state=ProposalState.DISMISSED) | ~Q(reason=""), name="proposal_dismissed_with_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.code} {self.at}"


class ReadinessFigure(models.Model):
    """How ready a plan was at a place and level on a day: of what it asks for, how much is there, in percent."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="figures")
    path = PathField(max_length=200)
    level = models.PositiveSmallIntegerField()
    day = models.DateField()
    percent = models.PositiveSmallIntegerField()
    findings = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "path", "level", "day"], name="readiness_once_a_day")]

    def __str__(self) -> str:
        return f"{self.plan_id} {self.path} {self.day}"
