"""Following the journal: work that is done for each entry once it is sealed, in the order of positions.

Positions are given after commit and have no gaps, so that a reader who remembers the last one misses nothing.
"""

from collections.abc import Callable, Sequence

from django.db import transaction

from pingzhan.journal.models import Entry, Follower


@transaction.atomic
def follow(name: str, *, verbs: Sequence[str], work: Callable[[list[Entry]], None], limit: int = 500) -> int:
    """Hand the next entries, those of `verbs` among at most `limit`, to `work`; returns how many positions it moved on.

    What `work` writes and the new position are one transaction. Two followers of one name wait for each other.
    """
    Follower.objects.get_or_create(name=name)
    place = Follower.objects.select_for_update().get(name=name)
    sealed = Entry.objects.filter(position__isnull=False, position__gte=place.read)
    entries = list(sealed.order_by("position")[:limit])
    if not entries:
        return 0
    wanted = [entry for entry in entries if entry.verb in verbs]
    if wanted:
        work(wanted)
    last = entries[-1].position
    assert last is not None
    Follower.objects.filter(name=name).update(read=last + 1)
    return len(entries)
