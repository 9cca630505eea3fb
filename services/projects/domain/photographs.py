"""What is a photograph, by its first bytes: JPEG, PNG, WebP or HEIC, as telephones and cameras write them."""

from __future__ import annotations


def is_photograph(content: bytes) -> bool:
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return True
    if content[:4] == b"RIFF":
        return content[8:12] == b"WEBP"
    return content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"mif1", b"msf1")
