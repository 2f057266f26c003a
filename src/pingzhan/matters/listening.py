"""What matters have to say when something changes below them."""

from django.utils.translation import gettext as _

from pingzhan.core.errors import StateConflict
from pingzhan.matters.models import Matter
from pingzhan.people.events import UnitEnds, listen


@listen(UnitEnds)
def keep_the_handler(event: UnitEnds) -> None:
    """A unit that is in charge of open matters cannot go: nobody would be responsible for them."""
    if Matter.objects.filter(handler_id=event.unit_id, is_open=True).exists():
        raise StateConflict(_("该单位还有未办结的事项，请先转给别的单位，再注销。"))
