"""Which encoding a text file is in."""

from __future__ import annotations

import codecs
from pathlib import Path

from services.cli.importing.table import Unreadable

_CHUNK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_PLAINLY_UTF8 = 10
"""So many continuation bytes in good order are no accident: what follows is damage, not another encoding."""


class _NotIn(Exception):
    """The bytes are not in the encoding: the first bad one, and how many bytes more than characters came before."""

    def __init__(self, position: int, surplus: int) -> None:
        super().__init__(position)
        self.position = position
        self.surplus = surplus


def encoding_of(path: Path, told: str | None = None) -> str:
    """`told` if the whole file is in it, else UTF-8, UTF-16 or GB18030 (which holds GBK and GB2312).

    Reads the file to its end in constant memory; raises Unreadable, which names the first byte that does not fit.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    certain = told or next((name for bom, name in _BOMS if head.startswith(bom)), None) or _utf16_without_bom(head)
    if certain is not None:
        try:
            if not codecs.lookup(certain)._is_text_encoding:
                raise LookupError
            _read_as(certain, path)
        except LookupError:
            raise Unreadable(
                f"--encoding {certain!r} is not known: say for example utf-8, gb18030, utf-16, big5"
            ) from None
        except _NotIn as bad:
            raise Unreadable(f"is not {certain} at byte {bad.position}: {_REMEDY}") from None
        return certain
    try:
        _read_as("utf-8", path)
    except _NotIn as bad:
        if bad.surplus >= _PLAINLY_UTF8:
            raise Unreadable(f"is UTF-8 up to byte {bad.position}, and cut off or damaged there: {_REMEDY}") from None
        try:
            _read_as("gb18030", path)
        except _NotIn as worse:
            raise Unreadable(
                f"is neither UTF-8 (byte {bad.position}) nor GB18030 (byte {worse.position}): {_REMEDY}"
            ) from None
        return "gb18030"
    return "utf-8"


_REMEDY = "export it again, or name its encoding with --encoding"


def _utf16_without_bom(head: bytes) -> str | None:
    """Commas, digits and line ends are half NUL in UTF-16, always the same half."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) * 50 < len(head) or min(even, odd) * 10 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _read_as(encoding: str, path: Path) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    consumed = characters = 0
    with path.open("rb") as file:
        while True:
            chunk = file.read(_CHUNK)
            try:
                characters += len(decoder.decode(chunk, final=not chunk))
            except UnicodeDecodeError as error:
                # The decoder puts before a chunk what it kept of the last one.
                position = consumed - (len(error.object) - len(chunk)) + error.start
                read = len(error.object[: error.start].decode(encoding))
                raise _NotIn(position, position - characters - read) from None
            consumed += len(chunk)
            if not chunk:
                return
