"""While a response is in force, the ground under it stays as it was when it began."""

from django.db.models import Q
from django.utils.translation import gettext as _

from pingzhan.core.db import under
from pingzhan.core.errors import StateConflict
from pingzhan.core.paths import paths_above
from pingzhan.modes.models import Overlay, ResponsePlace
from pingzhan.places.events import PlacesMoved, places_moved, stays

stays(ResponsePlace)
stays(Overlay)


@places_moved.listen
def hold_still(event: PlacesMoved) -> None:
    """Refuse to redraw where a response, real or exercise, is in force: standing down must find what it left."""
    here = Q(path__in=paths_above(event.root)) | under("path", event.root)
    in_force = Q(response__ended_at__isnull=True, response__since__lte=event.at, response__until__gt=event.at)
    if ResponsePlace.objects.filter(here, in_force).exists():
        raise StateConflict(_("这里有应急响应或演练正在进行，网格须等其结束后再调整，以便原样恢复平时状态。"))
