"""The place that a form of the desk names, within what the actor may do there."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from pingzhan.access.actors import Actor
from pingzhan.access.permissions import Permission
from pingzhan.access.queries import roots
from pingzhan.core.errors import DomainError, Invalid
from pingzhan.core.paths import code_of
from pingzhan.places.choices import Level
from pingzhan.places.queries import get_place, get_places, to_narrow_by
from pingzhan.web.forms.report import sent

if TYPE_CHECKING:
    from pingzhan.places.models import Place


def place_of(request: HttpRequest, permission: Permission) -> "Place":
    """The place out of the lists of a form; the actor's own where none was chosen. Raises Invalid outside of it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    within = roots(actor, permission)
    code = str(sent(request)["place"]) or own_code(actor, permission)
    try:
        return get_place(code, within=within)
    except DomainError as error:
        raise Invalid(str(error.detail), errors=[{"loc": ["place"], "msg": str(error.detail)}]) from error


def own_code(actor: Actor, permission: Permission) -> str:
    """The code of the place where the actor has `permission`; the highest one where there are several."""
    return code_of(next(iter(roots(actor, permission)), ""))


def list_code(actor: Actor, permission: Permission) -> str:
    """Where the lists of places stand at first: the actor's street or below, "" for those of a whole district."""
    code = own_code(actor, permission)
    return code if len(code) > 6 else ""


def narrowing(actor: Actor, permission: Permission, chosen: str) -> list[tuple[str, str]]:
    """The places by which a list is narrowed, each indented under its superior; down to the grids of the chosen one."""
    within = roots(actor, permission)
    digits = chosen.partition("-")[0]
    found = to_narrow_by(within, [chosen, digits, digits[:9], digits[:6]] if chosen else [])
    found = [place for place in found if place.level != Level.BUILDING or place.code == chosen]
    top = min((place.path.count("/") for place in found), default=0)
    return [(place.code, "　" * (place.path.count("/") - top) + place.name) for place in found]


def asked_path(code: str) -> str:
    """The path of a place in an address; one that matches nothing when there is no such place."""
    if not code:
        return ""
    place = get_places([code]).get(code)
    return place.path if place else "-/"
