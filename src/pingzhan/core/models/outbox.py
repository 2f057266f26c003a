"""Messages to people, written in the transaction that causes them and sent afterwards."""

from django.db import models
from django.db.models import Q

from pingzhan.core.ids import uuid7
from pingzhan.core.sealed import SealedTextField, mask_phone


class Message(models.Model):
    """One message to one person; what it says and to which number is sealed."""

    class Channel(models.TextChoices):
        SMS = "sms", "sms"
        INBOX = "inbox", "inbox"  # read within the product

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        SENT = "sent", "sent"
        FAILED = "failed", "failed"  # set aside after the last attempt
        WITHDRAWN = "withdrawn", "withdrawn"  # what it told of was undone before it went out

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    to_sealed = SealedTextField(blank=True, mask=mask_phone)  # a phone number; empty for the inbox
    to_user = models.UUIDField(null=True, blank=True)
    template = models.CharField(max_length=60, blank=True)  # which occasion: "login.code", "matter.report"
    text = SealedTextField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField()
    error = models.CharField(
        max_length=80, blank=True
    )  # the kind of the last failure, never its text: it may name people
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)  # of the inbox only

    class Meta:
        ordering = ("-created_at", "-id")
        indexes = [
            models.Index(fields=["not_before"], condition=Q(state="waiting"), name="message_due"),
            models.Index(fields=["to_user", "-created_at"], condition=Q(to_user__isnull=False), name="message_of_user"),
            models.Index(fields=["to_user"], condition=Q(channel="inbox", read_at__isnull=True), name="message_unread"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="message_sent_at_with_state",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.template} {self.state}"
