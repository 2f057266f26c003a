"""Plans, what they propose and figures from outside follow their places; what a response lays on people follows them.

Figures of readiness tell of their day and stay.
"""

from django.db.models import Q

from pingzhan.access import operations as access
from pingzhan.modes import operations as modes
from pingzhan.people.events import MergeUndone, PersonsMerged, listen
from pingzhan.people.queries.persons_of import accounts_of
from pingzhan.places.events import follows, stays
from pingzhan.response.models import Plan, Proposal, ReadinessFigure, Signal

follows(Plan)
follows(Signal)
follows(Proposal, current=Q(cleared_at__isnull=True))
stays(ReadinessFigure)

OVERLAYS, GRANTS = "overlays", "response_grants"


@listen(PersonsMerged)
def follow_person(event: PersonsMerged) -> None:
    """Duties and wider rights of who is gone are those of who is kept, for as long as the response lasts."""
    event.moved[OVERLAYS] = modes.lay_on_another(gone=event.gone, kept=event.kept, at=event.at)
    accounts = accounts_of([event.kept, event.gone])
    if len(accounts) == 2:  # otherwise the one account went over with all its rights
        event.moved[GRANTS] = access.widen_also(user_id=accounts[event.kept], like=accounts[event.gone], at=event.at)


@listen(MergeUndone)
def go_back(event: MergeUndone) -> None:
    """They were two after all."""
    modes.lay_back(ids=event.moved.get(OVERLAYS, []), whose=event.gone, known_as=event.kept)
    access.narrow_again(grants=event.moved.get(GRANTS, []), at=event.at)
