"""What an attachment really is, by its bytes, and what of it is kept: pictures are drawn anew without their EXIF."""

from __future__ import annotations

import io
import threading
import unicodedata

import filetype
from PIL import Image, ImageOps

from services.intake.domain.attachment import Media, Unacceptable

MAX_PIXELS = 50_000_000
_TAIL = 2048
_FORMATS = {Media.JPEG: "JPEG", Media.PNG: "PNG", Media.WEBP: "WEBP"}
_KEPT = {one.value: one for one in Media if one is not Media.TEXT}
_drawing = threading.BoundedSemaphore(2)
"""A picture of MAX_PIXELS takes some 400 MB while it is drawn."""


def media_of(content: bytes) -> Media:
    """The type by the content alone. Raises Unacceptable for what is nothing that we keep."""
    if not content:
        raise Unacceptable("is empty: send the file itself")
    guessed = filetype.guess_mime(content)
    if guessed in _KEPT:
        return _KEPT[guessed]
    if _is_text(content):  # a text may begin with any letters, and some are the signs of other types
        return Media.TEXT
    what = f"is {guessed}" if guessed else "is no file of a kind that we know"
    raise Unacceptable(f"{what}: send a picture (JPEG, PNG, WebP), a PDF, or plain text in UTF-8")


def cleaned(media: Media, content: bytes) -> bytes:
    """What is kept. Raises Unacceptable when it only begins like what it seems to be.

    A picture is drawn anew, upright: nothing but its dots is left (no EXIF, place, comment, thumbnail, colour profile),
    of an animation the first frame.
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
            upright = ImageOps.exif_transpose(picture)
            plain = upright.convert("RGBA" if media is not Media.JPEG and upright.has_transparency_data else "RGB")
    except Image.DecompressionBombError:
        raise Unacceptable(f"has far more than {MAX_PIXELS} pixels: send it smaller") from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        if isinstance(error, Unacceptable):
            raise
        raise Unacceptable("is a broken picture: take it again, or send it whole") from None
    plain.info.clear()
    drawn = io.BytesIO()
    plain.save(drawn, _FORMATS[media], quality=90)
    return drawn.getvalue()


def _ends_like_pdf(tail: bytes) -> bool:
    return b"startxref" in tail and b"%%EOF" in tail


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and all(one in "\n\r\t" or unicodedata.category(one) != "Cc" for one in text)
