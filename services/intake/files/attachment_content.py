"""Recognises an attachment's type by its bytes and cleans it: pictures are re-encoded without EXIF."""

from __future__ import annotations

import io
import struct
import threading
import unicodedata

import filetype
from PIL import ExifTags, Image
from PIL.Image import Transpose

from services.intake.domain.attachment import Media, Unacceptable

MAX_PIXELS = 50_000_000
_TAIL = 2048
_FORMATS = {Media.JPEG: "JPEG", Media.PNG: "PNG", Media.WEBP: "WEBP"}
_KEPT = {one.value: one for one in Media if one is not Media.TEXT}
_UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}
"""What brings a picture upright, by its EXIF orientation."""
_drawing = threading.BoundedSemaphore(2)
"""A picture of MAX_PIXELS takes about 400 MB while it is re-encoded."""


def media_of(content: bytes) -> Media:
    """The type by the content alone. Raises Unacceptable for a type that is not stored."""
    if not content:
        raise Unacceptable("is empty: send the file itself")
    guessed = filetype.guess_mime(content)
    if guessed in _KEPT:
        return _KEPT[guessed]
    if _is_text(content):  # a text may begin with any letters, some of which are the signatures of other types
        return Media.TEXT
    what = f"is {guessed}" if guessed else "is no file of a kind that we know"
    raise Unacceptable(f"{what}: send a picture (JPEG, PNG, WebP), a PDF, or plain text in UTF-8")


def cleaned(media: Media, content: bytes) -> bytes:
    """The content to be stored. Raises Unacceptable for a broken file that only begins like its type.

    A picture is re-encoded, upright: only its pixels remain (no EXIF, place, comment, thumbnail or colour profile), of
    an animation the first frame.
    """
    if media.is_image:
        with _drawing:
            return _drawn(media, content)
    if media is Media.PDF and not (content.startswith(b"%PDF-") and _ends_like_pdf(content[-_TAIL:])):
        raise Unacceptable("begins like a PDF and is none, or is cut off: send the whole PDF")
    return content


def _drawn(media: Media, content: bytes) -> bytes:
    try:
        with Image.open(io.BytesIO(content), formats=[_FORMATS[media]]) as picture:
            pixels = picture.width * picture.height
            if pixels > MAX_PIXELS:
                raise Unacceptable(f"has {pixels} pixels, {MAX_PIXELS} at most: send it smaller")
            turn = _UPRIGHT.get(_orientation(picture))
            eight_bit = _eight_bit(picture)
            upright = eight_bit.transpose(turn) if turn is not None else eight_bit
            plain = upright.convert("RGBA" if media is not Media.JPEG and upright.has_transparency_data else "RGB")
    except Image.DecompressionBombError:
        raise Unacceptable(f"has far more than {MAX_PIXELS} pixels: send it smaller") from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, struct.error) as error:
        if isinstance(error, Unacceptable):
            raise
        raise Unacceptable("is a broken picture: take it again, or send it whole") from None
    plain.info.clear()
    drawn = io.BytesIO()
    plain.save(drawn, _FORMATS[media], quality=90)
    return drawn.getvalue()


def _orientation(picture: Image.Image) -> int:
    """1 (upright) where the EXIF is broken: it is thrown away anyway, and the picture itself may be sound."""
    try:
        return int(picture.getexif().get(ExifTags.Base.Orientation, 1))
    except (struct.error, OSError, ValueError, SyntaxError, LookupError, TypeError, OverflowError):
        return 1


def _eight_bit(picture: Image.Image) -> Image.Image:
    """Greys of 16 bits, as scanners write them, scaled to 8: Pillow's own conversion would cut them at 255."""
    if not picture.mode.startswith("I"):
        return picture
    import numpy  # a tenth of a second that every start would wait for, for pictures that are rare

    return Image.fromarray((numpy.asarray(picture).astype(numpy.uint32) >> 8).clip(0, 255).astype(numpy.uint8))


def _ends_like_pdf(tail: bytes) -> bool:
    return b"startxref" in tail and b"%%EOF" in tail


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and all(one in "\n\r\t" or unicodedata.category(one) != "Cc" for one in text)
