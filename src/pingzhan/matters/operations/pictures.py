"""Pictures of a matter: re-encoded and stored before the transaction, attached within it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from pingzhan.core import files
from pingzhan.core.errors import Invalid
from pingzhan.core.pictures import reencode, thumbnail
from pingzhan.matters.models import Attachment, Matter


@dataclass(frozen=True, slots=True)
class StoredPicture:
    name: str
    thumbnail: str
    content_type: str
    size: int
    width: int
    height: int

    def attach(self, *, matter: Matter, step: str, at: datetime) -> Attachment:
        return Attachment(
            matter=matter,
            step=step,
            name=self.name,
            thumbnail=self.thumbnail,
            content_type=self.content_type,
            size=self.size,
            width=self.width,
            height=self.height,
            at=at,
        )


def store_pictures(uploads: Sequence[Any]) -> tuple[StoredPicture, ...]:
    """Uploaded files → stored pictures without metadata. Raises Invalid for what is no picture or too large."""
    if len(uploads) > settings.UPLOAD_MAX_FILES:
        message = _("最多上传 %(most)s 张照片") % {"most": settings.UPLOAD_MAX_FILES}
        raise Invalid(message, errors=[{"loc": ["attachments"], "msg": message}])
    return tuple(_store(upload) for upload in uploads)


def _store(upload: Any) -> StoredPicture:
    if getattr(upload, "size", 0) > settings.UPLOAD_MAX_BYTES:
        message = _("照片太大，单张不超过 %(most)s MB") % {"most": settings.UPLOAD_MAX_BYTES // 1024 // 1024}
        raise Invalid(message, errors=[{"loc": ["attachments"], "msg": message}])
    picture = reencode(upload.read())
    small = thumbnail(picture)
    return StoredPicture(
        name=files.store(picture.data, picture.content_type),
        thumbnail=files.store(small.data, small.content_type),
        content_type=picture.content_type,
        size=len(picture.data),
        width=picture.width,
        height=picture.height,
    )
