"""Those who work here."""

from django.db import models
from django.db.models import F, Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.core.sealed import SealedTextField, mask_phone


class Person(models.Model):
    """Somebody known to the system by their work in it; residents are not registered here.

    `place` is where their file is kept: whoever looks after persons there sees them, beside those of the places at
    which they hold an office. One that was found to be another's double has `merged_into`, and is in no list.
    A phone is confirmed when it is entered, and again whenever somebody reached the person by it; a phone that is on
    file has a moment of that.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    # PathField: sorted by bytes and searched by their first characters.
    name = PathField(max_length=80)
    pinyin = PathField(max_length=160, blank=True, default="")  # "zhangsan": the order of lists
    initials = PathField(max_length=40, blank=True, default="")  # "zs"
    phone = SealedTextField(blank=True, default="", mask=mask_phone)
    phone_index = models.CharField(max_length=64, null=True, blank=True, db_index=True)
    contact_confirmed_at = models.DateTimeField(null=True, blank=True)
    contact_confirmed_by = models.CharField(max_length=80, blank=True, default="", db_default="")  # "": not known
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, null=True, blank=True, related_name="persons")
    path = PathField(max_length=200, blank=True, default="")
    user_id = models.UUIDField(null=True, blank=True, unique=True)
    # Its index holds the merged ones only: one of all would lead a planner to read everybody who is not merged.
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    created_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["pinyin", "id"], name="person_by_pinyin", condition=Q(merged_into__isnull=True)),
            models.Index(fields=["initials"], name="person_by_initials"),
            models.Index(fields=["name"], name="person_by_name"),
            models.Index(fields=["path"], name="person_by_path"),
            models.Index(
                fields=["contact_confirmed_at", "id"],
                name="person_by_confirmed",
                condition=Q(contact_confirmed_at__isnull=False, merged_into__isnull=True),
            ),
            models.Index(fields=["merged_into"], name="person_merged", condition=Q(merged_into__isnull=False)),
        ]
        constraints = [
            # Who has the same name and the same phone is the same person, whoever enters them once more.
            models.UniqueConstraint(
                fields=["phone_index", "name"],
                condition=Q(phone_index__isnull=False, merged_into__isnull=True),
                name="person_once",
            ),
            models.CheckConstraint(
                condition=Q(phone_index__isnull=True, contact_confirmed_at__isnull=True, contact_confirmed_by="")
                | Q(phone_index__isnull=False, contact_confirmed_at__isnull=False),
                name="person_phone_confirmed",
            ),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True) | ~Q(merged_into=F("id")), name="person_merged_into_another"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PersonMerge(models.Model):
    """Two entries of one person were made one: what was moved, so that it can be taken back.

    `moved` maps a kind of row ("appointments" and what other rooms name) to the ids that went from `gone` to `kept`.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges")
    gone = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merged_by")
    reason = models.CharField(max_length=200)
    moved = models.JSONField(default=dict)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=80)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["gone"], condition=Q(undone_at__isnull=True), name="person_merged_once"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} → {self.kept_id}"
