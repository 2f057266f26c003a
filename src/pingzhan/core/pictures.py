"""Uploaded pictures, made harmless: what they are is decided by their content, and they are drawn anew.

A new JPEG holds pixels only: no EXIF, so neither the place nor the telephone that took it; no comment, no hidden second
file, no colour profile (colours may turn out slightly paler; a profile is one more thing of the sender's to keep).
"""

import io
import struct
from dataclasses import dataclass

import filetype
from django.conf import settings
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

from pingzhan.core.errors import Invalid

CONTENT_TYPE = "image/jpeg"
LONG_EDGE = 2560  # pixels; enough to read a house number across a street
THUMBNAIL_EDGE = 480
QUALITY = 85
MAX_PIXELS = 50_000_000

# Pillow's decoder for each accepted kind of content, and no other: its rarer ones are the attacker's choice.
_DECODERS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/apng": "PNG", "image/webp": "WEBP"}
_HEIC = {"image/heic", "image/heif"}
# What Pillow raises for damaged input, depending on the decoder.
_DAMAGED = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, struct.error, OverflowError)
_BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: the encoded `data`, its content type, and its size in pixels."""

    data: bytes
    content_type: str
    width: int
    height: int


def reencode(data: bytes) -> Picture:
    """`data` (JPEG, PNG or WebP) as a JPEG without metadata, upright, its long edge at most 2560 pixels.

    Raises Invalid, saying what is accepted, for anything else, for a damaged picture, for more than
    settings.UPLOAD_MAX_BYTES, and, before anything is decoded, for more than 50 million pixels.
    """
    return _redraw(data, edge=LONG_EDGE)


def thumbnail(picture: Picture) -> Picture:
    """A re-encoded picture made small for lists: long edge at most 480 pixels."""
    return _redraw(picture.data, edge=THUMBNAIL_EDGE)


def _redraw(data: bytes, *, edge: int) -> Picture:
    decoder = _decoder(data)
    try:
        # The header only; nothing is decoded yet.
        with Image.open(io.BytesIO(data), formats=(decoder,)) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_many_pixels()
            image.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=3.0)
            return _encode(_upright(image))
    except _BOMB:
        raise _too_many_pixels() from None
    except _DAMAGED:
        raise Invalid(_("图片已损坏，无法读取，请重新拍摄或另选一张")) from None


def _decoder(data: bytes) -> str:
    if len(data) > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        raise Invalid(_("图片不能超过 %(limit)s MB") % {"limit": limit})
    kind = filetype.guess_mime(data) if data else None
    if kind in _HEIC:
        raise Invalid(_("暂不支持 HEIC 图片，请在手机相机设置中选择“兼容性最佳”，或转为 JPEG 后再上传"))
    if kind not in _DECODERS:
        raise Invalid(_("只接受 JPEG、PNG、WebP 格式的图片"))
    return _DECODERS[kind]


def _too_many_pixels() -> Invalid:
    return Invalid(_("图片尺寸过大，最多 5000 万像素"))


def _upright(image: Image.Image) -> Image.Image:
    try:
        return ImageOps.exif_transpose(image)
    except _DAMAGED:  # damaged EXIF says nothing about the picture itself
        return image


def _encode(image: Image.Image) -> Picture:
    if image.mode.startswith("I;16"):
        # 16 bits of grey: keep the upper eight, where a plain conversion would cut everything bright to white.
        image = image.point(lambda value: value / 256).convert("L")
    # On a new canvas, so that nothing travels along in the picture's attributes; white where it is see-through.
    canvas = Image.new("RGB", image.size, "white")
    if image.has_transparency_data:
        image = image.convert("RGBA")
        canvas.paste(image, mask=image.getchannel("A"))
    else:
        canvas.paste(image.convert("RGB"))
    encoded = io.BytesIO()
    canvas.save(encoded, "JPEG", quality=QUALITY, optimize=True)
    return Picture(encoded.getvalue(), CONTENT_TYPE, canvas.width, canvas.height)
