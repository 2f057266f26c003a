"""How the organisation reaches down to the last building: chains of posts, as data."""

from django.db import models
from django.db.models import Q

from pingzhan.access.roles import role_choices
from pingzhan.core.db import PathField
from pingzhan.core.ids import uuid7
from pingzhan.people.choices import AppointmentKind
from pingzhan.places.choices import Level


class Chain(models.Model):
    """One way of organising everything under `place`, e.g. in four or in five levels; one is in force there."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = PathField(max_length=40)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True, default="")
    place = models.ForeignKey("places.Place", on_delete=models.PROTECT, related_name="chains")
    path = PathField(max_length=200)
    in_force = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["place", "code"], name="chain_once"),
            models.UniqueConstraint(fields=["place"], condition=Q(in_force=True), name="chain_one_in_force"),
        ]

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """One link of a chain: the organisation at a level, and the office that heads it or works in it.

    With an empty role it is an organisation without an office of its own. `required`: every place of the level must
    have a holder, and coverage counts it. `sole`: one holder at a time. `head`: of the heads (四长).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    chain = models.ForeignKey(Chain, on_delete=models.CASCADE, related_name="posts")
    position = models.PositiveSmallIntegerField()
    level = models.CharField(max_length=10, choices=Level.choices)
    name = models.CharField(max_length=80)  # of the office: 网格长
    name_en = models.CharField(max_length=120, blank=True, default="")
    body = models.CharField(max_length=80, blank=True, default="")  # the organisation: 网格党支部
    role = models.CharField(max_length=40, choices=role_choices, blank=True, default="")
    kind = models.CharField(max_length=20, choices=AppointmentKind.choices, blank=True, default="")  # empty: any
    required = models.BooleanField(default=False)
    sole = models.BooleanField(default=False)
    head = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chain", "position"], name="post_in_order"),
            models.CheckConstraint(
                condition=~Q(role="") | Q(required=False, sole=False, head=False),
                name="post_without_office_asks_nobody",
            ),
        ]

    def __str__(self) -> str:
        return self.name
