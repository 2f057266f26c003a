"""Photos of a form: made harmless and stored before anything else happens."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest

from pingzhan.matters.operations.pictures import StoredPicture, store_pictures


def pictures_of(request: HttpRequest, *, field: str = "pictures") -> tuple[StoredPicture, ...]:
    """The photos sent with a form, stored without metadata. Raises Invalid for what is no picture, too large, too many.

    The same photo sent twice is stored once.
    """
    uploads: Sequence[Any] = [upload for upload in request.FILES.getlist(field) if upload.size]
    return store_pictures(uploads) if uploads else ()
