"""The skills catalogue, and who has which skill with what proof."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.ids import uuid7
from pingzhan.people.models.persons import Person


class Skill(models.Model):
    """One entry of the catalogue: a group, or a skill of a group. Languages are the group "language"."""

    code = models.CharField(max_length=60, primary_key=True)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="kinds")
    name = models.CharField(max_length=60)
    name_en = models.CharField(max_length=80, blank=True, default="")
    wants_proof = models.BooleanField(default=False)  # a licence or certificate goes with it
    position = models.PositiveIntegerField(default=0)
    until = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class PersonSkill(models.Model):
    """A person has a skill; a proof that was seen has its words, who saw it, and the day on which it expires."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="skills")
    skill = models.ForeignKey(Skill, on_delete=models.PROTECT, related_name="holders")
    proof = models.CharField(max_length=120, blank=True, default="")  # "执业医师证", never a number of a document
    proof_until = models.DateField(null=True, blank=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    proved_by = models.ForeignKey(
        "access.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["skill", "until", "person"], name="person_skill_search")]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "skill"], condition=Q(until__isnull=True), name="person_skill_once"
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="person_skill_until_after_since"
            ),
            models.CheckConstraint(
                condition=Q(proved_at__isnull=True, proof="") | Q(proved_at__isnull=False) & ~Q(proof=""),
                name="person_skill_proof_is_seen",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.skill_id}"
