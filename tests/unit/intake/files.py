"""Files that callers and departments send, harmless and harmful."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

from services.intake.domain.attachment import Media

SECRET = b"13812345678"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\nxref\n0 1\ntrailer<<>>\nstartxref\n29\n%%EOF\n"


def photograph(media: Media = Media.JPEG, orientation: int = 1, size: tuple[int, int] = (40, 20)) -> bytes:
    """Left red, right blue; with EXIF that says who took it where."""
    picture = Image.new("RGB", size, "blue")
    picture.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = SECRET.decode()
    exif.get_ifd(0x8825)[2] = (31.0, 16.0, 0.0)
    file = io.BytesIO()
    picture.save(file, media.split("/")[1].upper(), exif=exif, **({"comment": SECRET} if media is Media.JPEG else {}))
    assert SECRET in file.getvalue()
    return file.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it is 3.6 thousand million pixels large."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
