"""Pictures of residents: shown upright, without a trace of where and by whom they were taken; bombs refused."""

import io
import random
import struct
import zlib
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image
from pytest_django import Settings

from pingzhan.core.errors import Invalid
from pingzhan.core.pictures import Picture, reencode, thumbnail

RED, GREEN, BLUE, WHITE = (200, 30, 30), (30, 160, 30), (30, 30, 200), (255, 255, 255)


def drawn(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    """Red in the upper left quarter, green elsewhere."""
    image = Image.new("RGB", size, GREEN)
    image.paste(RED, (0, 0, size[0] // 2, size[1] // 2))
    return image.convert(mode)


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(picture: Picture) -> Image.Image:
    image = Image.open(io.BytesIO(picture.data))
    assert image.format == "JPEG"
    assert image.size == (picture.width, picture.height)
    assert picture.content_type == "image/jpeg"
    return image.convert("RGB")


def near(image: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(image.getpixel(at), colour, strict=True))  # type: ignore[arg-type]


def segments(data: bytes) -> set[int]:
    """The markers of a JPEG's segments up to its pixels."""
    found, at = set(), 2
    while data[at + 1] != 0xDA:
        found.add(data[at + 1])
        at += 2 + struct.unpack(">H", data[at + 2 : at + 4])[0]
    return found


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_accepted_kinds_become_a_jpeg(kind: str) -> None:
    image = opened(reencode(encoded(drawn(), kind)))
    assert image.size == (60, 40)
    assert near(image, (10, 10), RED)
    assert near(image, (50, 30), GREEN)


def test_nothing_of_the_sender_is_left() -> None:
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(0x8825)[2] = (31.0, 14.0, 3.0)  # GPSLatitude
    profile = b"a colour profile"
    for kind in ("JPEG", "WEBP", "PNG"):
        options = {"comment": b"taken by Wang"} if kind == "JPEG" else {}
        data = encoded(drawn(), kind, exif=exif, icc_profile=profile, **options)
        assert b"PhoneMaker" in data
        result = reencode(data)
        # Only JFIF's own header, tables, frame: no APP1 and further (EXIF, XMP, profiles), no comment.
        assert segments(result.data) <= {0xE0, 0xDB, 0xC0, 0xC4, 0xDD}
        assert b"PhoneMaker" not in result.data
        assert not Image.open(io.BytesIO(result.data)).getexif()


@pytest.mark.parametrize(
    ("orientation", "red_at"), [(1, "left top"), (3, "right bottom"), (6, "right top"), (8, "left bottom")]
)
def test_a_picture_is_turned_upright(orientation: int, red_at: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = opened(reencode(encoded(drawn(), exif=exif)))
    assert image.size == ((60, 40) if orientation in (1, 3) else (40, 60))
    corners = {
        "left top": (5, 5),
        "right top": (image.width - 5, 5),
        "left bottom": (5, image.height - 5),
        "right bottom": (image.width - 5, image.height - 5),
    }
    for name, at in corners.items():
        assert near(image, at, RED if name == red_at else GREEN)


@pytest.mark.filterwarnings("ignore:Corrupt EXIF:UserWarning")
def test_damaged_metadata_does_not_spoil_the_picture() -> None:
    assert opened(reencode(encoded(drawn(), exif=b"Exif\x00\x00MM\x00*\x00\x00\xff\xff\x01\x12"))).size == (60, 40)


def test_see_through_becomes_white() -> None:
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((*BLUE, 255), (0, 0, 20, 40))
    palette = image.quantize()
    for data in (encoded(image, "PNG"), encoded(image, "WEBP"), encoded(palette, "PNG")):
        result = opened(reencode(data))
        assert near(result, (5, 20), BLUE)
        assert near(result, (35, 20), WHITE)


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "CMYK"])
def test_other_colour_modes(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert opened(reencode(encoded(drawn(mode=mode), kind))).size == (60, 40)


def test_sixteen_bits_of_grey_keep_their_shades() -> None:
    data = encoded(Image.new("I;16", (20, 20), 0x8000), "PNG")
    assert near(opened(reencode(data)), (10, 10), (128, 128, 128))


def test_large_pictures_are_made_smaller_and_small_ones_left() -> None:
    large = reencode(encoded(drawn((4000, 3000))))
    assert (large.width, large.height) == (2560, 1920)
    tall = reencode(encoded(drawn((300, 6000)), "PNG"))
    assert (tall.width, tall.height) == (128, 2560)
    small = thumbnail(large)
    assert (small.width, small.height) == (480, 360)
    assert near(opened(small), (10, 10), RED)
    tiny = thumbnail(reencode(encoded(drawn((1, 1)))))
    assert (tiny.width, tiny.height) == (1, 1)


def test_an_animation_shows_its_first_picture() -> None:
    frames = [drawn(), Image.new("RGB", (60, 40), BLUE)]
    for kind in ("PNG", "WEBP"):
        data = encoded(frames[0], kind, save_all=True, append_images=frames[1:])
        assert near(opened(reencode(data)), (10, 10), RED)


def bomb(width: int, height: int) -> bytes:
    """A few bytes that say they are a picture of this size."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(7072, 7072), (10_000, 10_000), (60_000, 60_000), (1, 100_000_000)])
def test_bombs_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    with pytest.raises(Invalid, match="5000 万像素"):
        reencode(bomb(*size))


def test_too_many_bytes_are_refused(settings: Settings) -> None:
    data = encoded(drawn())
    settings.UPLOAD_MAX_BYTES = len(data)
    assert reencode(data)
    settings.UPLOAD_MAX_BYTES = len(data) - 1
    with pytest.raises(Invalid, match="不能超过"):
        reencode(data)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"hello",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"%PDF-1.7\n",
        b"MZ\x90\x00",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        encoded(drawn(), "GIF"),
        encoded(drawn(), "TIFF"),
    ],
)
def test_other_content_is_refused_whatever_its_name(data: bytes) -> None:
    with pytest.raises(Invalid, match="JPEG、PNG、WebP"):
        reencode(data)


def test_heic_is_refused_with_what_to_do() -> None:
    with pytest.raises(Invalid, match="兼容性最佳"):
        reencode(b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 64)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damaged_pictures_are_refused_and_never_break_anything(kind: str) -> None:
    whole = encoded(drawn((80, 80)), kind)
    for cut in (20, len(whole) // 2):
        with pytest.raises(Invalid):
            reencode(whole[:cut])
    dice = random.Random(11)
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(4):
            damaged[dice.randrange(4, len(damaged))] = dice.randrange(256)
        with suppress(Invalid):
            assert opened(reencode(bytes(damaged)))
