"""Pictures to upload."""

import base64
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image


def picture(*, width: int = 64, height: int = 48, kind: str = "JPEG", colour: str = "teal", gps: bool = False) -> bytes:
    """A picture of one colour; with `gps` its EXIF says where and by which telephone it was taken."""
    image = Image.new("RGB", (width, height), colour)
    exif = Image.Exif()
    if gps:
        exif[0x0110] = "A telephone"
        exif.get_ifd(0x8825)[2] = (31.0, 14.0, 42.0)
    buffer = io.BytesIO()
    image.save(buffer, kind, exif=exif)
    return buffer.getvalue()


def picture_base64(**more: Any) -> str:
    return base64.b64encode(picture(**more)).decode()


def upload(name: str = "a.jpg", **more: Any) -> SimpleUploadedFile:
    """A picture as a form brings it."""
    return SimpleUploadedFile(name, picture(**more), "image/jpeg")
