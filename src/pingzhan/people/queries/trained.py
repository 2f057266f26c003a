"""Conditions on trainings: which are good, and who has one."""

from datetime import date

from django.db.models import Exists, OuterRef, Q

from pingzhan.people.models import PersonTraining


def good_on(day: date) -> Q:
    """Trainings that are good on a day."""
    return Q(valid_until__isnull=True) | Q(valid_until__gte=day)


def has_training(code: str, *, today: date) -> Exists:
    """Of persons: that they have this training, and it is good."""
    rows = PersonTraining.objects.filter(good_on(today), person=OuterRef("pk"), training=code)
    return Exists(rows.filter(withdrawn_at__isnull=True))
