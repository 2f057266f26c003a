"""Uploaded files, named by the hash of their content, through Django's storage interface.

The same bytes are kept once. Whoever serves a file checks first whether the asker may see the thing that it belongs to;
nothing here decides that.
"""

import hashlib
import re
from typing import IO, Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from pingzhan.core.errors import Invalid, NotFound

# What may be stored, and under which ending; anything else is refused.
_ENDINGS = {
    "image/jpeg": "jpg",
    "application/pdf": "pdf",
    "text/csv": "csv",
    "application/x-npz": "npz",  # arrays of a learned model
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/geo+json": "geojson",
}
_TYPES = {ending: content_type for content_type, ending in _ENDINGS.items()}
_NAME = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})\.([a-z]+)")


def store(data: bytes, content_type: str) -> str:
    """Keep `data`; returns its name "ab/cd/<sha256>.jpg". Storing the same bytes again changes nothing.

    Raises Invalid for a content type that is not kept.
    """
    return _keep(ContentFile(data), hashlib.sha256(data).hexdigest(), len(data), content_type)


def store_written(file: IO[bytes], content_type: str) -> str:
    """The same for an open file of any size, which is read twice and never held whole in memory."""
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]  # any readable file will do
    size = file.tell()
    file.seek(0)
    return _keep(File(file), digest, size, content_type)


def _keep(content: File[Any], digest: str, size: int, content_type: str) -> str:
    ending = _ENDINGS.get(content_type)
    if ending is None:
        raise Invalid(_("不支持保存此类文件"))
    name = f"{digest[:2]}/{digest[2:4]}/{digest}.{ending}"
    if default_storage.exists(name):
        if default_storage.size(name) == size:
            return name
        # What a process that was killed in the middle of writing left behind.
        default_storage.delete(name)
    saved = default_storage.save(name, content)
    if saved != name:  # another process stored the same bytes in between
        default_storage.delete(saved)
    return name


def drop(name: str) -> None:
    """Remove a stored file, for whoever knows that nothing names it any longer; one that is gone is gone."""
    if _NAME.fullmatch(name) is not None:
        default_storage.delete(name)


def open_file(name: str) -> File[Any]:
    """The stored file, open for reading bytes; raises NotFound if there is none or the name is not one of ours."""
    if _NAME.fullmatch(name) is None:
        raise NotFound(_("文件不存在"))
    try:
        return default_storage.open(name, "rb")
    except FileNotFoundError:
        raise NotFound(_("文件不存在")) from None


def content_type_of(name: str) -> str:
    """The content type that goes with a stored file's name; raises NotFound if the name is not one of ours."""
    match = _NAME.fullmatch(name)
    if match is None or match[4] not in _TYPES:
        raise NotFound(_("文件不存在"))
    return _TYPES[match[4]]
