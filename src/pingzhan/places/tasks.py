"""Background work of places: proposals for many communities."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from pingzhan.access.actors import SYSTEM
from pingzhan.access.queries import actor_for, get_user
from pingzhan.core.clock import QUIET_HOUR, now
from pingzhan.core.errors import DomainError
from pingzhan.core.jobs import background, every
from pingzhan.places.operations import (
    check_workbook,
    communities_to_propose,
    propose_changes,
    propose_grids,
    write_workbook_rows,
)
from pingzhan.places.queries import communities_that_misfit

SETTLED = timedelta(days=30)


# A proposal replaces the one before it, so that a second run does no harm; each is a transaction of its own.
@background(retries=1, timeout=3600, atomic=False)
def propose_under(root: str, user_id: str) -> dict[str, int]:
    """Make proposals under a path: where there are no grids, and where they have become too large or too small."""
    at = now()
    by = actor_for(get_user(UUID(user_id)), at=at)
    made = left = 0
    for community in communities_to_propose(root):
        try:
            with transaction.atomic():
                propose_grids(community=community, by=by, at=at)
            made += 1
        except DomainError:
            left += 1
    for community in communities_that_misfit(root):
        try:
            with transaction.atomic():
                made += propose_changes(community=community, by=by, at=at) is not None
        except DomainError:
            left += 1
    return {"made": made, "left": left}


@every(3600)
def propose_by_night(at: datetime) -> int:
    """Where households have made grids too large or too small, propose others; a person accepts or declines.

    In the small hours, and not where one was made within `SETTLED`: what somebody declined is not asked every night.
    """
    if timezone.localtime(at).hour != QUIET_HOUR:
        return 0
    made = 0
    for community in communities_that_misfit("", settled_since=at - SETTLED):
        try:
            with transaction.atomic():
                made += propose_changes(community=community, by=SYSTEM, at=at) is not None
        except DomainError:  # drawn or taken over by somebody else meanwhile
            continue
    return made


# Each community is a transaction of its own, and what was entered before is left alone, so that a second run goes on.
@background(retries=2, timeout=3600, atomic=False)
def check_import(import_id: str, user_id: str) -> None:
    """The trial run of an uploaded workbook."""
    at = now()
    check_workbook(import_id=UUID(import_id), by=actor_for(get_user(UUID(user_id)), at=at), at=at)


@background(retries=2, timeout=3600, atomic=False)
def write_import(import_id: str, user_id: str) -> None:
    """Write a checked workbook."""
    at = now()
    write_workbook_rows(import_id=UUID(import_id), by=actor_for(get_user(UUID(user_id)), at=at), at=at)
