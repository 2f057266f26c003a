"""Users, grants and tokens. Paths are text here: access lies below places."""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q

from pingzhan.access.roles import role_choices
from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.core.sealed import SealedTextField, mask_phone


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(username=username)


class User(AbstractBaseUser):
    """Somebody or something that signs in. A person in `people` may exist without one.

    `subject` says to whom it belongs: a person, a unit's system, or a device.
    """

    class Subject(models.TextChoices):
        PERSON = "person", "person"
        SYSTEM = "system", "system"
        DEVICE = "device", "device"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=80)
    phone = SealedTextField(blank=True, default="", mask=mask_phone)
    phone_index = models.CharField(max_length=64, null=True, blank=True, unique=True)
    phone_verified = models.BooleanField(default=False)
    subject_kind = models.CharField(max_length=10, choices=Subject.choices, default=Subject.PERSON)
    subject_id = models.UUIDField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(username=""), name="user_has_username"),
        ]

    def __str__(self) -> str:
        return self.username

    def get_full_name(self) -> str:
        return self.name


class Grant(models.Model):
    """A role at a place: who holds which role under which path, from when until when, and for which response."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=40, choices=role_choices)
    path = PathField(max_length=200)
    unit_id = models.UUIDField(null=True, blank=True)
    response_id = models.UUIDField(null=True, blank=True)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["user", "until"]), models.Index(fields=["path", "role"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="grant_until_after_since"
            ),
            models.CheckConstraint(
                condition=Q(response_id__isnull=True) | Q(until__isnull=False), name="emergency_grant_ends"
            ),
            models.CheckConstraint(condition=~Q(path=""), name="grant_has_path"),
        ]

    def __str__(self) -> str:
        return f"{self.role} @ {self.path}"


class ApiToken(models.Model):
    """A bearer token of one user; only its digest is kept."""

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    label = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.label


class Invitation(models.Model):
    """A link that lets a new user in once, to choose a password; only its digest is kept."""

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    created_at = models.DateTimeField()
    until = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # A new link ends the one before.
            models.UniqueConstraint(fields=["user"], condition=Q(used_at__isnull=True), name="invitation_one_open"),
        ]

    def __str__(self) -> str:
        return str(self.user_id)
