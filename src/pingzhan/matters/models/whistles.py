"""Whistles (吹哨报到): who was summoned to the spot of a matter, and how each came."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.matters.models.catalogue import Category
from pingzhan.matters.models.matter import Matter
from pingzhan.matters.models.record import Attachment
from pingzhan.matters.whistle_workflow import Ending, SummonsState, WhistleClock, WhistleStep


class CallRule(models.Model):
    """For matters of `category` (or of its group) the nearest unit of `section` is proposed to be summoned."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+")
    section = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["category", "section"], name="call_rule_once")]

    def __str__(self) -> str:
        return f"{self.category_id} → {self.section}"


class Whistle(models.Model):
    """One whistle for one matter; it runs until all have left or who whistled ends it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="whistles")
    path = PathField(max_length=200)  # of the matter when it was whistled for
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")  # on whose behalf
    note = models.TextField(blank=True, default="")  # where to gather, what to bring
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=14, choices=Ending.choices, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [models.Index(fields=["path", "-id"], name="whistle_path")]
        constraints = [
            models.UniqueConstraint(fields=["matter"], condition=Q(ended_at__isnull=True), name="one_running_whistle"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="") | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="whistle_ended_has_ending",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter_id} {self.started_at:%Y-%m-%d %H:%M}"


class Summons(models.Model):
    """One unit summoned by a whistle, with its own three clocks."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    whistle = models.ForeignKey(Whistle, on_delete=models.CASCADE, related_name="summonses")
    unit = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=SummonsState.choices, default=SummonsState.CALLED)
    handed_to = models.ForeignKey("people.Unit", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    called_at = models.DateTimeField()
    checked_in_at = models.DateTimeField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    fed_back_at = models.DateTimeField(null=True, blank=True)
    arrived_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    report_due_at = models.DateTimeField()
    feed_back_due_at = models.DateTimeField()
    arrive_due_at = models.DateTimeField()
    next_due_at = models.DateTimeField(null=True, blank=True)  # of what is not done and not told of yet

    class Meta:
        indexes = [
            models.Index(fields=["next_due_at", "id"], name="summons_due", condition=Q(next_due_at__isnull=False)),
            models.Index(fields=["unit", "-id"], name="summons_unit"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["whistle", "unit"], condition=Q(ended_at__isnull=True), name="summoned_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["called", "checked_in", "on_spot"], ended_at__isnull=True)
                | Q(state__in=["left", "handed_over", "released"], ended_at__isnull=False, next_due_at__isnull=True),
                name="summons_ended_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["called", "released"]) | Q(checked_in_at__isnull=False),
                name="summons_checked_in_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["on_spot", "left", "handed_over"]) | Q(arrived_at__isnull=False),
                name="summons_on_spot_has_time",
            ),
            models.CheckConstraint(
                condition=Q(state="handed_over", handed_to__isnull=False)
                | (~Q(state="handed_over") & Q(handed_to__isnull=True)),
                name="summons_handed_to_somebody",
            ),
            models.CheckConstraint(condition=Q(arrive_due_at__gte=F("called_at")), name="summons_due_after_call"),
        ]

    def __str__(self) -> str:
        return f"{self.unit_id} {self.state}"


class WhistleEntry(models.Model):
    """One thing done in a whistle, by whom, with words and pictures; `summons` empty: by who whistled."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    whistle = models.ForeignKey(Whistle, on_delete=models.CASCADE, related_name="entries")
    summons = models.ForeignKey(Summons, on_delete=models.CASCADE, null=True, blank=True, related_name="entries")
    step = models.CharField(max_length=12, choices=WhistleStep.choices)
    by_name = models.CharField(max_length=80, blank=True, default="")
    text = models.TextField(blank=True, default="")
    pictures = models.ManyToManyField(Attachment, related_name="+", blank=True)
    entry_uid = models.UUIDField()  # the journal entry of the step
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["whistle", "at"], name="whistle_entry_at")]

    def __str__(self) -> str:
        return f"{self.step} {self.at:%H:%M}"


class Lateness(models.Model):
    """A clock of a summoned unit that ran out, and which superior was told; once a clock."""

    summons = models.ForeignKey(Summons, on_delete=models.CASCADE, related_name="latenesses")
    clock = models.CharField(max_length=20, choices=WhistleClock.choices)
    due_at = models.DateTimeField()
    told = models.ForeignKey("people.Unit", on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["summons", "clock"], name="told_once_a_clock")]

    def __str__(self) -> str:
        return f"{self.clock} {self.due_at:%Y-%m-%d %H:%M}"
