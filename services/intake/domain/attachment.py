"""What may be attached to a ticket, and its purposes.

See docs/domain.md §2.1, §2.5: proof of a return, photographs, answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

MIB: Final = 2**20
MOST: Final = 100
"""Attachments of one ticket at most."""


class Purpose(StrEnum):
    EVIDENCE = "evidence"
    RETURN_PROOF = "return-proof"
    ANSWER = "answer"


class Media(StrEnum):
    """The types that are stored. Of a recording only the reference is stored."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    PDF = "application/pdf"
    TEXT = "text/plain"

    @property
    def limit(self) -> int:
        """The most bytes that one may have."""
        return _LIMITS[self]

    @property
    def is_image(self) -> bool:
        return self.value.startswith("image/")

    @property
    def extension(self) -> str:
        return _EXTENSIONS[self]


_LIMITS: Final[Mapping[Media, int]] = {
    Media.JPEG: 15 * MIB, Media.PNG: 15 * MIB, Media.WEBP: 15 * MIB, Media.PDF: 20 * MIB, Media.TEXT: MIB // 4,
}  # fmt: skip
_EXTENSIONS: Final[Mapping[Media, str]] = {
    Media.JPEG: "jpg", Media.PNG: "png", Media.WEBP: "webp", Media.PDF: "pdf", Media.TEXT: "txt",
}  # fmt: skip

_MEANT: Final[Mapping[str, str]] = {"image/jpg": Media.JPEG, "application/octet-stream": ""}

LARGEST: Final = max(_LIMITS.values())


class Unacceptable(ValueError):
    """A content that is not accepted; the message says why, and what would be."""


class TooBig(Unacceptable):
    """Of an accepted type, but larger than its limit."""


def must_fit(media: Media, size: int, declared: str | None) -> None:
    """Raises Unacceptable for another type than was declared, TooBig for too many bytes.

    `declared` is the type that the sender gives; application/octet-stream, or none, claims nothing.
    """
    said = (declared or "").partition(";")[0].strip().lower()
    if _MEANT.get(said, said) not in ("", media):
        raise Unacceptable(f"is declared as another type than {media}, which it is: send it as what it is")
    if size > media.limit:
        raise TooBig(f"has {size} bytes; {media} may have {media.limit}: send it smaller, or in parts")
