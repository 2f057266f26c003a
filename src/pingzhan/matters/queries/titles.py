"""What matters that somebody was told of are about."""

from collections.abc import Iterable

from django.db.models import Q

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.matters.models import Matter
from pingzhan.matters.queries.areas import matters_in_scope
from pingzhan.matters.queries.reach import summoned_to


def titles_of(actor: Actor, numbers: Iterable[str]) -> dict[str, str]:
    """Titles by number, of those matters that the actor may open: by role, by a whistle, as reporter; one statement."""
    wanted = list(numbers)
    if not wanted or actor.user_id is None:
        return {}
    reach = matters_in_scope(actor, Permission.MATTER_VIEW) | summoned_to(actor) | Q(reporter_id=actor.user_id)
    return dict(Matter.objects.filter(reach, number__in=wanted).order_by("number").values_list("number", "title"))
