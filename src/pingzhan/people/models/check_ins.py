"""Checking in: from the form to the team, one row a check-in; and rosters of those who have not done so yet."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.core.sealed import SealedTextField, mask_phone
from pingzhan.people.choices import CheckInKind, CheckInSource, CheckInState
from pingzhan.people.models.persons import Person
from pingzhan.people.models.units import Unit
from pingzhan.people.workflow import ACTIVE


class CheckIn(models.Model):
    """A working member reports to the community where they live.

    Until it is vetted it stands for itself; then it belongs to a person, of whom at most one is active. What is asked
    for is what the team needs. `standing` (deputy, League member, veteran …) is told by those who want to, and sealed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=CheckInKind.choices, default=CheckInKind.MEMBER)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="check_ins")
    name = PathField(max_length=80)  # found by its first characters
    phone = SealedTextField(mask=mask_phone)
    phone_index = models.CharField(max_length=64)  # as Person.phone_index: the two are matched by it
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="check_ins")
    unit_name = models.CharField(max_length=80, blank=True, default="")  # where they work, in their own words
    job = models.CharField(max_length=60, blank=True, default="")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="check_ins")
    path = PathField(max_length=200)
    home = SealedTextField(blank=True, default="")  # the address as it was told
    standing = SealedTextField(blank=True, default="")
    skills = models.JSONField(default=list)  # codes of the catalogue, as told
    slots = models.JSONField(default=list)  # choices.Slot
    wishes = models.CharField(max_length=300, blank=True, default="")
    source = models.CharField(max_length=10, choices=CheckInSource.choices)
    state = models.CharField(max_length=10, choices=CheckInState.choices, default=CheckInState.SUBMITTED)
    state_at = models.DateTimeField()
    submitted_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # the captain is to have called by then
    consent_at = models.DateTimeField(null=True, blank=True)
    consent_to = models.CharField(max_length=40, blank=True, default="")  # which words: rules.check_ins.CONSENT
    version = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["path", "state"], name="check_in_path_state"),
            # The ledger in its order, by state, and its counts.
            models.Index(fields=["state", "-id", "path"], name="check_in_in_order"),
            models.Index(fields=["phone_index"], name="check_in_phone"),
            models.Index(fields=["name"], name="check_in_name"),
            models.Index(fields=["due_at", "path"], condition=Q(due_at__isnull=False), name="check_in_due_where"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["phone_index", "kind"],
                condition=Q(state=CheckInState.SUBMITTED),
                name="check_in_waits_once",
            ),
            models.UniqueConstraint(
                fields=["person", "kind"],
                condition=Q(state__in=sorted(ACTIVE)),
                name="check_in_active_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=(CheckInState.SUBMITTED, CheckInState.REJECTED, CheckInState.LEFT))
                | Q(state=CheckInState.MOVED)
                | Q(person__isnull=False),
                name="check_in_vetted_has_person",
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(state=CheckInState.APPROVED), name="check_in_due_until_contacted"
            ),
            models.CheckConstraint(
                condition=Q(consent_at__isnull=True, consent_to="") | (Q(consent_at__isnull=False) & ~Q(consent_to="")),
                name="check_in_consent_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(ACTIVE)) | Q(consent_at__isnull=False),
                name="check_in_active_has_consent",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CheckInNote(models.Model):
    """What was said with a step: apart from the journal, so that it can be erased. `shown`: also to the member."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    check_in = models.ForeignKey(CheckIn, on_delete=models.PROTECT, related_name="notes")
    entry = models.UUIDField(unique=True)  # of the journal
    text = models.CharField(max_length=500)
    shown = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.text


class Roster(models.Model):
    """A list of a unit's or organisation's new or transferred members, to see who has not checked in."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=80)
    path = PathField(max_length=200)  # whose list it is: the area of those who look after it
    at = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)  # closed: its names and phones are gone

    class Meta:
        indexes = [models.Index(fields=["path"], name="roster_path")]
        constraints = [
            models.CheckConstraint(condition=Q(until__isnull=True) | Q(until__gte=F("at")), name="roster_until_after")
        ]

    def __str__(self) -> str:
        return self.title


class RosterLine(models.Model):
    """Name and phone, no more, found again by the blind index."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="lines")
    name = models.CharField(max_length=80)
    phone = SealedTextField(mask=mask_phone)
    phone_index = models.CharField(max_length=64)
    reminded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["phone_index"], name="roster_line_phone")]
        constraints = [models.UniqueConstraint(fields=["roster", "phone_index"], name="roster_line_once")]

    def __str__(self) -> str:
        return self.name
