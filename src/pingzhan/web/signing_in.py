"""Who signs in by a code that was sent to a phone is reached by it: where it is the one on file, that is noted."""

from datetime import timedelta
from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from django.http import HttpRequest

from pingzhan.access.queries import actor_for
from pingzhan.core.sealed import normalise_phone
from pingzhan.people.operations import confirm_contacts
from pingzhan.people.queries import person_of_user

AGAIN_AFTER = timedelta(days=30)  # who signs in every day is not noted every day


def confirm_by_code(request: HttpRequest, user: Any, **_more: Any) -> None:
    """For allauth's user_logged_in."""
    records = get_authentication_records(request, user)
    used = {normalise_phone(record.get("phone") or "") for record in records if record["method"] == "code"} - {""}
    person = person_of_user(user.pk) if used else None
    if person is None or person.contact_confirmed_at is None:
        return
    at = request.at  # type: ignore[attr-defined]
    if person.contact_confirmed_at < at - AGAIN_AFTER and person.phone.open() in used:
        confirm_contacts(persons=[person], by=actor_for(user, at=at), at=at)
