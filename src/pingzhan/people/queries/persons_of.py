"""Which person a user is."""

from collections.abc import Iterable
from uuid import UUID

from pingzhan.people.models import Person


def person_of_user(user_id: UUID) -> UUID | None:
    """The id of the person behind an account, None when there is none; one statement."""
    return Person.objects.filter(user_id=user_id).values_list("pk", flat=True).first()


def accounts_of(persons: Iterable[UUID]) -> dict[UUID, UUID]:
    """The accounts of persons who have one, by person; one statement."""
    rows = Person.objects.filter(pk__in=list(persons), user_id__isnull=False).order_by("pk")
    return {person: user for person, user in rows.values_list("pk", "user_id") if user is not None}
