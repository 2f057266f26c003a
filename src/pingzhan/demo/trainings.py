"""The demo's people kept ready: sessions of trainings in every community, and phones that a secretary called through.

One in eight has missed a training and one in twenty has let it expire, so that readiness has something to show.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from pingzhan.access.actors import SYSTEM
from pingzhan.access.queries import actor_for
from pingzhan.core.paths import COMMUNITY, path_to
from pingzhan.demo.bulk import Session, train_many
from pingzhan.demo.staff import DEMO_STREET, Cast
from pingzhan.people.models import Appointment, Person
from pingzhan.people.operations import confirm_contacts
from pingzhan.people.operations.contacts import MOST_AT_ONCE
from pingzhan.people.queries import trainings
from pingzhan.places.models import Place

MISSED, EXPIRED = 0.12, 0.05
# Who is sent to which: those whom the plans ask it of.
_SENT = {
    "building_leader": ("sampling", "flood", "evacuation"),
    "grid_worker": ("sampling", "patrol", "flood", "evacuation", "first_aid"),
    "grid_head": ("checkpoint", "patrol", "flood", "evacuation"),
    "community_secretary": ("sampling", "checkpoint", "first_aid"),
    "community_staff": ("sampling", "checkpoint", "first_aid"),
}


def train(*, rng: Random, now: datetime) -> int:
    """A session of each training in every community some months ago, and one long ago; how many took part."""
    return train_many(_sessions(rng, now), by=SYSTEM, at=now)


def _sessions(rng: Random, now: datetime) -> Iterator[Session]:
    held = Appointment.objects.filter(role__in=list(_SENT), until__isnull=True)
    sent: dict[str, dict[str, dict[object, None]]] = {}  # community → training → persons, each once
    for person, role, path in held.order_by("path", "role", "id").values_list("person_id", "role", "path"):
        for code in _SENT[role]:
            sent.setdefault(path_to(path, COMMUNITY), {}).setdefault(code, {})[person] = None
    kinds = {kind.code: kind for kind in trainings()}
    today = timezone.localtime(now).date()
    for path, codes in sent.items():
        recent = today - timedelta(days=rng.randrange(60, 240))
        for code, persons in codes.items():
            lots = {person: rng.random() for person in persons}
            there = [person for person, lot in lots.items() if lot >= MISSED + EXPIRED]
            before = [person for person, lot in lots.items() if MISSED <= lot < MISSED + EXPIRED]
            for day, those in ((recent, there), (recent - timedelta(days=1200), before)):
                for start in range(0, len(those), MOST_AT_ONCE):
                    yield Session(kinds[code], path, day, those[start : start + MOST_AT_ONCE])


def call_through(*, cast: Cast, places: list[Place], now: datetime) -> int:
    """The secretary of the demo's community has called every other one of its people two weeks ago; how many."""
    community = next(place for place in places if place.level == "community" and f"/{DEMO_STREET}/" in place.path)
    secretary = actor_for(cast.users[cast.units[community.path, "community.committee"].pk], at=now)
    own = Person.objects.filter(path__startswith=community.path, phone_index__isnull=False).order_by("pk")
    called = list(own[: 2 * MOST_AT_ONCE])[::2]
    return len(confirm_contacts(persons=called, by=secretary, at=now - timedelta(days=14)))
