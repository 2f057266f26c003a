"""Workbooks on their way in, as those see them who uploaded them."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from pingzhan.access.actors import Actor
from pingzhan.core.errors import NotFound
from pingzhan.places.models import PlaceImport


def imports_of(actor: Actor) -> "QuerySet[PlaceImport]":
    """The actor's own workbooks, latest first, without their rows."""
    return PlaceImport.objects.filter(by_id=actor.user_id).defer("rows").order_by("-id")


def import_of(actor: Actor, import_id: UUID) -> PlaceImport:
    """One of the actor's own workbooks; raises NotFound."""
    found = PlaceImport.objects.filter(by_id=actor.user_id, pk=import_id).defer("rows").first()
    if found is None:
        raise NotFound(_("没有找到这次导入"))
    return found
