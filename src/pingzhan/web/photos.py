"""Pictures of a matter, served only to those who may see the matter: residents their own, staff within their scope."""

from typing import Any
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_safe

from pingzhan.access.actors import Actor
from pingzhan.core.errors import NotFound
from pingzhan.core.files import content_type_of, open_file
from pingzhan.matters.queries.lists import matter_for
from pingzhan.matters.queries.reach import sees_as_staff
from pingzhan.matters.queries.sheet import attachment_for
from pingzhan.web.portal.proof import proven


@require_safe
def photo(request: HttpRequest, number: str, photo: UUID) -> FileResponse:
    """The picture, or with ?size=thumb its small form. 404 for whoever may not see it, as if it were not there."""
    matter, staff = _seen_by(request, number)
    attachment = attachment_for(matter.pk, photo, public=not staff)
    name = attachment.thumbnail if request.GET.get("size") == "thumb" else attachment.name
    response = FileResponse(open_file(name), content_type=content_type_of(name))
    # What one person may see must not lie in a cache that serves another, nor in the browser after signing out.
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Disposition"] = f'inline; filename="{matter.number}.jpg"'
    return response


def _seen_by(request: HttpRequest, number: str) -> tuple[Any, bool]:
    """The matter, and whether it is seen as staff; raises NotFound."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    if not actor.is_staff and (matter := proven(request, number)) is not None:
        return matter, False
    try:
        matter = matter_for(actor, number)
    except NotFound:  # staff may also have reported something themselves, elsewhere
        matter = proven(request, number)
        if matter is None:
            raise
        return matter, False
    return matter, sees_as_staff(actor, matter)
