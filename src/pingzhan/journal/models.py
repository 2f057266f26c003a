"""The append-only record of every operation, the Merkle tree that seals it, and the log of openings."""

from typing import Any, NoReturn

from django.db import models
from django.db.models import Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7


class AppendOnly(Exception):
    """Somebody tried to change or remove what is on record."""


class EntryQuerySet(models.QuerySet["Entry"]):
    """Reads and adds. Changes by mistake are stopped here; those on purpose are seen by `journal verify`."""

    def update(self, **changes: Any) -> NoReturn:
        raise AppendOnly("journal entries are never changed")

    def bulk_update(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("journal entries are never changed")

    def delete(self) -> NoReturn:
        raise AppendOnly("journal entries are never removed")


class Entry(models.Model):
    """One operation: who did what on what, where and when, from which state to which.

    `id` is the order of insertion, with gaps; `position` is the place in the sealed tree, without gaps, given later.
    The subject is named without a constraint: it may live in any room, and its history outlives it.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True, default=uuid7, editable=False)
    at = models.DateTimeField()
    verb = models.CharField(max_length=65)  # "matter.dispatch"
    version = models.PositiveSmallIntegerField(default=1)  # of what the verb's data means
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=80, blank=True)  # as it was then
    actor_kind = models.CharField(max_length=16)
    subject_type = models.CharField(max_length=65)
    subject_id = models.UUIDField()
    place_path = PathField(max_length=200, blank=True)
    from_state = models.CharField(max_length=65, blank=True)
    to_state = models.CharField(max_length=65, blank=True)
    data = models.JSONField(default=dict)  # codes, numbers, ids, digests; see rules.check_data
    mac = models.BinaryField(max_length=32)
    position = models.PositiveBigIntegerField(null=True, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="journal_entry_timeline"),
            models.Index(fields=["id"], condition=Q(position__isnull=True), name="journal_entry_unsealed"),
        ]
        constraints = [
            # Over sealed entries only, so that recording one does not touch this index.
            models.UniqueConstraint(
                fields=["position"], condition=Q(position__isnull=False), name="journal_entry_position_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.subject_type} {self.subject_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AppendOnly("journal entries are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise AppendOnly("journal entries are never removed")


class Leaf(models.Model):
    """The hash of the entry at one position, and which entry that was, so that a removed one can be named."""

    position = models.PositiveBigIntegerField(primary_key=True)
    entry_id = models.BigIntegerField(unique=True)
    uid = models.UUIDField()
    hash = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.position}: {self.uid}"


class Tile(models.Model):
    """The root of a whole subtree of 256**(level + 1) leaves, the `index`-th of its size: proofs start from these."""

    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["level", "index"], name="journal_tile_once")]

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"


class TreeHead(models.Model):
    """The root over the first `size` leaves, written with each batch that is sealed. Its MAC needs the secret key."""

    size = models.PositiveBigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    mac = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"{self.size}: {bytes(self.root).hex()}"


class Opening(models.Model):
    """One opening of a sealed field. Who, when and on what stands in its entry, which also covers this row's words."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, primary_key=True, related_name="opening")
    field = models.CharField(max_length=65)
    purpose = models.CharField(max_length=200)
    person_id = models.UUIDField(null=True)  # whose it was

    class Meta:
        indexes = [
            models.Index(
                fields=["person_id", "-entry"], condition=Q(person_id__isnull=False), name="journal_opening_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.purpose}"


class Follower(models.Model):
    """How many sealed entries somebody who follows the journal has read: the next has this position."""

    name = models.CharField(max_length=40, primary_key=True)
    read = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.name}: {self.read}"
