"""The short trainings that posts ask for, and who took part in which."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.ids import uuid7
from pingzhan.people.models.persons import Person


class Training(models.Model):
    """One kind of short training before a post (岗前培训), by the code by which plans ask for it."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True, default="")
    months = models.PositiveSmallIntegerField(null=True, blank=True)  # for how long one is good; null: for ever
    position = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class PersonTraining(models.Model):
    """A person took part in a training on a day; entered by mistake, it is withdrawn.

    `session` is shared by those who were entered at once, and is what the journal names.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="trainings")
    training = models.ForeignKey(Training, on_delete=models.PROTECT, related_name="participants", db_index=False)
    session = models.UUIDField()
    on = models.DateField()
    valid_until = models.DateField(null=True, blank=True)  # the last day on which it is good; null: for ever
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=80)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["training", "person", "valid_until"], name="training_of_person")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "training", "on"], condition=Q(withdrawn_at__isnull=True), name="trained_once_a_day"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("on")), name="training_valid_after_it"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.training_id} {self.on}"
