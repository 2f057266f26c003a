"""How grids were drawn before, and how somebody proposes to draw them."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.places.choices import ProposalKind, ProposalState
from pingzhan.places.models.tree import Place


class PastOutline(models.Model):
    """The outline that a place had until it was redrawn or ended; the present one is in Outline."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    place = models.ForeignKey(Place, on_delete=models.CASCADE, related_name="past_outlines")
    geometry = models.TextField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place", "-until"], name="past_outline_latest")]

    def __str__(self) -> str:
        return f"{self.place_id} {self.until:%Y-%m-%d}"


class GridProposal(models.Model):
    """How the grids of a community could be drawn. It changes nothing until a person accepts it.

    `grids` is the whole drawing: a list of {code, name, kind, households, buildings, geometry}, where code is that of
    a grid that goes on or "" for a new one, buildings are codes and geometry is GeoJSON. `basis` is the digest of the
    grids and buildings that it was made from: when they have changed since, it can no longer be accepted.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    community = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="grid_proposals")
    path = PathField(max_length=200)
    kind = models.CharField(max_length=12, choices=ProposalKind.choices)
    state = models.CharField(max_length=12, choices=ProposalState.choices, default=ProposalState.OPEN)
    grids = models.JSONField()
    basis = models.CharField(max_length=64)
    target = models.PositiveIntegerField()  # households a grid that it was made for
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        indexes = [models.Index(fields=["path", "state"], name="grid_proposal_path")]
        constraints = [
            # One open drawing a community: a new one takes the place of the old one.
            models.UniqueConstraint(fields=["community"], condition=Q(state="open"), name="grid_proposal_open_once"),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True) | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="grid_proposal_decided_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.path} {self.state}"
