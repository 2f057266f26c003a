"""Asking people of the talent pool for help, and what each of them answered."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.people.choices import AskState, Slot
from pingzhan.people.models.persons import Person
from pingzhan.people.models.skills import Skill


class TalentRequest(models.Model):
    """Help is wanted at a place; answers are due by `due_at`."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    text = models.CharField(max_length=300)
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    slot = models.CharField(max_length=10, choices=Slot.choices, blank=True, default="")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="talent_requests")
    path = PathField(max_length=200)
    by_name = models.CharField(max_length=80)
    at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["path", "id"], name="talent_request_path")]
        constraints = [
            models.CheckConstraint(condition=Q(due_at__gt=F("at")), name="talent_request_due_after"),
            models.CheckConstraint(condition=~Q(text=""), name="talent_request_says_something"),
        ]

    def __str__(self) -> str:
        return self.text


class TalentAsk(models.Model):
    """One person is asked; they accept, decline, or do not answer in time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    request = models.ForeignKey(TalentRequest, on_delete=models.PROTECT, related_name="asks")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="asks")
    state = models.CharField(max_length=10, choices=AskState.choices, default=AskState.ASKED)
    note = models.CharField(max_length=200, blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "state"], name="talent_ask_person")]
        constraints = [
            models.UniqueConstraint(fields=["request", "person"], name="talent_asked_once"),
            models.CheckConstraint(
                condition=Q(state__in=(AskState.ACCEPTED, AskState.DECLINED), answered_at__isnull=False)
                | Q(state__in=(AskState.ASKED, AskState.LAPSED), answered_at__isnull=True),
                name="talent_answer_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.state}"
