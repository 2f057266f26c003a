"""Which person a user is."""

from uuid import UUID

from pingzhan.people.models import Person


def person_of_user(user_id: UUID) -> UUID | None:
    """The id of the person behind an account, None when there is none; one statement."""
    return Person.objects.filter(user_id=user_id).values_list("pk", flat=True).first()
