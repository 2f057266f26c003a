"""Reference data: categories, and the rules of who handles a matter and how long it may take."""

from django.db import models
from django.db.models import Q

from pingzhan.core.db import PathField
from pingzhan.matters.choices import Basis, LimitKind, Tier, Urgency
from pingzhan.matters.whistle_workflow import TIMED


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
    kind = models.CharField(max_length=20, choices=TIMED)
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


class Limit(models.Model):
    """A figure that an installation sets, by category, its group, urgency or for all; the most specific counts."""

    kind = models.CharField(max_length=20, choices=LimitKind.choices)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    urgency = models.CharField(max_length=10, choices=Urgency.choices, blank=True, default="")
    amount = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "category", "urgency"], condition=Q(category__isnull=False), name="limit_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "urgency"], condition=Q(category__isnull=True), name="limit_default_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount}"


class Power(models.Model):
    """The lowest level that may settle matters of a category under `path`; what has no row, every level may."""

    path = PathField(max_length=200)
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    tier = models.CharField(max_length=10, choices=Tier.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["path", "category"], name="power_once")]

    def __str__(self) -> str:
        return f"{self.path} {self.category_id}: {self.tier}"
